// Fields of a tar header block: ustar, old GNU and V7 alike.
import type { Buffer } from "node:buffer";

const BLOCK = 512;

/** Whether a block is all zeros; two of them end an archive. */
export function isZero(block: Buffer): boolean {
  if (block[0] !== 0) return false;
  for (const byte of block) if (byte !== 0) return false;
  return true;
}

/** The sum of all bytes with the checksum field taken as spaces; some old writers summed signed bytes. */
export function checksumFits(block: Buffer): boolean {
  let unsigned = 0;
  let signed = 0;
  for (let i = 0; i < BLOCK; i += 1) {
    const byte = i >= 148 && i < 156 ? 32 : (block[i] ?? 0);
    unsigned += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  const claimed = numberAt(block, 148, 8);
  return claimed === unsigned || claimed === signed;
}

/**
 * An octal number, or a base-256 one (first bit set); null when it is neither. Empty fields are 0, and NULs and spaces in front
 * of the digits are passed over.
 */
export function numberAt(block: Buffer, at: number, length: number): number | null {
  const first = block[at] ?? 0;
  if ((first & 0x80) !== 0) return base256At(block, at, length);
  let value = 0;
  let seen = false;
  for (let i = at; i < at + length; i += 1) {
    const byte = block[i] ?? 0;
    if (byte >= 0x30 && byte <= 0x37) {
      value = value * 8 + (byte - 0x30);
      seen = true;
    } else if (byte !== 0 && byte !== 0x20) {
      return null;
    } else if (seen) {
      return value;
    }
  }
  return value;
}

function base256At(block: Buffer, at: number, length: number): number | null {
  // Negative numbers (0xff…) occur for times and owners only; no size is negative.
  if ((block[at] ?? 0) !== 0x80) return null;
  let value = 0;
  for (let i = at + 1; i < at + length; i += 1) value = value * 256 + (block[i] ?? 0);
  return Number.isSafeInteger(value) ? value : null;
}

/** The name with its prefix, where there is one. */
export function nameOf(block: Buffer): string {
  const name = fieldOf(block, 0, 100);
  const prefix = prefixOf(block);
  return prefix === "" ? name : `${prefix}/${name}`;
}

/**
 * POSIX archives ("ustar\0") have a prefix, those of star a shorter one. In GNU ones ("ustar ") its place holds two times;
 * where these are none, engines take it for a prefix, because Go once wrote such archives.
 */
function prefixOf(block: Buffer): string {
  const magic = block.toString("latin1", 257, 265);
  if (magic.startsWith("ustar\0")) {
    const isStar = block.toString("latin1", 508, 512) === "tar\0";
    return fieldOf(block, 345, isStar ? 131 : 155);
  }
  const hasTimes = numberAt(block, 345, 12) !== null && numberAt(block, 357, 12) !== null;
  if (magic !== "ustar  \0" || hasTimes) return "";
  const prefix = fieldOf(block, 345, 155);
  return isAscii(prefix) ? prefix : "";
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** A text field, up to its first NUL. */
export function fieldOf(block: Buffer, at: number, length: number): string {
  let end = at;
  while (end < at + length && block[end] !== 0) end += 1;
  return block.toString("utf8", at, end);
}

/** The text of a GNU long name, up to its first NUL. */
export function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString("utf8", 0, end === -1 ? bytes.length : end);
}
