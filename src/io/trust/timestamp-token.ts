// Whether a timestamp authority that is trusted has seen a signature, and when.
// @see RFC 3161, section 2.3, and https://github.com/notaryproject/specifications/blob/main/specs/signature-specification.md
import { createHash, verify, X509Certificate } from "node:crypto";
import { parseTimestampToken, type TimestampToken } from "../../formats/timestamp-token.ts";
import { reasonOf } from "../../kit/error.ts";

/** When something was seen, at the earliest and at the latest: milliseconds since 1970. */
export interface SeenAt {
  readonly fromMs: number;
  readonly toMs: number;
}

const TIME_STAMPING = "1.3.6.1.5.5.7.3.8";
const CHAIN_MAX = 8;
/** By the hash of the token where null. RSA with a hash of its own, and ECDSA. */
const ALGORITHMS: ReadonlyMap<string, string | null> = new Map([
  ["1.2.840.113549.1.1.1", null],
  ["1.2.840.113549.1.1.11", "sha256"],
  ["1.2.840.113549.1.1.12", "sha384"],
  ["1.2.840.113549.1.1.13", "sha512"],
  ["1.2.840.10045.4.3.2", "sha256"],
  ["1.2.840.10045.4.3.3", "sha384"],
  ["1.2.840.10045.4.3.4", "sha512"],
]);

/**
 * Verifies a token. Never throws.
 *
 * @param seen What the authority is to have seen: the signature of an envelope.
 * @param trusted Authorities, or their own certificates.
 * @returns The span of time, or why it does not count.
 */
export function verifyTimestampToken(
  bytes: Buffer,
  seen: Uint8Array,
  trusted: readonly X509Certificate[],
): SeenAt | string {
  try {
    const token = parseTimestampToken(bytes);
    return refusalOf(token, seen, trusted) ?? spanOf(token);
  } catch (error) {
    return reasonOf(error);
  }
}

function spanOf({ timeMs, accuracyMs }: TimestampToken): SeenAt {
  return { fromMs: timeMs - accuracyMs, toMs: timeMs + accuracyMs };
}

function refusalOf(
  token: TimestampToken,
  seen: Uint8Array,
  trusted: readonly X509Certificate[],
): string | null {
  const { imprint, hash, info, infoDigest, signerDigest, certificates, timeMs } = token;
  if (imprint.hash === "sha1" || hash === "sha1") return "its timestamp is made with SHA-1";
  if (!digestOf(imprint.hash, seen).equals(imprint.digest))
    return "its timestamp is about another signature";
  if (!digestOf(hash, info).equals(infoDigest)) return "its timestamp was changed";
  const raw = certificates.find((one) =>
    digestOf(signerDigest.hash, one).equals(signerDigest.digest),
  );
  if (raw === undefined) return "its timestamp does not bring the certificate of its authority";
  const signer = new X509Certificate(raw);
  if (!isSignedBy(token, signer)) return "its timestamp was not made by its authority's key";
  const usages = signer.keyUsage ?? [];
  if (signer.ca || usages.length !== 1 || usages[0] !== TIME_STAMPING)
    return "its timestamp is by a certificate that is not for timestamps";
  const known = certificates.map((one) => new X509Certificate(one));
  return leadsTo(signer, known, { trusted, atMs: timeMs })
    ? null
    : "its timestamp is by no authority that is trusted";
}

function isSignedBy(token: TimestampToken, { publicKey }: X509Certificate): boolean {
  const { signatureAlgorithm, hash, attributes, signature } = token;
  const stated = ALGORITHMS.get(signatureAlgorithm);
  if (stated === undefined) return false;
  const isEcdsa = signatureAlgorithm.startsWith("1.2.840.10045.");
  if (publicKey.asymmetricKeyType !== (isEcdsa ? "ec" : "rsa")) return false;
  return verify(stated ?? hash, attributes, publicKey, signature);
}

/** Each certificate was issued by the next and counted then; the last is trusted, or was issued by one that is. */
function leadsTo(
  signer: X509Certificate,
  known: readonly X509Certificate[],
  { trusted, atMs }: { readonly trusted: readonly X509Certificate[]; readonly atMs: number },
): boolean {
  const counts = ({ validFrom, validTo }: X509Certificate): boolean =>
    Date.parse(validFrom) <= atMs && atMs <= Date.parse(validTo);
  let link = signer;
  for (let length = 0; length < CHAIN_MAX; length += 1) {
    const last = link;
    if (!counts(last)) return false;
    if (trusted.some(({ raw }) => raw.equals(last.raw))) return true;
    if (trusted.some((one) => counts(one) && isIssuedBy(last, one))) return true;
    const issuer = known.find((one) => !one.raw.equals(last.raw) && isIssuedBy(last, one));
    if (issuer === undefined) return false;
    link = issuer;
  }
  return false;
}

function isIssuedBy(link: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && link.checkIssued(issuer) && link.verify(issuer.publicKey);
}

function digestOf(hash: string, bytes: Uint8Array): Buffer {
  return createHash(hash).update(bytes).digest();
}
