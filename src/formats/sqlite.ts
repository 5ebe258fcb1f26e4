// Reads tables of an SQLite database file: b-trees, overflow pages, records. Read-only, without indexes, without SQL, and
// without the write-ahead log, which is another file. Source: https://www.sqlite.org/fileformat2.html, sections 1 and 2.
// Input may be hostile: each page is visited at most once per table, so time and memory are linear in the file's length.
import { latin1, utf8 } from "../kit/text.ts";

export type SqliteValue = null | number | string | Uint8Array;

/** A row: its rowid and its columns. A column declared INTEGER PRIMARY KEY is stored as null; its value is the rowid. */
export type OnRow = (rowid: number, values: readonly SqliteValue[]) => void;

const MAGIC = "SQLite format 3\0";
const TABLE_INTERIOR = 5;
const TABLE_LEAF = 13;
const FAULTS_MAX = 20;
const COLUMNS_MAX = 2_000;

/** Whether the bytes begin as an SQLite database does. */
export function isSqlite(bytes: Uint8Array): boolean {
  return bytes.length >= 100 && latin1(bytes.subarray(0, 16)) === MAGIC;
}

/** One database file. Bytes are used in place: values of type Uint8Array may be views on them. */
export class SqliteFile {
  /** What could not be read and why, in the words of a reader; grows as rows are read. At most twenty. */
  readonly faults: string[] = [];
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #pageSize: number;
  /** Page size without the bytes that extensions reserve at its end. */
  readonly #usable: number;
  readonly #pageCount: number;
  /** Bytes of payload that may still be read: rows do not overlap, so together they are no longer than the file. */
  #budget = 0;

  /** @param bytes A file for which {@link isSqlite} holds. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const size = this.#view.getUint16(16);
    this.#pageSize = size === 1 ? 65_536 : size;
    this.#usable = this.#pageSize - (bytes[20] ?? 0);
    const wellFormed =
      this.#pageSize >= 512 && (this.#pageSize & (this.#pageSize - 1)) === 0 && this.#usable >= 480;
    this.#pageCount = wellFormed ? Math.floor(bytes.length / this.#pageSize) : 0;
    if (!wellFormed) this.#fault(`its page size is ${this.#pageSize}`);
    else this.#checkLength();
  }

  /**
   * Calls back for every row of a table, in the order of rowids.
   *
   * @returns False when the database has no such table. Rows in damaged pages are missing, and `faults` say so.
   */
  eachRow(table: string, row: OnRow): boolean {
    let root = 0;
    this.#eachRowOfTree(1, (_, [type, name, , page]) => {
      if (type === "table" && name === table && typeof page === "number") root = page;
    });
    if (root === 0) return false;
    this.#eachRowOfTree(root, row);
    return true;
  }

  /** A header that counts more pages than there are is the surest sign of a cut file. */
  #checkLength(): void {
    const counted = this.#view.getUint32(28);
    const isCountValid = this.#view.getUint32(24) === this.#view.getUint32(92);
    if (isCountValid && counted > this.#pageCount)
      this.#fault(`it is cut: ${this.#pageCount} of ${counted} pages are there`);
  }

  #eachRowOfTree(root: number, row: OnRow): void {
    const visited = new Uint8Array(this.#pageCount + 1);
    this.#budget = this.#bytes.length;
    const pending = [root];
    for (let page = pending.pop(); page !== undefined; page = pending.pop()) {
      if (!this.#enter(page, visited)) continue;
      const start = (page - 1) * this.#pageSize;
      const header = page === 1 ? start + 100 : start;
      const type = this.#bytes[header];
      if (type === TABLE_LEAF)
        this.#eachCell(page, header, (at) => this.#leafCell(page, at, visited, row));
      else if (type === TABLE_INTERIOR) this.#pushChildren(page, header, pending);
      else this.#fault(`page ${page} is of type ${type} where a table was expected`);
    }
  }

  /** Marks a page as visited. @returns False, with a fault, for pages that do not exist or were met before. */
  #enter(page: number, visited: Uint8Array): boolean {
    if (page < 1 || page > this.#pageCount) this.#fault(`page ${page} does not exist`);
    else if (visited[page] === 1) this.#fault(`page ${page} is used twice`);
    else {
      visited[page] = 1;
      return true;
    }
    return false;
  }

  #eachCell(page: number, header: number, cell: (at: number) => void): void {
    const count = this.#view.getUint16(header + 3);
    const pointers = header + (this.#bytes[header] === TABLE_LEAF ? 8 : 12);
    const start = (page - 1) * this.#pageSize;
    const end = start + this.#usable;
    if (pointers + count * 2 > end) {
      this.#fault(`page ${page} claims ${count} cells`);
      return;
    }
    for (let i = 0; i < count; i += 1) {
      const at = start + this.#view.getUint16(pointers + i * 2);
      if (at >= pointers && at + 4 <= end) cell(at);
      else this.#fault(`cell ${i} of page ${page} lies outside the page`);
    }
  }

  /** The last child is pushed first, so that the stack gives the leaves in order. */
  #pushChildren(page: number, header: number, pending: number[]): void {
    const children: number[] = [];
    this.#eachCell(page, header, (at) => children.push(this.#view.getUint32(at)));
    pending.push(this.#view.getUint32(header + 8));
    for (const child of children.reverse()) pending.push(child);
  }

  #leafCell(page: number, at: number, visited: Uint8Array, row: OnRow): void {
    const end = page * this.#pageSize - this.#pageSize + this.#usable;
    const length = this.#varint(at, end);
    const rowid = this.#varint(length.next, end);
    const payload = this.#payload(rowid.next, length.value, end, visited);
    if (payload === null) {
      this.#fault(`row ${rowid.value} on page ${page} is incomplete`);
      return;
    }
    const values = recordValues(payload);
    if (values === null) this.#fault(`row ${rowid.value} on page ${page} is malformed`);
    else row(rowid.value, values);
  }

  /** @returns The record's bytes: a view, or a copy when it goes on in overflow pages; null when part of it is missing. */
  #payload(at: number, length: number, end: number, visited: Uint8Array): Uint8Array | null {
    const local = this.#localLength(length);
    if (length < 0 || length > this.#budget || at + local > end) return null;
    this.#budget -= length;
    if (local === length) return this.#bytes.subarray(at, at + local);
    if (at + local + 4 > end) return null;
    const pieces = [this.#bytes.subarray(at, at + local)];
    let missing = length - local;
    let next = this.#view.getUint32(at + local);
    while (missing > 0) {
      if (!this.#enter(next, visited)) return null;
      const start = (next - 1) * this.#pageSize;
      const taken = Math.min(missing, this.#usable - 4);
      pieces.push(this.#bytes.subarray(start + 4, start + 4 + taken));
      missing -= taken;
      next = this.#view.getUint32(start);
    }
    return joined(pieces, length);
  }

  /** How much of a payload stands in the leaf itself (section 1.6, "B-tree Pages": P, X, M and K). */
  #localLength(length: number): number {
    const usable = this.#usable;
    const max = usable - 35;
    if (length <= max) return length;
    const min = Math.floor(((usable - 12) * 32) / 255) - 23;
    const wanted = min + ((length - min) % (usable - 4));
    return wanted <= max ? wanted : min;
  }

  #varint(at: number, end: number): Varint {
    return varint(this.#bytes, at, end);
  }

  #fault(text: string): void {
    if (this.faults.length < FAULTS_MAX) this.faults.push(text);
  }
}

interface Varint {
  /** Signed. Beyond 2^53 not exact: such lengths are lies, and such rowids only have to be far away. */
  readonly value: number;
  readonly next: number;
}

/** Up to nine bytes, seven bits each, the ninth with all eight. A cut one has the value of what is there. */
function varint(bytes: Uint8Array, at: number, end: number): Varint {
  let value = 0;
  for (let i = 0; i < 8; i += 1) {
    const byte = at + i < end ? (bytes[at + i] ?? 0) : 0;
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, next: at + i + 1 };
  }
  return { value: longVarint(bytes.subarray(at, Math.min(at + 9, end))), next: at + 9 };
}

