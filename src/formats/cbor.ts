// CBOR, the part of it that signed envelopes are made of: definite lengths, no floating point. @see RFC 8949
import { Buffer } from "node:buffer";
import { AppError } from "../kit/error.ts";
import type { JsonDocument } from "./json-shape.ts";

/** A value of CBOR. Names of maps are texts and whole numbers; a tag keeps what it is put on. */
export type CborValue =
  | number
  | string
  | boolean
  | null
  | Buffer
  | readonly CborValue[]
  | ReadonlyMap<number | string, CborValue>
  | CborTag;

export class CborTag {
  readonly tag: number;
  readonly value: CborValue;

  constructor(tag: number, value: CborValue) {
    this.tag = tag;
    this.value = value;
  }
}

const DEPTH_MAX = 16;
const ENTRIES_MAX = 10_000;
const UTF8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads one value that is all there is. Byte strings are views of the bytes, not copies.
 *
 * @throws {AppError} the document's code for what is not CBOR, lengths that are not stated, names that occur twice in a map,
 *   numbers that JavaScript does not hold exactly, floating point, and nesting or counts that no envelope has.
 */
export function parseCbor(bytes: Uint8Array, document: JsonDocument): CborValue {
  return new Reader(bytes, document).whole();
}

class Reader {
  readonly #bytes: Buffer;
  readonly #document: JsonDocument;
  #at = 0;
  #entries = 0;

  constructor(bytes: Uint8Array, document: JsonDocument) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#document = document;
  }

  whole(): CborValue {
    const value = this.#value(0);
    if (this.#at < this.#bytes.length) this.#complain("something follows");
    return value;
  }

  #value(depth: number): CborValue {
    if (depth > DEPTH_MAX) this.#complain(`it is nested deeper than ${DEPTH_MAX}`);
    this.#entries += 1;
    if (this.#entries > ENTRIES_MAX) this.#complain(`it has more than ${ENTRIES_MAX} values`);
    const head = this.#bytes[this.#at] ?? this.#complain("it ends too early");
    this.#at += 1;
    const low = head & 0x1f;
    switch (head >> 5) {
      case 0:
        return this.#argument(low);
      case 1:
        return -1 - this.#argument(low);
      case 2:
        return this.#taken(this.#argument(low));
      case 3:
        return this.#text(this.#argument(low));
      case 4:
        return Array.from({ length: this.#counted(low) }, () => this.#value(depth + 1));
      case 5:
        return this.#map(this.#counted(low), depth + 1);
      case 6:
        return new CborTag(this.#argument(low), this.#value(depth + 1));
      default:
        return this.#simple(low);
    }
  }

  /** The number in, or after, a head. */
  #argument(low: number): number {
    if (low < 24) return low;
    if (low > 27) this.#complain("it has a length that is not stated");
    const bytes = this.#taken(2 ** (low - 24));
    if (bytes.length < 8) return bytes.readUIntBE(0, bytes.length);
    const number = Number(bytes.readBigUInt64BE());
    // One less, because a negative number is one more than it says.
    if (number >= Number.MAX_SAFE_INTEGER) this.#complain("it has a number that is too large");
    return number;
  }

  /** A count of entries, each of which has a byte at least. */
  #counted(low: number): number {
    const count = this.#argument(low);
    if (count > this.#bytes.length - this.#at) this.#complain("it ends too early");
    return count;
  }

  #taken(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) this.#complain("it ends too early");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  #text(length: number): string {
    try {
      return UTF8.decode(this.#taken(length));
    } catch (error) {
      if (error instanceof AppError) throw error;
      return this.#complain("it has a text that is not UTF-8");
    }
  }

  #map(count: number, depth: number): ReadonlyMap<number | string, CborValue> {
    const map = new Map<number | string, CborValue>();
    for (let i = 0; i < count; i += 1) {
      const name = this.#value(depth);
      if (typeof name !== "number" && typeof name !== "string")
        this.#complain("it has a name that is neither a text nor a number");
      if (map.has(name)) this.#complain("it has a name twice");
      map.set(name, this.#value(depth));
    }
    return map;
  }

  #simple(low: number): CborValue {
    if (low === 20 || low === 21) return low === 21;
    if (low === 22 || low === 23) return null;
    return this.#complain("it has a value of a kind that is not read");
  }

  #complain(state: string): never {
    const { what, code } = this.#document;
    throw new AppError(code, `cannot read ${what}: ${state}, at byte ${this.#at}`);
  }
}

/** Begins a byte string of this length. @see RFC 8949, section 3 */
export function byteStringHead(length: number): Buffer {
  if (length < 24) return Buffer.of(0x40 | length);
  if (length < 0x100) return Buffer.of(0x58, length);
  if (length < 0x1_0000) return Buffer.of(0x59, length >> 8, length & 0xff);
  const head = Buffer.of(0x5a, 0, 0, 0, 0);
  head.writeUInt32BE(length, 1);
  return head;
}
