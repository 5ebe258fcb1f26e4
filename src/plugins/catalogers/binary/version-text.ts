import { latin1 } from "../../../kit/text.ts";

/** A version as it stands in a file, taken apart. */
export interface VersionText {
  /** `1.1.1` */
  readonly numbers: string;
  /** `w`, `p1`, `rc2`; empty when there are none. */
  readonly letters: string;
  /** After a hyphen, when it names an early release: `rc.1`, `beta2`, `dev`. */
  readonly early: string;
  /** Behind the last character. */
  readonly end: number;
}

const LENGTH_MAX = 40;
const EARLY = /^-((?:rc|alpha|beta|dev|pre|nightly)[A-Za-z0-9.]*)/;

/**
 * Reads a version: numbers with dots, then perhaps letters with digits, or a hyphen and the name of an early release.
 *
 * @returns null where none begins.
 */
export function readVersion(bytes: Uint8Array, at: number): VersionText | null {
  const numbersEnd = endOfNumbers(bytes, at);
  if (numbersEnd === at) return null;
  let end = numbersEnd;
  while (end - at < LENGTH_MAX && isLetterOrDigit(bytes[end])) end += 1;
  const hyphenated = latin1(bytes.subarray(end, end + LENGTH_MAX));
  const early = EARLY.exec(hyphenated)?.[1] ?? "";
  return {
    numbers: latin1(bytes.subarray(at, numbersEnd)),
    letters: latin1(bytes.subarray(numbersEnd, end)),
    early,
    end: early === "" ? end : end + 1 + early.length,
  };
}

/** Behind `1.2.3`; a dot counts only between digits. */
function endOfNumbers(bytes: Uint8Array, at: number): number {
  let end = at;
  while (end - at < LENGTH_MAX) {
    const isDot = bytes[end] === 0x2e && end > at && isDigit(bytes[end + 1]);
    if (!isDot && !isDigit(bytes[end])) break;
    end += 1;
  }
  return end;
}

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

export function isLetterOrDigit(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x7a);
}
