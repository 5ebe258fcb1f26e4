// Bytes that were compressed as a whole. Bounded: the most that they may become is the caller's to say. Never throws.
// Sources: RFC 1950 (zlib), RFC 1952 (gzip).
import { gunzipSync, inflateSync } from "node:zlib";

/** What compressed bytes say, or why it cannot be had. */
export type Inflated =
  | { readonly bytes: Uint8Array; readonly fault: null }
  | { readonly bytes: null; readonly fault: "too-large" | "damaged" };

/** @param bytesMax At least one. */
export function gunzipped(bytes: Uint8Array, bytesMax: number): Inflated {
  return inflatedBy(gunzipSync, bytes, bytesMax);
}

/** @param bytesMax At least one. */
export function zlibInflated(bytes: Uint8Array, bytesMax: number): Inflated {
  return inflatedBy(inflateSync, bytes, bytesMax);
}

function inflatedBy(
  inflate: typeof gunzipSync,
  bytes: Uint8Array,
  maxOutputLength: number,
): Inflated {
  try {
    return { bytes: inflate(bytes, { maxOutputLength }), fault: null };
  } catch (error) {
    return { bytes: null, fault: error instanceof RangeError ? "too-large" : "damaged" };
  }
}
