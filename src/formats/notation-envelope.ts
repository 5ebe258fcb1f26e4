// What Notary Project's envelopes have in common, in JWS and in COSE: a descriptor of the artifact, signed with a certificate's key.
// @see https://github.com/notaryproject/specifications/blob/main/specs/signature-specification.md
import type { Buffer } from "node:buffer";
import {
  count,
  type JsonDocument,
  member,
  optionalText,
  parseJson,
  text,
  texts,
} from "./json-shape.ts";

/** Media types of the layer. */
export const NOTATION_JWS = "application/jose+json";
export const NOTATION_COSE = "application/cose";

export const PAYLOAD_TYPE = "application/vnd.cncf.notary.payload.v1+json";
export const ALGORITHMS = ["PS256", "PS384", "PS512", "ES256", "ES384", "ES512"] as const;
export const SCHEMES = ["notary.x509", "notary.x509.signingAuthority"] as const;

export type NotationAlgorithm = (typeof ALGORITHMS)[number];
export type NotationScheme = (typeof SCHEMES)[number];

export interface NotationEnvelope {
  readonly algorithm: NotationAlgorithm;
  readonly scheme: NotationScheme;
  /** RFC 3339; what the signer, or the signing authority, says. */
  readonly signingTime: string | null;
  /** RFC 3339; after it the signature does not count. */
  readonly expiry: string | null;
  /** Leaf first, DER. */
  readonly chain: readonly Buffer[];
  /** RFC 3161 token over the signature, DER. */
  readonly timestamp: Buffer | null;
  readonly target: {
    readonly mediaType: string;
    readonly digest: string;
    readonly sizeBytes: number;
    readonly annotations: ReadonlyMap<string, string>;
  };
  /** What is signed. */
  readonly signedBytes: Buffer;
  readonly signature: Buffer;
  /** Critical headers that we do not know; the verifier must refuse when there is one. */
  readonly unknownCritical: readonly string[];
}

export const DOCUMENT: JsonDocument = { what: "notation envelope", code: "signature-invalid" };
export const CHAIN_MAX = 32;
export const CERTIFICATE_BYTES_MAX = 65_536;
export const SIGNATURE_BYTES_MAX = 8192;
/** Bytes of headers, payloads and tokens. */
export const PART_BYTES_MAX: number = 1 << 20;

/** Headers whose meaning we honour. */
export const KNOWN_CRITICAL: readonly string[] = [
  "io.cncf.notary.signingScheme",
  "io.cncf.notary.expiry",
  "io.cncf.notary.authenticSigningTime",
];

/** The header that says when it was signed: a signer's word, or a signing authority's. */
export function timeHeader(scheme: NotationScheme): string {
  return `io.cncf.notary.${scheme === "notary.x509" ? "signingTime" : "authenticSigningTime"}`;
}

/** Reads what is signed. @throws {AppError} `signature-invalid`, naming the place. */
export function parseTarget(payload: Uint8Array): NotationEnvelope["target"] {
  const top = parseJson(payload, { ...DOCUMENT, what: "payload of notation envelope" });
  const place = member(top, "targetArtifact");
  return {
    mediaType: optionalText(member(place, "mediaType"), 256) ?? "",
    digest: text(member(place, "digest"), 256),
    sizeBytes: count(member(place, "size")),
    annotations: texts(member(place, "annotations"), 1000),
  };
}
