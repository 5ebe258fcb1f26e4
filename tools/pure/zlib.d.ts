// What the pure parts may know of node:zlib, when they import a format that uses it (docs/decisions/0003): tsconfig.pure.json leads
// `node:zlib` here, because Node's own types would bring all of Node with them.

export interface InflateOptions {
  /** Larger results throw: a bound against bombs. */
  readonly maxOutputLength?: number;
  /** Accept input that ends too early, when it is `constants.Z_SYNC_FLUSH`. */
  readonly finishFlush?: number;
  readonly chunkSize?: number;
}

export function crc32(bytes: Uint8Array | string, start?: number): number;
export function inflateSync(bytes: Uint8Array, options?: InflateOptions): Uint8Array;
export function inflateRawSync(bytes: Uint8Array, options?: InflateOptions): Uint8Array;
export function gunzipSync(bytes: Uint8Array, options?: InflateOptions): Uint8Array;
export function brotliDecompressSync(bytes: Uint8Array, options?: InflateOptions): Uint8Array;
export const constants: { readonly Z_SYNC_FLUSH: number };
