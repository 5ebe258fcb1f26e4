import { closeSync, fstatSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import {
  BLOCK_BYTES,
  BLOCK_BYTES_MAX,
  type BlockPlace,
  FOOTER_BYTES,
  MAGIC,
} from "./table-format.ts";

/** The bytes are not those that were written. The message says where, in words that follow "it is damaged: ". */
export class TableDamage extends Error {
  override readonly name = "TableDamage";
}

/** An open table. Not shared between threads. */
export interface Table {
  /**
   * The value of a key; null when there is none. A view that is valid until the next call.
   *
   * @throws {TableDamage} when the block where it would stand cannot be read.
   */
  get(key: string): Buffer | null;
  /** Every entry in the order of keys. @throws {TableDamage} */
  entries(): Generator<readonly [key: string, value: Buffer]>;
  close(): void;
}

/** Blocks that stay in memory; look-ups come in the order of packages, and neighbours share blocks. */
const SLOTS = 32;
/** A block with one long value is not kept. */
const SLOT_BYTES = BLOCK_BYTES;

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
  const footer = readFooter(file, sizeBytes);
  const kept = new Map<number, Buffer>();
  // One piece of memory for all of them: to make and forget thousands costs more than to read them.
  let slab: Buffer | null = null;
  const slots: number[] = [];

  const block = (number: number, { place }: Block): Buffer => {
    const known = kept.get(number);
    if (known !== undefined) return known;
    const what = `block ${number}`;
    if (place.sizeBytes > SLOT_BYTES) return checked(file, { place, what });
    slab ??= Buffer.allocUnsafeSlow(SLOTS * SLOT_BYTES);
    const slot = number % SLOTS;
    const old = slots[slot];
    if (old !== undefined) kept.delete(old);
    slots[slot] = number;
    const into = slab.subarray(slot * SLOT_BYTES, slot * SLOT_BYTES + place.sizeBytes);
    kept.set(number, checked(file, { place, what, into }));
    return into;
  };

  return {
    get: (key) => {
      blocks ??= readIndex(file, footer);
      const number = blockOf(key, blocks);
      const found = blocks[number];
      return found === undefined ? null : valueIn(block(number, found), key);
    },
    *entries() {
      blocks ??= readIndex(file, footer);
      for (const [number, { place }] of blocks.entries())
        yield* entriesOf(checked(file, { place, what: `block ${number}` }));
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
  const bytes = Buffer.alloc(FOOTER_BYTES);
  fill(file, sizeBytes - FOOTER_BYTES, bytes);
  if (!bytes.subarray(18).equals(MAGIC)) throw new TableDamage("it does not end as it must");
  const index = {
    offset: bytes.readUIntLE(0, 6),
    sizeBytes: bytes.readUInt32LE(6),
    crc32: bytes.readUInt32LE(10),
  };
  if (index.offset + index.sizeBytes + FOOTER_BYTES !== sizeBytes)
    throw new TableDamage("its index is not where it must be");
  return { index, blocks: bytes.readUInt32LE(14) };
}

function readIndex(file: number, footer: Footer): Block[] {
  const bytes = checked(file, { place: footer.index, what: "its index" });
  const blocks: Block[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const end = at + 2 + bytes.readUInt16LE(at);
    if (end + 14 > bytes.length) break;
    const firstKey = bytes.toString("utf8", at + 2, end);
    const place = {
      offset: bytes.readUIntLE(end, 6),
      sizeBytes: bytes.readUInt32LE(end + 6),
      crc32: bytes.readUInt32LE(end + 10),
    };
    blocks.push({ firstKey, place });
    at = end + 14;
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

function checked(
  file: number,
  wanted: { readonly place: BlockPlace; readonly what: string; readonly into?: Buffer },
): Buffer {
  const { place, what } = wanted;
  if (place.sizeBytes > BLOCK_BYTES_MAX) throw new TableDamage(`${what} claims too many bytes`);
  const bytes = wanted.into ?? Buffer.allocUnsafe(place.sizeBytes);
  fill(file, place.offset, bytes);
  if (crc32(bytes) !== place.crc32) throw new TableDamage(`the checksum of ${what} is wrong`);
  return bytes;
}

/** Finds the key's bytes first, because most questions end there; then passes over entries to see whether they are a key. */
function valueIn(block: Buffer, key: string): Buffer | null {
  let found = block.indexOf(key);
  const keyBytes = found === -1 ? 0 : Buffer.byteLength(key);
  for (let at = 0; found !== -1 && at < block.length; ) {
    const keyEnd = keyEndOf(block, at);
    const end = endOf(block, at, keyEnd);
    const keyAt = at + ENTRY_HEAD_BYTES;
    while (found !== -1 && found < keyAt) found = block.indexOf(key, found + 1);
    if (found === keyAt && keyEnd - keyAt === keyBytes) return block.subarray(keyEnd, end);
    at = end;
  }
  return null;
}

function* entriesOf(block: Buffer): Generator<readonly [string, Buffer]> {
  for (let at = 0; at < block.length; ) {
    const keyEnd = keyEndOf(block, at);
    const end = endOf(block, at, keyEnd);
    yield [block.toString("utf8", at + ENTRY_HEAD_BYTES, keyEnd), block.subarray(keyEnd, end)];
    at = end;
  }
}

const ENTRY_HEAD_BYTES = 6;

function keyEndOf(block: Buffer, at: number): number {
  if (at + ENTRY_HEAD_BYTES > block.length) throw new TableDamage("an entry is cut");
  return at + ENTRY_HEAD_BYTES + (block[at] ?? 0) + (block[at + 1] ?? 0) * 0x100;
}

function endOf(block: Buffer, at: number, keyEnd: number): number {
  const end = keyEnd + block.readUInt32LE(at + 2);
  if (end > block.length) throw new TableDamage("an entry is cut");
  return end;
}

function fill(file: number, offset: number, bytes: Buffer): void {
  for (let got = 0; got < bytes.length; ) {
    const count = readSync(file, bytes, got, bytes.length - got, offset + got);
    if (count === 0) throw new TableDamage("it ends too early");
    got += count;
  }
}
