// What was found beside an image or in a file, brought into one form before anything about it is believed.
import { createHash } from "node:crypto";
import { IN_TOTO_PAYLOAD, preAuthEncoding } from "../../formats/dsse.ts";
import { parseStatement, type Statement } from "../../formats/in-toto.ts";
import { type BundleSigner, parseBundle } from "../../formats/sigstore-bundle.ts";
import type { SimpleSigning } from "../../formats/simplesigning.ts";
import { AppError } from "../../kit/error.ts";
import { type ClaimFormat, SIGN_PREDICATE } from "../../model/trust.ts";

/** What a signature says, and the bytes that it is over. */
export type SignedContent =
  | {
      readonly kind: "statement";
      readonly statement: Statement;
      readonly payload: Buffer;
      readonly signedBytes: Buffer;
    }
  | { readonly kind: "image"; readonly payload: SimpleSigning; readonly signedBytes: Buffer }
  /** Only the digest of what was signed is known. */
  | { readonly kind: "artifact"; readonly algorithm: string; readonly digest: Buffer };

/** A signature or attestation that can be read, and of which nothing is verified. */
export interface Signed {
  readonly format: ClaimFormat;
  readonly version: string | null;
  readonly source: string;
  readonly signer: BundleSigner;
  readonly content: SignedContent;
  readonly signature: Buffer;
  readonly predicateType: string;
  /** The bundle with its proofs, as JSON. */
  readonly bundle: unknown;
  /** Whether it carries entries of logs or signed timestamps. */
  readonly hasProofs: boolean;
}

/**
 * Reads a bundle.
 *
 * @param source Where it was, for the claim.
 * @throws {AppError} `signature-invalid`, `limit-exceeded`.
 */
export function signedBundle(bytes: Uint8Array, source: string): Signed {
  const bundle = parseBundle(bytes);
  const shared = {
    format: "bundle" as const,
    version: bundle.version,
    source,
    signer: bundle.signer,
    bundle: bundle.json,
    hasProofs: bundle.entryCount + bundle.timestampCount > 0,
  };
  if (bundle.content.kind === "message") {
    const { algorithm, digest, signature } = bundle.content;
    const content = { kind: "artifact" as const, algorithm, digest };
    return { ...shared, content, signature, predicateType: SIGN_PREDICATE };
  }
  const { envelope } = bundle.content;
  const content = statementContent(envelope.payloadType, envelope.payload);
  return {
    ...shared,
    content,
    signature: envelope.signatures[0]?.bytes ?? Buffer.alloc(0),
    predicateType: content.statement.predicateType,
  };
}

/** @throws {AppError} `signature-invalid` for payloads that are no statements. */
export function statementContent(
  payloadType: string,
  payload: Buffer,
): SignedContent & { readonly kind: "statement" } {
  if (payloadType !== IN_TOTO_PAYLOAD)
    throw new AppError(
      "signature-invalid",
      `cannot read envelope: its payload is ${JSON.stringify(payloadType.slice(0, 100))}, not an in-toto statement`,
    );
  return {
    kind: "statement",
    statement: parseStatement(payload),
    payload,
    signedBytes: preAuthEncoding(payloadType, payload),
  };
}

export function sha256(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
