import { createHash } from "node:crypto";
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";
import {
  BLOCK_BYTES,
  type BlockPlace,
  FOOTER_BYTES,
  KEY_BYTES_MAX,
  MAGIC,
} from "./table-format.ts";

/** What was written. */
export interface TableFacts {
  readonly sizeBytes: number;
  /** Hex, of the whole file. */
  readonly sha256: string;
}

/**
 * Writes a table. Keys are added in ascending order of JavaScript's `<`, each once.
 *
 * `finish` or `abandon` closes the file; nothing else does.
 */
export interface TableWriter {
  add(key: string, value: Buffer): void;
  /** Writes index and footer, and waits until the disk has all of it. */
  finish(): TableFacts;
  abandon(): void;
}

/** @throws What the file system throws; the caller says what that means. */
export function createTable(path: string): TableWriter {
  const file = openSync(path, "wx", 0o644);
  const hash = createHash("sha256");
  const index: Buffer[] = [];
  let blocks = 0;
  let offset = 0;
  let parts: Buffer[] = [];
  let partBytes = 0;
  let firstKey: Buffer | null = null;
  let lastKey: string | null = null;

  const write = (bytes: Buffer): void => {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    hash.update(bytes);
    offset += bytes.length;
  };
  const closeBlock = (): void => {
    if (firstKey === null) return;
    const bytes = Buffer.concat(parts, partBytes);
    const place = { offset, sizeBytes: partBytes, crc32: crc32(bytes) };
    index.push(indexEntry(firstKey, place));
    blocks += 1;
    write(bytes);
    parts = [];
    partBytes = 0;
    firstKey = null;
  };

  return {
    add: (key, value) => {
      if (lastKey !== null && !(lastKey < key)) throw new Error("table keys are not in order");
      lastKey = key;
      const keyBytes = Buffer.from(key);
      if (keyBytes.length > KEY_BYTES_MAX) throw new Error("table key is too long");
      const size = 6 + keyBytes.length + value.length;
      if (partBytes > 0 && partBytes + size > BLOCK_BYTES) closeBlock();
      firstKey ??= keyBytes;
      const head = Buffer.allocUnsafe(6);
      head.writeUInt16LE(keyBytes.length, 0);
      head.writeUInt32LE(value.length, 2);
      parts.push(head, keyBytes, value);
      partBytes += size;
      if (partBytes >= BLOCK_BYTES) closeBlock();
    },
    finish: () => {
      closeBlock();
      const all = Buffer.concat(index);
      const footer = Buffer.alloc(FOOTER_BYTES);
      footer.writeUIntLE(offset, 0, 6);
      footer.writeUInt32LE(all.length, 6);
      footer.writeUInt32LE(crc32(all), 10);
      footer.writeUInt32LE(blocks, 14);
      MAGIC.copy(footer, 18);
      write(all);
      write(footer);
      fsyncSync(file);
      closeSync(file);
      return { sizeBytes: offset, sha256: hash.digest("hex") };
    },
    abandon: () => closeSync(file),
  };
}

function indexEntry(firstKey: Buffer, place: BlockPlace): Buffer {
  const entry = Buffer.allocUnsafe(2 + firstKey.length + 14);
  entry.writeUInt16LE(firstKey.length, 0);
  firstKey.copy(entry, 2);
  const at = 2 + firstKey.length;
  entry.writeUIntLE(place.offset, at, 6);
  entry.writeUInt32LE(place.sizeBytes, at + 6);
  entry.writeUInt32LE(place.crc32, at + 10);
  return entry;
}
