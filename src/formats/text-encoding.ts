import { utf8 } from "../kit/text.ts";

/**
 * Decodes a text file that people may have written on any system: UTF-16 when it begins with that byte order mark (as
 * PowerShell's `>` writes), otherwise UTF-8. The mark is taken off. Never throws.
 */
export function decodeText(bytes: Uint8Array): string {
  const isLittle = bytes[0] === 0xff && bytes[1] === 0xfe;
  const isBig = bytes[0] === 0xfe && bytes[1] === 0xff;
  if (!isLittle && !isBig) return utf8(bytes);
  const parts: string[] = [];
  for (let at = 2; at + 1 < bytes.length; at += CHUNK_BYTES) {
    const units: number[] = [];
    const end = Math.min(at + CHUNK_BYTES, bytes.length - 1);
    for (let i = at; i < end; i += 2) {
      const first = bytes[i] ?? 0;
      const second = bytes[i + 1] ?? 0;
      units.push(isLittle ? first | (second << 8) : (first << 8) | second);
    }
    parts.push(String.fromCharCode(...units));
  }
  return parts.join("");
}

/** Even, and so that a chunk's units may be arguments of one call. */
const CHUNK_BYTES = 8_192;
