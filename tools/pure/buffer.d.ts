// What the pure parts may know of node:buffer, when they import a format that uses it (docs/decisions/0003).

export interface Buffer extends Uint8Array {
  toString(
    encoding?: "utf8" | "latin1" | "hex" | "base64" | "ascii",
    start?: number,
    end?: number,
  ): string;
  subarray(start?: number, end?: number): Buffer;
  equals(other: Uint8Array): boolean;
  readUInt8(offset?: number): number;
  readUInt16LE(offset?: number): number;
  readUInt16BE(offset?: number): number;
  readUInt32LE(offset?: number): number;
  readUInt32BE(offset?: number): number;
  readInt32LE(offset?: number): number;
  readInt32BE(offset?: number): number;
  readBigUInt64LE(offset?: number): bigint;
  readBigUInt64BE(offset?: number): bigint;
  readDoubleLE(offset?: number): number;
  readDoubleBE(offset?: number): number;
}

export const Buffer: {
  from(bytes: Uint8Array | readonly number[]): Buffer;
  from(bytes: ArrayBufferLike, offset?: number, length?: number): Buffer;
  from(text: string, encoding?: "utf8" | "latin1" | "hex" | "base64"): Buffer;
  concat(parts: readonly Uint8Array[], length?: number): Buffer;
  alloc(size: number): Buffer;
  byteLength(text: string): number;
};
