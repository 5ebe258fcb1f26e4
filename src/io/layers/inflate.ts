import type { Hash } from "node:crypto";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import * as zlib from "node:zlib";
import { AppError, reasonOf } from "../../kit/error.ts";

/** Inflating in pieces of this size costs half of what Node's 16 KiB do; two are in flight at a time. */
const PIECE_BYTES = 1 << 20;
/** gzip cannot exceed about 1030:1; real layers stay below 30:1. Beyond both bounds it is a bomb. */
const BOMB_RATIO = 300;
const BOMB_BYTES_MIN = 2 ** 30;
/** No layer that people build comes near; a plain tar of zeros would run for ever. */
const PLAIN_BYTES_MAX = 2 ** 38;

/** A blob on its way from its stored to its plain form, with both digests taken in passing. */
export interface Inflation {
  /** The plain bytes. To be read to the end before the digests are asked for. */
  readonly pieces: AsyncIterable<Buffer>;
  /** Hex sha256 of what was stored, and of what it holds; valid once `pieces` ended. */
  digests(): { stored: string; plain: string; storedBytes: number; plainBytes: number };
}

/**
 * Opens a layer's blob: gzip, zstd or plain, told by its first bytes rather than by what the manifest claims.
 *
 * @throws {AppError} (from the iteration) `archive-invalid` for damaged compression, `limit-exceeded` for bombs.
 */
export function inflate(stored: AsyncIterable<Uint8Array>): Inflation {
  const meter = new DigestMeter();
  return {
    pieces: meter.plain(decompressed(meter.stored(stored))),
    digests: () => meter.digests(),
  };
}

/**
 * The same without digests: for archives around layers, whose own digest nobody claims.
 *
 * @throws {AppError} (from the iteration) as {@link inflate}.
 */
export function decompress(stored: AsyncIterable<Uint8Array>): AsyncIterable<Buffer> {
  const meter = new Meter();
  return meter.plain(decompressed(meter.stored(stored)));
}

/** Counts what goes in and what comes out, and stops bombs. */
class Meter {
  protected storedBytes = 0;
  protected plainBytes = 0;

  protected onStored(_chunk: Uint8Array): void {
    // Only those who want digests look at the bytes.
  }

  protected onPlain(_chunk: Uint8Array): void {
    // As above.
  }

  async *stored(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      this.onStored(chunk);
      this.storedBytes += chunk.length;
      yield Buffer.isBuffer(chunk)
        ? chunk
        : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    }
  }

  async *plain(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      this.onPlain(chunk);
      this.plainBytes += chunk.length;
      this.#refuseBombs();
      yield chunk;
    }
  }

  #refuseBombs(): void {
    const bomb =
      this.plainBytes > BOMB_BYTES_MIN && this.plainBytes > this.storedBytes * BOMB_RATIO;
    if (bomb || this.plainBytes > PLAIN_BYTES_MAX) {
      throw new AppError(
        "limit-exceeded",
        `cannot decompress: ${this.storedBytes} bytes became more than ${this.plainBytes}, which looks like a decompression bomb`,
      );
    }
  }
}

class DigestMeter extends Meter {
  readonly #stored: Hash = createHash("sha256");
  readonly #plain: Hash = createHash("sha256");

  protected override onStored(chunk: Uint8Array): void {
    this.#stored.update(chunk);
  }

  protected override onPlain(chunk: Uint8Array): void {
    this.#plain.update(chunk);
  }

  digests(): ReturnType<Inflation["digests"]> {
    return {
      stored: this.#stored.digest("hex"),
      plain: this.#plain.digest("hex"),
      storedBytes: this.storedBytes,
      plainBytes: this.plainBytes,
    };
  }
}

async function* decompressed(stored: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const { head, all } = await peeked(stored);
  if (head[0] === 0x1f && head[1] === 0x8b)
    yield* throughStream(all, zlib.createGunzip({ chunkSize: PIECE_BYTES }));
  else if (head.length >= 4 && head.readUInt32LE(0) === 0xfd2fb528) yield* unzstd(all);
  else yield* all;
}

/** The first four bytes at least (unless there are fewer), without losing them. */
async function peeked(
  chunks: AsyncGenerator<Buffer>,
): Promise<{ head: Buffer; all: AsyncGenerator<Buffer> }> {
  let head: Buffer = Buffer.alloc(0);
  while (head.length < 4) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  const first = head;
  return {
    head: first,
    all: (async function* () {
      if (first.length > 0) yield first;
      yield* chunks;
    })(),
  };
}

/** zlib works in the thread pool, so that the next piece inflates while this one is hashed and read. */
async function* throughStream(
  stored: AsyncIterable<Buffer>,
  stream: zlib.Gunzip,
): AsyncGenerator<Buffer> {
  const source = Readable.from(stored, { objectMode: false, highWaterMark: PIECE_BYTES });
  source.on("error", (error) => stream.destroy(error));
  source.pipe(stream);
  try {
    for await (const piece of stream) yield piece as Buffer;
  } catch (error) {
    throw damaged(error);
  } finally {
    source.destroy();
    stream.destroy();
  }
}

async function* unzstd(stored: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  // Node has zstd of its own from 22.15 on; before that, JavaScript does it at about a sixth of the speed.
  const native = Reflect.get(zlib, "createZstdDecompress") as typeof zlib.createGunzip | undefined;
  if (native !== undefined) {
    yield* throughStream(stored, native({ chunkSize: PIECE_BYTES }));
    return;
  }
  const { Decompress } = await import("fzstd");
  const ready: Buffer[] = [];
  const decoder = new Decompress((piece) => {
    ready.push(Buffer.from(piece.buffer, piece.byteOffset, piece.length));
  });
  try {
    for await (const chunk of stored) {
      decoder.push(chunk);
      yield* ready.splice(0);
    }
    decoder.push(new Uint8Array(0), true);
  } catch (error) {
    throw damaged(error);
  }
  yield* ready;
}

function damaged(error: unknown): unknown {
  if (error instanceof AppError) return error;
  return new AppError("archive-invalid", `cannot decompress: ${reasonOf(error)}`, {
    hint: "the image was changed or damaged; fetch it again",
    cause: error,
  });
}
