// Maps of sparse files: where the stored bytes lie in the finished file. GNU tar manual, "Storing Sparse Files".
import type { Buffer } from "node:buffer";
import { numberAt } from "./tar-header.ts";

/** Stretches of data in rising order; between them are holes. */
export type SparseMap = readonly { readonly offset: number; readonly sizeBytes: number }[];

/** Whether stretches are in order, apart, and within the file: engines refuse a map of which that is not so. */
export function isWithin(map: SparseMap, sizeBytes: number): boolean {
  let end = 0;
  for (const stretch of map) {
    if (stretch.offset < end) return false;
    end = stretch.offset + stretch.sizeBytes;
  }
  return end <= sizeBytes;
}

/**
 * The old GNU format: four stretches in the header at 386, or 21 in an extension block at 0, 24 bytes each; an empty one ends
 * it.
 */
export function oldGnuSparse(block: Buffer, extension = false): SparseMap {
  const start = extension ? 0 : 386;
  const count = extension ? 21 : 4;
  const map: { offset: number; sizeBytes: number }[] = [];
  for (let i = 0; i < count; i += 1) {
    const at = start + i * 24;
    if (block[at] === 0) break;
    const offset = numberAt(block, at, 12) ?? 0;
    const sizeBytes = numberAt(block, at + 12, 12) ?? 0;
    if (sizeBytes > 0) map.push({ offset, sizeBytes });
  }
  return map;
}

/** How many bytes the map of format 1.0 takes, in whole blocks; null when its end has not been seen yet. */
export function sparseHeaderLength(text: Buffer): number | null {
  const first = text.indexOf(0x0a);
  if (first === -1) return null;
  const count = Number(text.toString("latin1", 0, first));
  if (!Number.isInteger(count) || count < 0 || count > 100_000) return text.length;
  let at = first;
  for (let line = 0; line < count * 2; line += 1) {
    at = text.indexOf(0x0a, at + 1);
    if (at === -1) return null;
  }
  return Math.ceil((at + 1) / 512) * 512;
}

/** Reads the map of format 1.0: the count, then offset and size of each stretch, a line each. */
export function sparseMapFromData(text: Buffer): SparseMap {
  const lines = text.toString("latin1").split("\n");
  const count = Number(lines[0]);
  const map: { offset: number; sizeBytes: number }[] = [];
  for (let i = 0; i < count && Number.isInteger(count); i += 1) {
    const offset = Number(lines[1 + i * 2]);
    const sizeBytes = Number(lines[2 + i * 2]);
    if (Number.isSafeInteger(offset) && Number.isSafeInteger(sizeBytes) && sizeBytes > 0)
      map.push({ offset, sizeBytes });
  }
  return map;
}
