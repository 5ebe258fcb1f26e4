// A timestamp authority's token: that it has seen a digest at a time. Nothing in it is verified here.
// @see RFC 3161, section 2.4.2; RFC 5652, section 5; RFC 5816
import { Buffer } from "node:buffer";
import { DER, type DerPart, derInside, derParts, malformed, oidText } from "./der.ts";

export type TokenHash = "sha1" | "sha256" | "sha384" | "sha512";

export interface TimestampToken {
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  /** How far off it may be, either way. */
  readonly accuracyMs: number;
  readonly imprint: { readonly hash: TokenHash; readonly digest: Buffer };
  /** What the authority signed through its digest among the attributes. */
  readonly info: Buffer;
  /** DER, in no order. */
  readonly certificates: readonly Buffer[];
  readonly hash: TokenHash;
  /** The signed attributes in the form in which they are signed. */
  readonly attributes: Buffer;
  readonly infoDigest: Buffer;
  /** By which the signer says which certificate is its own. */
  readonly signerDigest: { readonly hash: TokenHash; readonly digest: Buffer };
  /** OID. */
  readonly signatureAlgorithm: string;
  readonly signature: Buffer;
}

const SIGNED_DATA = "1.2.840.113549.1.7.2";
const TST_INFO = "1.2.840.113549.1.9.16.1.4";
const CONTENT_TYPE = "1.2.840.113549.1.9.3";
const MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
const SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12";
const SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47";
const HASHES: ReadonlyMap<string, TokenHash> = new Map([
  ["1.3.14.3.2.26", "sha1"],
  ["2.16.840.1.101.3.4.2.1", "sha256"],
  ["2.16.840.1.101.3.4.2.2", "sha384"],
  ["2.16.840.1.101.3.4.2.3", "sha512"],
]);
const CONTEXT_0 = 0xa0;

/** @throws {AppError} `signature-invalid`. */
export function parseTimestampToken(bytes: Buffer): TimestampToken {
  const [type, wrapped] = derInside(bytes, DER.sequence);
  if (oidText(type) !== SIGNED_DATA) throw malformed("it is no signed data");
  const [, , encapsulated, ...rest] = derInside(contentOf(wrapped, CONTEXT_0), DER.sequence);
  const [infoType, infoPart] = derParts(contentOf(encapsulated, DER.sequence));
  if (oidText(infoType) !== TST_INFO) throw malformed("it is signed data, and no timestamp");
  const info = contentOf(derParts(contentOf(infoPart, CONTEXT_0))[0], DER.octets);
  const signers = derParts(contentOf(rest.at(-1), DER.set));
  if (signers.length !== 1) throw malformed("it has not one signer");
  const certificates = rest.find(({ tag }) => tag === CONTEXT_0)?.content;
  return {
    ...infoFacts(info),
    info,
    certificates: certificates === undefined ? [] : derParts(certificates).map(({ raw }) => raw),
    ...signerFacts(contentOf(signers[0], DER.sequence)),
  };
}

function infoFacts(info: Buffer): Pick<TimestampToken, "timeMs" | "accuracyMs" | "imprint"> {
  const [, , imprint, , time, ...rest] = derInside(info, DER.sequence);
  const [algorithm, digest] = derParts(contentOf(imprint, DER.sequence));
  const accuracy = rest.find(({ tag }) => tag === DER.sequence);
  return {
    timeMs: timeOf(contentOf(time, DER.time).toString("latin1")),
    accuracyMs: accuracy === undefined ? 0 : accuracyOf(derParts(accuracy.content)),
    imprint: { hash: hashOf(algorithm), digest: contentOf(digest, DER.octets) },
  };
}

/** `20240618072500.123Z` */
function timeOf(written: string): number {
  const [, date = "", fraction = ""] = /^(\d{14})(\.\d{1,9})?Z$/.exec(written) ?? [];
  const iso = date.replace(/^(....)(..)(..)(..)(..)(..)$/, "$1-$2-$3T$4:$5:$6");
  const at = Date.parse(`${iso}${fraction.slice(0, 4)}Z`);
  if (Number.isNaN(at)) throw malformed("its time is none");
  return at;
}

/** Seconds, then [0] milliseconds and [1] microseconds. */
function accuracyOf(parts: readonly DerPart[]): number {
  const number = (tag: number): number => {
    const content = parts.find((part) => part.tag === tag)?.content;
    if (content === undefined || content.length === 0) return 0;
    return content.length > 4 ? Number.MAX_SAFE_INTEGER : content.readUIntBE(0, content.length);
  };
  return number(DER.integer) * 1_000 + number(0x80) + number(0x81) / 1_000;
}

function signerFacts(
  content: Buffer,
): Pick<
  TimestampToken,
  "hash" | "attributes" | "infoDigest" | "signerDigest" | "signatureAlgorithm" | "signature"
> {
  const [, , hash, signed, algorithm, signature] = derParts(content);
  const attributes = new Map(
    derParts(contentOf(signed, CONTEXT_0)).map((attribute) => {
      const [name, values] = derParts(contentOf(attribute, DER.sequence));
      return [oidText(name), derParts(contentOf(values, DER.set))[0]] as const;
    }),
  );
  if (oidText(attributes.get(CONTENT_TYPE)) !== TST_INFO)
    throw malformed("its signature is not about a timestamp");
  const set = Buffer.from(signed?.raw ?? []);
  // What stands there as [0] is signed as a SET.
  set[0] = DER.set;
  return {
    hash: hashOf(hash),
    attributes: set,
    infoDigest: contentOf(attributes.get(MESSAGE_DIGEST), DER.octets),
    signerDigest: signerDigestOf(attributes),
    signatureAlgorithm: oidText(derParts(contentOf(algorithm, DER.sequence))[0]),
    signature: contentOf(signature, DER.octets),
  };
}

function signerDigestOf(
  attributes: ReadonlyMap<string, DerPart | undefined>,
): TimestampToken["signerDigest"] {
  const second = attributes.get(SIGNING_CERTIFICATE_V2);
  const value = second ?? attributes.get(SIGNING_CERTIFICATE);
  const [ids] = derParts(contentOf(value, DER.sequence));
  const [id] = derParts(contentOf(ids, DER.sequence));
  const parts = derParts(contentOf(id, DER.sequence));
  const [first, next] = parts;
  if (second === undefined) return { hash: "sha1", digest: contentOf(first, DER.octets) };
  if (first?.tag === DER.octets) return { hash: "sha256", digest: first.content };
  return { hash: hashOf(first), digest: contentOf(next, DER.octets) };
}

function hashOf(algorithm: DerPart | undefined): TokenHash {
  const hash = HASHES.get(oidText(derParts(contentOf(algorithm, DER.sequence))[0]));
  if (hash === undefined) throw malformed("it has a digest of an unknown kind");
  return hash;
}

function contentOf(part: DerPart | undefined, tag: number): Buffer {
  if (part?.tag !== tag) throw malformed("a part of it is missing");
  return part.content;
}
