// X.509 certificates as a webhook needs them: an authority and a server's, without what is not needed (docs/decisions/0009). Only
// their bytes; whoever holds the key signs. Source: RFC 5280; X.690 for the encoding.
import { Buffer } from "node:buffer";

/** What a certificate says. */
export interface CertificateFacts {
  /** Positive, 20 bytes at most. */
  readonly serial: Uint8Array;
  readonly subject: string;
  readonly issuer: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** Of the key that is certified, and of the one that certifies. */
  readonly keyId: Uint8Array;
  readonly issuerKeyId: Uint8Array;
  readonly role:
    | { readonly kind: "authority" }
    | { readonly kind: "server"; readonly names: readonly string[] };
}

/** AlgorithmIdentifier of ecdsa-with-SHA256. */
const ECDSA_SHA256 = sequence(oid("1.2.840.10045.4.3.2"));

/** What is to be signed with ECDSA over sha256. */
export function toBeSigned(facts: CertificateFacts): Buffer {
  const { serial, issuer, subject, notBefore, notAfter, publicKey } = facts;
  return sequence(
    element(0xa0, integer(Buffer.of(2))),
    integer(serial),
    ECDSA_SHA256,
    commonName(issuer),
    sequence(time(notBefore), time(notAfter)),
    commonName(subject),
    Buffer.from(publicKey),
    element(0xa3, sequence(...extensions(facts))),
  );
}

/** The whole certificate. @param signature As OpenSSL writes it: DER of two numbers. */
export function signedCertificate(signed: Uint8Array, signature: Uint8Array): Buffer {
  return sequence(Buffer.from(signed), ECDSA_SHA256, bits(signature, 0));
}

const TRUE = element(0x01, Buffer.of(0xff));

function extensions({ role, keyId, issuerKeyId }: CertificateFacts): Buffer[] {
  const ids = [
    extension("2.5.29.14", element(0x04, keyId)),
    extension("2.5.29.35", sequence(element(0x80, issuerKeyId))),
  ];
  if (role.kind === "authority") {
    const isAuthority = sequence(TRUE, integer(Buffer.of(0)));
    // keyCertSign and cRLSign
    const usage = bits(Buffer.of(0x06), 1);
    return [extension("2.5.29.19", isAuthority, TRUE), extension("2.5.29.15", usage, TRUE), ...ids];
  }
  return [
    extension("2.5.29.19", sequence(), TRUE),
    // digitalSignature
    extension("2.5.29.15", bits(Buffer.of(0x80), 7), TRUE),
    extension("2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.1"))),
    extension("2.5.29.17", sequence(...role.names.map(alternativeName))),
    ...ids,
  ];
}

function extension(id: string, value: Buffer, ...critical: readonly Buffer[]): Buffer {
  return sequence(oid(id), ...critical, element(0x04, value));
}

function alternativeName(name: string): Buffer {
  const parts = /^\d{1,3}(?:\.\d{1,3}){3}$/.test(name) ? name.split(".").map(Number) : null;
  return parts === null
    ? element(0x82, Buffer.from(name, "latin1"))
    : element(0x87, Buffer.from(parts));
}

function commonName(text: string): Buffer {
  const attribute = sequence(oid("2.5.4.3"), element(0x0c, Buffer.from(text, "utf8")));
  return sequence(element(0x31, attribute));
}

/** Years from 2050 on have another form. @see RFC 5280, 4.1.2.5 */
function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/\.\d+/, "").replace(/[-:T]/g, "");
  return date.getUTCFullYear() < 2050
    ? element(0x17, Buffer.from(digits.slice(2), "latin1"))
    : element(0x18, Buffer.from(digits, "latin1"));
}

/** A number without a sign. */
function integer(bytes: Uint8Array): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const least = Buffer.from(first === -1 ? [0] : bytes.subarray(first));
  const isNegative = (least[0] ?? 0) >= 0x80;
  return element(0x02, isNegative ? Buffer.concat([Buffer.of(0), least]) : least);
}

function bits(bytes: Uint8Array, unused: number): Buffer {
  return element(0x03, Buffer.concat([Buffer.of(unused), bytes]));
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) bytes.unshift((left & 0x7f) | 0x80);
  return bytes;
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return element(0x30, Buffer.concat(parts));
}

function element(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  const size: number[] = [];
  for (let left = length; left > 0; left >>>= 8) size.unshift(left & 0xff);
  return Buffer.concat([Buffer.of(tag, 0x80 | size.length, ...size), content]);
}
