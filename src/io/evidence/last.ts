import { closeSync, openSync, readSync, statSync } from "node:fs";
import { parseEvidenceEntry, splitEvidenceLine } from "../../formats/evidence-line.ts";
import type { EvidenceEntry } from "../../model/evidence-entry.ts";
import { segmentsIn } from "./segments.ts";

const FIRST_LOOK = 256 << 10;

/**
 * The last entries of a log, oldest first, as they stand there: nothing of them is checked.
 *
 * @param wants Which of them count.
 * @throws The error of the file system.
 */
export function lastEntries(
  folder: string,
  max: number,
  wants: (entry: EvidenceEntry) => boolean,
): EvidenceEntry[] {
  let found: EvidenceEntry[] = [];
  for (const { path } of segmentsIn(folder).reverse()) {
    found = [...lastOf(path, max - found.length, wants), ...found];
    if (found.length >= max) break;
  }
  return found;
}

function lastOf(
  path: string,
  max: number,
  wants: (entry: EvidenceEntry) => boolean,
): EvidenceEntry[] {
  const { size } = statSync(path);
  for (let look = FIRST_LOOK; ; look *= 8) {
    const length = Math.min(size, look);
    const lines = pieceOf(path, size - length, length)
      .toString("latin1")
      .split("\n");
    // The first line of a piece is cut, unless the piece is the whole file.
    const whole = length === size ? lines : lines.slice(1);
    const entries = whole.flatMap((line) => {
      const split = splitEvidenceLine(Buffer.from(line, "latin1"));
      const entry = split === null ? null : parseEvidenceEntry(split.entry);
      return entry !== null && wants(entry) ? [entry] : [];
    });
    if (entries.length >= max || length === size) return entries.slice(-max);
  }
}

function pieceOf(path: string, position: number, length: number): Buffer {
  const fd = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(length);
    return buffer.subarray(0, readSync(fd, buffer, 0, length, position));
  } finally {
    closeSync(fd);
  }
}
