// Certificates of our own making: an authority, and servers that it vouches for. Keys are ECDSA P-256.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  X509Certificate,
} from "node:crypto";
import { writePem } from "../../formats/pem.ts";
import { type CertificateFacts, signedCertificate, toBeSigned } from "../../formats/x509-writer.ts";

/** A certificate and its key, both PEM. */
export interface KeyAndCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** From when to when. */
export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Makes an authority. */
export function issueAuthority(subject: string, validity: Validity): KeyAndCertificate {
  const own = newKey();
  const role = { kind: "authority" } as const;
  return issued({ subject, issuer: subject, role, ...validity }, own, own);
}

/** Makes a certificate for a server, for which an authority vouches. */
export function issueServer(
  names: readonly string[],
  validity: Validity,
  authority: KeyAndCertificate,
): KeyAndCertificate {
  const subject = (names[0] ?? "").slice(0, 64);
  const issuer = commonNameOf(authority.certificate);
  const role = { kind: "server", names } as const;
  const issuerKey = keyOf(authority.key);
  return issued({ subject, issuer, role, ...validity }, newKey(), issuerKey);
}

/** What a certificate says, of those that are made here. */
export interface ReadCertificate extends Validity {
  readonly names: readonly string[];
}

/** @returns null for what is no certificate. */
export function readCertificate(pem: string): ReadCertificate | null {
  try {
    const { validFrom, validTo, subjectAltName = "" } = new X509Certificate(pem);
    const names = subjectAltName
      .split(", ")
      .map((name) => name.replace(/^(?:DNS|IP Address):/, ""));
    return { notBefore: new Date(validFrom), notAfter: new Date(validTo), names };
  } catch {
    return null;
  }
}

/** Whether a key belongs to a certificate, and, where one is given, whether an authority vouches for it. */
export function belongTogether(
  { certificate, key }: KeyAndCertificate,
  authority: string | null,
): boolean {
  try {
    const read = new X509Certificate(certificate);
    const isVouched = authority === null || read.verify(new X509Certificate(authority).publicKey);
    return isVouched && read.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

interface Key {
  readonly pem: string;
  /** SPKI, DER. */
  readonly publicKey: Buffer;
  readonly id: Buffer;
}

function newKey(): Key {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return keyOf(privateKey.export({ type: "pkcs8", format: "pem" }).toString());
}

function keyOf(pem: string): Key {
  const publicKey = createPublicKey(pem).export({ type: "spki", format: "der" });
  const id = createHash("sha256").update(publicKey).digest().subarray(0, 20);
  return { pem, publicKey, id };
}

function issued(
  facts: Pick<CertificateFacts, "subject" | "issuer" | "role" | "notBefore" | "notAfter">,
  own: Key,
  issuer: Key,
): KeyAndCertificate {
  // The first bit is not set, and the first byte is not zero.
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const ids = { keyId: own.id, issuerKeyId: issuer.id };
  const signed = toBeSigned({ ...facts, ...ids, serial, publicKey: own.publicKey });
  const bytes = signedCertificate(signed, sign("sha256", signed, issuer.pem));
  return { certificate: writePem({ label: "CERTIFICATE", bytes }), key: own.pem };
}

function commonNameOf(pem: string): string {
  return /^CN=(.*)$/m.exec(new X509Certificate(pem).subject)?.[1] ?? "";
}
