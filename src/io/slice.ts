import { createReadStream } from "node:fs";
import type { FileSlice } from "./image.ts";
import { openError } from "./open-error.ts";

/** Reads a stretch of a file in pieces of a megabyte. */
export async function* readSlice(slice: FileSlice): AsyncGenerator<Uint8Array> {
  if (slice.sizeBytes === 0) return;
  const stream = createReadStream(slice.path, {
    start: slice.offset,
    end: slice.offset + slice.sizeBytes - 1,
    highWaterMark: 1 << 20,
  });
  try {
    for await (const piece of stream) yield piece as Uint8Array;
  } catch (error) {
    throw openError("layer", slice.path, error);
  }
}