/** Only negative numbers and enormous ones take nine bytes. */
function longVarint(bytes: Uint8Array): number {
  let value = 0n;
  for (const byte of bytes.subarray(0, 8)) value = (value << 7n) | BigInt(byte & 0x7f);
  return Number(BigInt.asIntN(64, (value << 8n) | BigInt(bytes[8] ?? 0)));
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Section 2.1, "Record Format". @returns null when header or body go beyond the payload. */
function recordValues(payload: Uint8Array): SqliteValue[] | null {
  const headerLength = varint(payload, 0, payload.length);
  if (headerLength.value < 0 || headerLength.value > payload.length) return null;
  const values: SqliteValue[] = [];
  let body = headerLength.value;
  for (let at = headerLength.next; at < headerLength.value; ) {
    const type = varint(payload, at, headerLength.value);
    at = type.next;
    const length = lengthOf(type.value);
    if (length < 0 || body + length > payload.length || values.length >= COLUMNS_MAX) return null;
    values.push(columnValue(type.value, payload.subarray(body, body + length)));
    body += length;
  }
  return values;
}

const FIXED_LENGTHS: readonly number[] = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0];

function lengthOf(type: number): number {
  return FIXED_LENGTHS[type] ?? Math.floor((type - 12) / 2);
}

function columnValue(type: number, bytes: Uint8Array): SqliteValue {
  if (type === 0 || type === 10 || type === 11) return null;
  if (type === 8 || type === 9) return type - 8;
  if (type === 7) return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0);
  if (type < 7) return signedInteger(bytes);
  return type % 2 === 0 ? bytes : utf8(bytes);
}

function signedInteger(bytes: Uint8Array): number {
  let value = (bytes[0] ?? 0) >= 0x80 ? -1 : 0;
  for (const byte of bytes) value = value * 256 + byte;
  return value;
}
