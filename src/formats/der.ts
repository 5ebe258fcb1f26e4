// DER, one level at a time: tags, lengths and contents. @see ITU-T X.690, section 8.1
import type { Buffer } from "node:buffer";
import { AppError } from "../kit/error.ts";

export interface DerPart {
  /** The identifier octet: 0x30 for a SEQUENCE, 0xa0 for a constructed [0]. */
  readonly tag: number;
  readonly content: Buffer;
  /** With tag and length. */
  readonly raw: Buffer;
}

export const DER = {
  integer: 0x02,
  octets: 0x04,
  oid: 0x06,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
};

const PARTS_MAX = 1_000;
const LONG = 0x80;
const LENGTH_OCTETS_MAX = 4;

/** The parts that stand one after the other. @throws {AppError} `signature-invalid`. */
export function derParts(bytes: Buffer): DerPart[] {
  const parts: DerPart[] = [];
  for (let at = 0; at < bytes.length; ) {
    const part = partAt(bytes, at);
    parts.push(part);
    if (parts.length > PARTS_MAX) throw malformed(`it has more than ${PARTS_MAX} parts`);
    at += part.raw.length;
  }
  return parts;
}

function partAt(bytes: Buffer, at: number): DerPart {
  const [tag = 0, first = 0] = [bytes[at], bytes[at + 1]];
  const octets = first < LONG ? 0 : first - LONG;
  if (first === LONG || octets > LENGTH_OCTETS_MAX || at + 2 + octets > bytes.length)
    throw malformed("a length in it is none");
  const start = at + 2 + octets;
  const length = octets === 0 ? first : bytes.readUIntBE(at + 2, octets);
  if (start + length > bytes.length) throw malformed("it ends too early");
  const end = start + length;
  return { tag, content: bytes.subarray(start, end), raw: bytes.subarray(at, end) };
}

/** The one part that the bytes are, of this tag, taken apart. */
export function derInside(bytes: Buffer, tag: number): DerPart[] {
  const [part, ...more] = derParts(bytes);
  if (part?.tag !== tag || more.length > 0) throw malformed("it is not what it is to be");
  return derParts(part.content);
}

/** `1.2.840.113549.1.7.2` */
export function oidText(part: DerPart | undefined): string {
  if (part?.tag !== DER.oid) throw malformed("a name of an algorithm or form is missing");
  const numbers: bigint[] = [];
  let value = 0n;
  for (const byte of part.content.subarray(0, 64)) {
    value = (value << 7n) | BigInt(byte & 0x7f);
    if (byte >= LONG) continue;
    numbers.push(value);
    value = 0n;
  }
  const [head = 0n, ...tail] = numbers;
  const top = head < 80n ? head / 40n : 2n;
  return [top, head - top * 40n, ...tail].join(".");
}

export function malformed(state: string): AppError {
  return new AppError("signature-invalid", `cannot read timestamp: ${state}`);
}
