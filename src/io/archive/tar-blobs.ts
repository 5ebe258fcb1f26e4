// Layers of an archive that can only be read from its beginning to its end.
import { TarReader } from "../../formats/tar.ts";
import { normalPath } from "../../kit/path.ts";
import type { ExportedBlob } from "../image.ts";
import { isLayerStart } from "./document-bytes.ts";

type Event =
  | { readonly kind: "entry"; readonly name: string; readonly isFile: boolean }
  | { readonly kind: "data"; readonly bytes: Uint8Array }
  | { readonly kind: "end" };

/**
 * The files of a tar archive that may be layers, in its order: told by their names when `names` are given, by their first
 * bytes when not. One is read while the archive is, so it is to be consumed before the next is asked for; what is left of it
 * then is skipped.
 *
 * @throws {AppError} (from the iterations) `archive-invalid`, or what the pieces throw.
 */
export async function* tarBlobs(
  pieces: AsyncIterable<Buffer>,
  names: ReadonlySet<string> | null,
): AsyncGenerator<ExportedBlob> {
  const events = new TarEvents(pieces);
  try {
    for (;;) {
      const event = await events.next();
      if (event === null) return;
      if (event.kind !== "entry" || !event.isFile) continue;
      if (names !== null && !names.has(event.name)) continue;
      const first = names === null ? await firstBytes(events) : EMPTY;
      if (names === null && !isLayerStart(first)) continue;
      yield { name: event.name, bytes: contentOf(events, first) };
    }
  } finally {
    await events.close();
  }
}

const EMPTY = new Uint8Array(0);
/** A tar's first block. */
const TOLD_BY_BYTES = 512;

async function firstBytes(events: TarEvents): Promise<Uint8Array> {
  let first: Uint8Array = EMPTY;
  while (first.length < TOLD_BY_BYTES) {
    const bytes = await events.data();
    if (bytes === null) break;
    first = first.length === 0 ? bytes : Buffer.concat([first, bytes]);
  }
  return first;
}

async function* contentOf(events: TarEvents, first: Uint8Array): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first;
  for (let bytes = await events.data(); bytes !== null; bytes = await events.data()) yield bytes;
}

/** Turns the reader, which is pushed, into one that is asked. */
class TarEvents {
  readonly #pieces: AsyncIterator<Buffer>;
  readonly #reader: TarReader;
  #queue: Event[] = [];
  #at = 0;
  #ended = false;

  constructor(pieces: AsyncIterable<Buffer>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
    this.#reader = new TarReader({
      entry: ({ path, type }) => {
        this.#queue.push({ kind: "entry", name: normalPath(path) ?? "", isFile: type === "file" });
      },
      data: (bytes) => {
        this.#queue.push({ kind: "data", bytes });
      },
      end: () => {
        this.#queue.push({ kind: "end" });
      },
    });
  }

  async next(): Promise<Event | null> {
    const event = await this.#peek();
    if (event !== null) this.#at += 1;
    return event;
  }

  /** The next bytes of the current file; null at its end, which is left where it is. */
  async data(): Promise<Uint8Array | null> {
    const event = await this.#peek();
    if (event?.kind !== "data") return null;
    this.#at += 1;
    return event.bytes;
  }

  async #peek(): Promise<Event | null> {
    while (this.#at === this.#queue.length) {
      if (this.#ended) return null;
      this.#queue = [];
      this.#at = 0;
      const { done, value } = await this.#pieces.next();
      if (done === true) {
        this.#ended = true;
        this.#reader.finish();
      } else this.#reader.push(value);
    }
    return this.#queue[this.#at] ?? null;
  }

  async close(): Promise<void> {
    await this.#pieces.return?.();
  }
}
