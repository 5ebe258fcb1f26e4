// Compressed documents and tar archives, told by their bytes.
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { TarReader } from "../../formats/tar.ts";
import { AppError, reasonOf } from "../../kit/error.ts";
import { inflate } from "../layers/inflate.ts";
import { DOCUMENT_BYTES_MAX, type DocumentSink } from "./documents.ts";

const ENTRY_BYTES_MAX = 64 << 20;

/** Reads a gzip, zstd or tar file. Damage is a problem; documents before it count. */
export async function readPacked(path: string, sink: DocumentSink): Promise<void> {
  const pieces = inflate(createReadStream(path, { highWaterMark: 1 << 20 })).pieces;
  const reading = new PackedReading(path, sink);
  try {
    for await (const piece of pieces) {
      await reading.push(piece);
      await sink.breathe();
    }
    await reading.finish();
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "interrupted") throw error;
    sink.problem(path, reasonOf(error));
  }
}

/** Decides at the first piece whether it is one document or an archive of them. */
class PackedReading {
  readonly #path: string;
  readonly #sink: DocumentSink;
  #tar: TarReader | null = null;
  #whole: Buffer[] = [];
  #wholeBytes = 0;
  #isFirst = true;
  /** Entries that are complete, until the piece that held them has been handed over. */
  #ready: { path: string; bytes: Buffer }[] = [];
  #entry: { path: string; pieces: Buffer[] } | null = null;

  constructor(path: string, sink: DocumentSink) {
    this.#path = path;
    this.#sink = sink;
  }

  async push(piece: Buffer): Promise<void> {
    if (this.#isFirst && piece.toString("latin1", 257, 262) === "ustar") this.#tar = this.#reader();
    this.#isFirst = false;
    if (this.#tar === null) {
      this.#wholeBytes += piece.length;
      if (this.#wholeBytes > DOCUMENT_BYTES_MAX)
        throw new AppError("limit-exceeded", `it has more than ${DOCUMENT_BYTES_MAX} bytes`);
      this.#whole.push(Buffer.from(piece));
      return;
    }
    this.#tar.push(piece);
    await this.#handOver();
  }

  async finish(): Promise<void> {
    if (this.#tar !== null) {
      this.#tar.finish();
      await this.#handOver();
    } else if (this.#wholeBytes > 0) {
      const bytes = Buffer.concat(this.#whole);
      this.#whole = [];
      await this.#sink.document(this.#path, bytes);
    }
  }

  async #handOver(): Promise<void> {
    const ready = this.#ready;
    this.#ready = [];
    for (const { path, bytes } of ready) {
      await this.#sink.document(path, bytes);
      await this.#sink.breathe();
    }
  }

  #reader(): TarReader {
    return new TarReader({
      entry: ({ path, type, sizeBytes }) => {
        this.#entry = null;
        if (type !== "file" || basename(path) === "modified_id.csv") return;
        const place = `${this.#path}!${path}`;
        if (sizeBytes > ENTRY_BYTES_MAX)
          this.#sink.problem(place, `it has ${sizeBytes} bytes, of at most ${ENTRY_BYTES_MAX}`);
        else this.#entry = { path: place, pieces: [] };
      },
      data: (piece) => this.#entry?.pieces.push(Buffer.from(piece)),
      end: () => {
        if (this.#entry !== null)
          this.#ready.push({ path: this.#entry.path, bytes: Buffer.concat(this.#entry.pieces) });
        this.#entry = null;
      },
    });
  }
}
