import { closeSync, fstatSync, readSync } from "node:fs";
import { crc32, inflateRawSync } from "node:zlib";
import { BLOCK_BYTES_MAX, type BlockPlace, FOOTER_BYTES, MAGIC } from "./table-format.ts";

/** The bytes are not those that were written. The message says where, in words that follow "it is damaged: ". */
export class TableDamage extends Error {
  override readonly name = "TableDamage";
}

/** An open table. Not shared between threads. */
export interface Table {
  /**
   * The value of a key; null when there is none. A view that is valid for ever.
   *
   * @throws {TableDamage} when the block where it would stand cannot be read.
   */
  get(key: string): Buffer | null;
  /** Every entry in the order of keys. @throws {TableDamage} */
  entries(): Generator<readonly [key: string, value: Buffer]>;
  close(): void;
}

/** Blocks that stay inflated; look-ups come in the order of packages, and neighbours share blocks. */
const BLOCKS_KEPT = 64;

interface Block {
  readonly firstKey: string;
  readonly place: BlockPlace;
}

/**
 * Makes a table out of an open file, and owns the file from then on. The index is read at the first look-up.
 *
 * @param sizeBytes What the file must have.
 * @throws {TableDamage} when the file ends other than it must.
 */
export function openTable(file: number, sizeBytes: number): Table {
  const actual = fstatSync(file).size;
  if (actual !== sizeBytes) throw new TableDamage(`it has ${actual} bytes instead of ${sizeBytes}`);
  let blocks: readonly Block[] | null = null;
  const kept = new Map<number, Map<string, Buffer>>();
  const footer = readFooter(file, sizeBytes);

  const block = (number: number, list: readonly Block[]): Map<string, Buffer> => {
    const known = kept.get(number);
    if (known !== undefined) return known;
    const place = list[number]?.place;
    if (place === undefined) throw new TableDamage("it has no such block");
    const entries = new Map<string, Buffer>();
    for (const [key, value] of entriesOf(inflated(file, place, `block ${number}`)))
      entries.set(key, value);
    if (kept.size >= BLOCKS_KEPT) kept.delete(kept.keys().next().value ?? 0);
    kept.set(number, entries);
    return entries;
  };

  return {
    get: (key) => {
      blocks ??= readIndex(file, footer);
      const number = blockOf(key, blocks);
      return number === -1 ? null : (block(number, blocks).get(key) ?? null);
    },
    *entries() {
      blocks ??= readIndex(file, footer);
      for (const [number, { place }] of blocks.entries())
        yield* entriesOf(inflated(file, place, `block ${number}`));
    },
    close: () => closeSync(file),
  };
}

interface Footer {
  readonly index: BlockPlace;
  readonly blocks: number;
}

function readFooter(file: number, sizeBytes: number): Footer {
  if (sizeBytes < FOOTER_BYTES) throw new TableDamage(`it has ${sizeBytes} bytes only`);
  const bytes = readAt(file, sizeBytes - FOOTER_BYTES, FOOTER_BYTES);
  if (!bytes.subarray(22).equals(MAGIC)) throw new TableDamage("it does not end as it must");
  const index = {
    offset: bytes.readUIntLE(0, 6),
    storedBytes: bytes.readUInt32LE(6),
    sizeBytes: bytes.readUInt32LE(10),
    crc32: bytes.readUInt32LE(14),
  };
  if (index.offset + index.storedBytes + FOOTER_BYTES !== sizeBytes)
    throw new TableDamage("its index is not where it must be");
  return { index, blocks: bytes.readUInt32LE(18) };
}

function readIndex(file: number, footer: Footer): Block[] {
  const bytes = inflated(file, footer.index, "its index");
  const blocks: Block[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const end = at + 2 + bytes.readUInt16LE(at);
    if (end + 18 > bytes.length) break;
    const firstKey = bytes.toString("utf8", at + 2, end);
    const place = {
      offset: bytes.readUIntLE(end, 6),
      storedBytes: bytes.readUInt32LE(end + 6),
      sizeBytes: bytes.readUInt32LE(end + 10),
      crc32: bytes.readUInt32LE(end + 14),
    };
    blocks.push({ firstKey, place });
    at = end + 18;
  }
  if (blocks.length !== footer.blocks) throw new TableDamage("its index is incomplete");
  return blocks;
}

/** The last block whose first key is not greater; -1 when the key stands before all. */
function blockOf(key: string, blocks: readonly Block[]): number {
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((blocks[middle]?.firstKey ?? "") <= key) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function inflated(file: number, place: BlockPlace, what: string): Buffer {
  if (place.sizeBytes > BLOCK_BYTES_MAX) throw new TableDamage(`${what} claims too many bytes`);
  const stored = readAt(file, place.offset, place.storedBytes);
  if (crc32(stored) !== place.crc32) throw new TableDamage(`the checksum of ${what} is wrong`);
  try {
    const bytes = inflateRawSync(stored, {
      maxOutputLength: Math.max(place.sizeBytes, 1),
      chunkSize: Math.max(64, Math.min(place.sizeBytes + 1, 1 << 20)),
    });
    if (bytes.length === place.sizeBytes) return bytes;
  } catch {
    // Said below: how deflate complains tells nobody more.
  }
  throw new TableDamage(`${what} cannot be inflated`);
}

function* entriesOf(bytes: Buffer): Generator<readonly [string, Buffer]> {
  for (let at = 0; at < bytes.length; ) {
    if (at + 6 > bytes.length) throw new TableDamage("an entry is cut");
    const keyEnd = at + 6 + bytes.readUInt16LE(at);
    const end = keyEnd + bytes.readUInt32LE(at + 2);
    if (end > bytes.length) throw new TableDamage("an entry is cut");
    yield [bytes.toString("utf8", at + 6, keyEnd), bytes.subarray(keyEnd, end)];
    at = end;
  }
}

function readAt(file: number, offset: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let got = 0;
  while (got < length) {
    const count = readSync(file, bytes, got, length - got, offset + got);
    if (count === 0) throw new TableDamage("it ends too early");
    got += count;
  }
  return bytes;
}
