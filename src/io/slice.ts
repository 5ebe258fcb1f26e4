import { createReadStream } from "node:fs";
import type { FileSlice } from "./image.ts";
import { openError } from "./open-error.ts";

/**
 * Reads a stretch of a file in pieces of a megabyte.
 *
 * @throws {AppError} when the file cannot be read; the signal's reason when that fires.
 */
export async function* readSlice(
  slice: FileSlice,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (slice.sizeBytes === 0) return;
  const stream = createReadStream(slice.path, {
    start: slice.offset,
    end: slice.offset + slice.sizeBytes - 1,
    highWaterMark: 1 << 20,
  });
  try {
    for await (const piece of stream) {
      signal?.throwIfAborted();
      yield piece as Uint8Array;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw openError("layer", slice.path, error);
  }
}
