// Where a log ends: the last whole entry, and what stands behind it that is none.
import { createHash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import {
  type EvidenceLine,
  LINE_BYTES_MAX,
  parseEvidenceEntry,
  splitEvidenceLine,
} from "../../formats/evidence-line.ts";
import type { EvidenceEntry, TornEnd } from "../../model/evidence-entry.ts";
import { entryHash } from "./entry-hash.ts";

/** The end of a file of the log. */
export interface Tail {
  readonly sizeBytes: number;
  readonly entry: EvidenceEntry;
  readonly line: EvidenceLine;
  /** The line has its line end, or bytes behind it that are no entry have none. */
  readonly isEnded: boolean;
  /** Null when the last thing in the file is a whole, signed entry. */
  readonly torn: TornEnd | null;
}

const NEWLINE = 0x0a;
const FIRST_LOOK = 2 * LINE_BYTES_MAX;
/** More than this without an entry is no write that was cut. */
const LAST_LOOK = 16 << 20;

/** Reads the end of a file; null when there is no entry in it, or none near its end. @throws The error of the file system. */
export function readTail(path: string): Tail | null {
  const fd = openSync(path, "r");
  try {
    const { size } = fstatSync(fd);
    for (let look = FIRST_LOOK; ; look *= 8) {
      const length = Math.min(size, look, LAST_LOOK);
      const found = tailIn(readPiece(fd, size - length, length), size === length);
      if (found !== null) return { sizeBytes: size, ...found };
      if (length === size || length === LAST_LOOK) return null;
    }
  } finally {
    closeSync(fd);
  }
}

/** The first entry of a file; null when its first line is none. @throws The error of the file system. */
export function readFirst(path: string): EvidenceEntry | null {
  const fd = openSync(path, "r");
  try {
    const piece = readPiece(fd, 0, LINE_BYTES_MAX + 1);
    const end = piece.indexOf(NEWLINE);
    return wholeEntry(piece.subarray(0, end === -1 ? piece.length : end))?.entry ?? null;
  } finally {
    closeSync(fd);
  }
}

function readPiece(fd: number, position: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const read = readSync(fd, buffer, filled, length - filled, position + filled);
    if (read === 0) break;
    filled += read;
  }
  return buffer.subarray(0, filled);
}

/** @param isWhole The piece begins where the file does; otherwise its first line is likely cut. */
function tailIn(piece: Buffer, isWhole: boolean): Omit<Tail, "sizeBytes"> | null {
  const isEnded = piece.at(-1) === NEWLINE;
  for (let end = isEnded ? piece.length - 1 : piece.length; end > 0; ) {
    const start = piece.lastIndexOf(NEWLINE, end - 1) + 1;
    if (start === 0 && !isWhole) return null;
    const whole = wholeEntry(piece.subarray(start, end));
    if (whole !== null) {
      const behind = piece.subarray(Math.min(end + 1, piece.length));
      const unsigned = whole.line.signature === null ? unsignedUpTo(piece, end) : 0;
      return { ...whole, isEnded, torn: tornEnd(behind, unsigned) };
    }
    end = start - 1;
  }
  return null;
}

function tornEnd(bytes: Buffer, unsigned: number): TornEnd | null {
  if (bytes.length === 0) return unsigned === 0 ? null : { bytes: 0, sha256: null, unsigned };
  return {
    bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    unsigned,
  };
}

function wholeEntry(bytes: Buffer): Pick<Tail, "entry" | "line"> | null {
  const line = splitEvidenceLine(bytes);
  if (line === null || entryHash(line) !== line.hash) return null;
  const entry = parseEvidenceEntry(line.entry);
  return entry === null ? null : { entry, line };
}

/** How many entries at the end no signature covers, as far back as the piece goes. */
function unsignedUpTo(piece: Buffer, last: number): number {
  let count = 0;
  for (let end = last; end > 0; ) {
    const start = piece.lastIndexOf(NEWLINE, end - 1) + 1;
    const line = splitEvidenceLine(piece.subarray(start, end));
    if (line === null || line.signature !== null) return count;
    count += 1;
    end = start - 1;
  }
  return count;
}
