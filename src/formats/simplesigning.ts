// The payload of old signatures of images: one JSON object that names the digest.
// @see https://github.com/containers/image/blob/main/docs/containers-signature.5.md, "JSON data format"
import { Buffer } from "node:buffer";
import { member, optionalText, parseJson, text } from "./json-shape.ts";

const TYPE = "cosign container image signature";

export interface SimpleSigning {
  /** The image that was signed; to be compared, it is not checked here. */
  readonly digest: string;
  /** The repository as the signer called it; signers do not check it and nor do others. */
  readonly reference: string;
  /** Whether `critical.type` is what cosign writes. */
  readonly isKnownType: boolean;
}

/** @throws {AppError} `signature-invalid`. */
export function parseSimpleSigning(bytes: Uint8Array): SimpleSigning {
  const top = parseJson(bytes, { what: "signature payload", code: "signature-invalid" });
  const critical = member(top, "critical");
  const type = optionalText(member(critical, "type"), 256);
  return {
    digest: text(member(member(critical, "image"), "docker-manifest-digest"), 256),
    reference: optionalText(member(member(critical, "identity"), "docker-reference"), 4096) ?? "",
    isKnownType: type === TYPE || type === "atomic container signature",
  };
}

/** The exact bytes to sign: no line end, members in this order. */
export function writeSimpleSigning(digest: string, reference: string): Buffer {
  const payload = {
    critical: {
      identity: { "docker-reference": reference },
      image: { "docker-manifest-digest": digest },
      type: TYPE,
    },
    optional: null,
  };
  return Buffer.from(JSON.stringify(payload), "utf8");
}
