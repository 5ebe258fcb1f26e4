// Notary Project's signature envelope in COSE.
// @see https://github.com/notaryproject/specifications/blob/main/specs/signature-envelope-cose.md, RFC 9052 (COSE_Sign1)
import { Buffer } from "node:buffer";
import { AppError } from "../kit/error.ts";
import { byteStringHead, CborTag, type CborValue, parseCbor } from "./cbor.ts";
import {
  CERTIFICATE_BYTES_MAX,
  CHAIN_MAX,
  DOCUMENT,
  KNOWN_CRITICAL,
  type NotationAlgorithm,
  type NotationEnvelope,
  PART_BYTES_MAX,
  PAYLOAD_TYPE,
  parseTarget,
  SCHEMES,
  SIGNATURE_BYTES_MAX,
  timeHeader,
} from "./notation-envelope.ts";

/** @see RFC 9052, section 4.2 */
const COSE_SIGN1 = 18;
/** Names of headers. @see RFC 9052, section 3.1, and RFC 9360 */
const ALG = 1;
const CRIT = 2;
const CTY = 3;
const X5CHAIN = 33;
/** @see RFC 8949, section 3.4.2 */
const EPOCH_TIME = 1;

/** @see RFC 9053, section 2.1, and RFC 8230 */
const ALGORITHMS: ReadonlyMap<CborValue | undefined, NotationAlgorithm> = new Map([
  [-37, "PS256"],
  [-38, "PS384"],
  [-39, "PS512"],
  [-7, "ES256"],
  [-35, "ES384"],
  [-36, "ES512"],
]);

type Headers = ReadonlyMap<number | string, CborValue>;

/** Reads an envelope. Nothing in it is verified. @throws {AppError} `signature-invalid`, naming the place. */
export function parseNotationCose(bytes: Uint8Array): NotationEnvelope {
  const top = parseCbor(bytes, DOCUMENT);
  const parts = top instanceof CborTag && top.tag === COSE_SIGN1 ? top.value : null;
  if (!Array.isArray(parts) || parts.length !== 4) return complain("it is no COSE_Sign1");
  const [first, unprotected, third, fourth] = parts as readonly CborValue[];
  const head = byteString(first, "protected header", PART_BYTES_MAX);
  const payload = byteString(third, "payload", PART_BYTES_MAX);
  const signed = headers(
    parseCbor(head, { ...DOCUMENT, what: "protected header of notation envelope" }),
  );
  const free = headers(unprotected);
  const algorithm = ALGORITHMS.get(signed.get(ALG));
  if (algorithm === undefined) return complain("its algorithm is not one that is known");
  if (signed.get(CTY) !== PAYLOAD_TYPE) return complain(`its content is not ${PAYLOAD_TYPE}`);
  const stated = signed.get("io.cncf.notary.signingScheme");
  const scheme = SCHEMES.find((name) => name === stated);
  if (scheme === undefined) return complain(`its scheme is not one of ${SCHEMES.join(", ")}`);
  const token = free.get("io.cncf.notary.timestampSignature");
  return {
    algorithm,
    scheme,
    signingTime: time(signed, timeHeader(scheme)),
    expiry: time(signed, "io.cncf.notary.expiry"),
    chain: chain(free.get(X5CHAIN)),
    timestamp: token === undefined ? null : byteString(token, "timestamp", PART_BYTES_MAX),
    target: parseTarget(payload),
    signedBytes: toBeSigned(head, payload),
    signature: byteString(fourth, "signature", SIGNATURE_BYTES_MAX),
    unknownCritical: unknownCritical(signed.get(CRIT)),
  };
}

/** @see RFC 9052, section 4.4 */
function toBeSigned(head: Buffer, payload: Buffer): Buffer {
  const context = "Signature1";
  return Buffer.concat([
    Buffer.of(0x84, 0x60 | context.length),
    Buffer.from(context, "latin1"),
    byteStringHead(head.length),
    head,
    byteStringHead(0),
    byteStringHead(payload.length),
    payload,
  ]);
}

function unknownCritical(value: CborValue | undefined): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return complain("its critical headers are no list");
  const known: readonly CborValue[] = [ALG, CTY, ...KNOWN_CRITICAL];
  return (value as readonly CborValue[]).filter((name) => !known.includes(name)).map(named);
}

function named(name: CborValue): string {
  return typeof name === "string" || typeof name === "number" ? String(name) : "a header";
}

/** A chain of one certificate may stand without a list. @see RFC 9360, section 2 */
function chain(value: CborValue | undefined): readonly Buffer[] {
  const entries: readonly CborValue[] = Array.isArray(value) ? value : [value ?? null];
  if (entries.length === 0 || entries.length > CHAIN_MAX)
    return complain(`it has no certificate, or more than ${CHAIN_MAX}`);
  return entries.map((entry) => byteString(entry, "certificate", CERTIFICATE_BYTES_MAX));
}

/** The last moment that has a date in four digits, in seconds. */
const SECONDS_MAX = 253_402_300_799;

function time(from: Headers, name: string): string | null {
  const value = from.get(name);
  if (value === undefined) return null;
  const seconds = value instanceof CborTag && value.tag === EPOCH_TIME ? value.value : null;
  if (typeof seconds !== "number" || seconds < 0 || seconds > SECONDS_MAX)
    return complain(`${name} is not a time in seconds`);
  return new Date(seconds * 1000).toISOString();
}

function headers(value: CborValue | undefined): Headers {
  return value instanceof Map ? (value as Headers) : complain("its headers are no map");
}

function byteString(value: CborValue | undefined, what: string, bytesMax: number): Buffer {
  if (!Buffer.isBuffer(value)) return complain(`its ${what} is no byte string`);
  if (value.length > bytesMax) return complain(`its ${what} is longer than ${bytesMax} bytes`);
  return value;
}

function complain(state: string): never {
  throw new AppError(DOCUMENT.code, `cannot read ${DOCUMENT.what}: ${state}`);
}
