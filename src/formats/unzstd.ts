// zstd as a whole, by JavaScript: Node has none of its own before 22.15.
// Source: RFC 8878.
import { Buffer } from "node:buffer";
import { Decompress } from "fzstd";
import type { Inflated } from "./inflated.ts";

/** So much goes in at a time, that what comes out is bounded before it is all there. */
const PIECE_BYTES = 1 << 16;

/** @param bytesMax At least one. */
export function unzstd(bytes: Uint8Array, bytesMax: number): Inflated {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const decoder = new Decompress((piece) => {
    length += piece.length;
    if (length <= bytesMax) pieces.push(piece.slice());
  });
  try {
    for (let at = 0; at < bytes.length && length <= bytesMax; at += PIECE_BYTES)
      decoder.push(bytes.subarray(at, at + PIECE_BYTES), at + PIECE_BYTES >= bytes.length);
  } catch {
    return { bytes: null, fault: "damaged" };
  }
  return length > bytesMax
    ? { bytes: null, fault: "too-large" }
    : { bytes: Buffer.concat(pieces, length), fault: null };
}
