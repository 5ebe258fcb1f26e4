// Notary Project's signature envelope in JWS: a descriptor of the artifact, signed with a certificate's key.
// @see https://github.com/notaryproject/specifications/blob/main/specs/signature-envelope-jws.md
import { Buffer } from "node:buffer";
import {
  base64Bytes,
  complain,
  count,
  items,
  type JsonDocument,
  type JsonPlace,
  member,
  optionalText,
  parseJson,
  text,
  texts,
} from "./json-shape.ts";

/** Media types of the layer; the second is COSE, which we name and do not read. */
export const NOTATION_JWS = "application/jose+json";
export const NOTATION_COSE = "application/cose";

const PAYLOAD_TYPE = "application/vnd.cncf.notary.payload.v1+json";
const ALGORITHMS = ["PS256", "PS384", "PS512", "ES256", "ES384", "ES512"] as const;
const SCHEMES = ["notary.x509", "notary.x509.signingAuthority"] as const;

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
  /** What is signed: `protected.payload`. */
  readonly signedBytes: Buffer;
  readonly signature: Buffer;
  /** Critical headers that we do not know; the verifier must refuse when there is one. */
  readonly unknownCritical: readonly string[];
}

const DOCUMENT: JsonDocument = { what: "notation envelope", code: "signature-invalid" };
const PART_LENGTH_MAX = 1 << 20;
const CHAIN_MAX = 32;

/** Headers whose meaning we honour. */
const KNOWN_CRITICAL: readonly string[] = [
  "io.cncf.notary.signingScheme",
  "io.cncf.notary.expiry",
  "io.cncf.notary.authenticSigningTime",
];

/** Reads an envelope. Nothing in it is verified. @throws {AppError} `signature-invalid`, naming the place. */
export function parseNotationJws(bytes: Uint8Array): NotationEnvelope {
  const top = parseJson(bytes, DOCUMENT);
  const protectedText = text(member(top, "protected"), PART_LENGTH_MAX);
  const payloadText = text(member(top, "payload"), PART_LENGTH_MAX);
  const head = parseJson(base64Bytes(member(top, "protected"), PART_LENGTH_MAX), {
    ...DOCUMENT,
    what: "protected header of notation envelope",
  });
  const header = member(top, "header");
  if (text(member(head, "cty"), 256) !== PAYLOAD_TYPE)
    complain(member(head, "cty"), `is not ${PAYLOAD_TYPE}`);
  const scheme = oneOf(member(head, "io.cncf.notary.signingScheme"), SCHEMES);
  const chain = items(member(header, "x5c"), CHAIN_MAX).map((entry) => base64Bytes(entry, 65_536));
  if (chain.length === 0) complain(member(header, "x5c"), "has no certificate");
  const stamp = member(header, "io.cncf.notary.timestampSignature");
  const timeName = scheme === "notary.x509" ? "signingTime" : "authenticSigningTime";
  const critical = items(member(head, "crit"), 64).map((entry) => text(entry, 256));
  return {
    algorithm: oneOf(member(head, "alg"), ALGORITHMS),
    scheme,
    signingTime: optionalText(member(head, `io.cncf.notary.${timeName}`), 64),
    expiry: optionalText(member(head, "io.cncf.notary.expiry"), 64),
    chain,
    timestamp: stamp.value === undefined ? null : base64Bytes(stamp, PART_LENGTH_MAX),
    target: target(base64Bytes(member(top, "payload"), PART_LENGTH_MAX)),
    signedBytes: Buffer.from(`${protectedText}.${payloadText}`, "utf8"),
    signature: base64Bytes(member(top, "signature"), 8192),
    unknownCritical: critical.filter((name) => !KNOWN_CRITICAL.includes(name)),
  };
}

function target(payload: Buffer): NotationEnvelope["target"] {
  const top = parseJson(payload, { ...DOCUMENT, what: "payload of notation envelope" });
  const place = member(top, "targetArtifact");
  return {
    mediaType: optionalText(member(place, "mediaType"), 256) ?? "",
    digest: text(member(place, "digest"), 256),
    sizeBytes: count(member(place, "size")),
    annotations: texts(member(place, "annotations"), 1000),
  };
}

function oneOf<T extends string>(place: JsonPlace, allowed: readonly T[]): T {
  const written = text(place, 256);
  const found = allowed.find((name) => name === written);
  if (found === undefined) complain(place, `is not one of ${allowed.join(", ")}`);
  return found;
}
