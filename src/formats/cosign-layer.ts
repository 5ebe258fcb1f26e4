// What cosign's older form states about one signature, in the annotations of its layer.
// @see https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md
import { Buffer } from "node:buffer";
import { AppError } from "../kit/error.ts";
import { base64Bytes, count, type JsonDocument, member, parseJson, text } from "./json-shape.ts";
import { base64, parsePem } from "./pem.ts";

/** Media types of its layers: a payload, and an envelope. */
export const SIMPLESIGNING_MEDIA_TYPE = "application/vnd.dev.cosign.simplesigning.v1+json";
export const ENVELOPE_MEDIA_TYPE = "application/vnd.dsse.envelope.v1+json";

export interface CosignLayer {
  /** Empty beside an envelope, which has its own. */
  readonly signature: Buffer;
  /** The leaf, DER. */
  readonly certificate: Buffer | null;
  /** An entry of the transparency log as a bundle of version 0.1 states it. */
  readonly entry: object | null;
  /** A response of a timestamp authority, DER. */
  readonly timestamp: Buffer | null;
}

const DOCUMENT: JsonDocument = { what: "log entry of signature", code: "signature-invalid" };
const LENGTH_MAX = 1 << 20;

/** @throws {AppError} `signature-invalid`, also for annotations that are far too long. */
export function parseCosignLayer(annotations: ReadonlyMap<string, string>): CosignLayer {
  const read = (name: string): string => {
    const value = annotations.get(name) ?? "";
    if (value.length > LENGTH_MAX) throw invalid(`${name} is longer than ${LENGTH_MAX}`);
    return value;
  };
  const signature = base64(read("dev.cosignproject.cosign/signature"));
  if (signature === null) throw invalid("it is not base64");
  const pem = read("dev.sigstore.cosign/certificate");
  const [leaf] = pem === "" ? [] : parsePem(pem);
  if (pem !== "" && leaf?.label !== "CERTIFICATE") throw invalid("its certificate is none");
  const bundle = read("dev.sigstore.cosign/bundle");
  const stamp = read("dev.sigstore.cosign/rfc3161timestamp");
  return {
    signature,
    certificate: leaf?.bytes ?? null,
    entry: bundle === "" ? null : entryOf(bundle),
    timestamp: stamp === "" ? null : stampOf(stamp),
  };
}

function entryOf(bundle: string): object {
  const top = parseJson(Buffer.from(bundle, "utf8"), DOCUMENT);
  const payload = member(top, "Payload");
  const body = base64Bytes(member(payload, "body"), LENGTH_MAX);
  const kind = parseJson(body, DOCUMENT);
  return {
    logIndex: String(count(member(payload, "logIndex"))),
    logId: { keyId: Buffer.from(text(member(payload, "logID"), 128), "hex").toString("base64") },
    kindVersion: {
      kind: text(member(kind, "kind"), 64),
      version: text(member(kind, "apiVersion"), 64),
    },
    integratedTime: String(count(member(payload, "integratedTime"))),
    inclusionPromise: {
      signedEntryTimestamp: base64Bytes(member(top, "SignedEntryTimestamp"), 4096).toString(
        "base64",
      ),
    },
    canonicalizedBody: body.toString("base64"),
  };
}

function stampOf(written: string): Buffer {
  const top = parseJson(Buffer.from(written, "utf8"), DOCUMENT);
  return base64Bytes(member(top, "SignedRFC3161Timestamp"), LENGTH_MAX);
}

function invalid(state: string): AppError {
  return new AppError("signature-invalid", `cannot read signature: ${state}`);
}
