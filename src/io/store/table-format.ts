// Our own table: sorted keys, blocks with checksums, one index. Written once, in one pass, and then only read. What it is for, and
// why not a database: docs/decisions/0004-advisory-store.md.
//
//   blocks   { key length u16, value length u32, key, value }…, in the order of keys
//   index    { key length u16, first key, offset u48, length u32, crc32 u32 }… per block
//   footer   offset of the index u48, its length u32, its crc32 u32, count of blocks u32, magic (8 bytes)
//
// Numbers are little-endian. Nothing is compressed: a look-up would cost ten times as much; what travels is compressed on its way.
// The same entries give the same bytes.

/** At the very end, so that a file that was cut is seen by its first read. */
export const MAGIC: Buffer = Buffer.from("BWTABLE1", "latin1");

export const FOOTER_BYTES: number = 6 + 4 + 4 + 4 + 8;

/** Blocks are closed at this size; a longer value has a block of its own. */
export const BLOCK_BYTES: number = 4 << 10;

/** Longer keys are refused by the writer. */
export const KEY_BYTES_MAX: number = 0xffff;

/** The longest block that a reader believes in. */
export const BLOCK_BYTES_MAX: number = 256 << 20;

/** Where a block lies. */
export interface BlockPlace {
  readonly offset: number;
  readonly sizeBytes: number;
  readonly crc32: number;
}
