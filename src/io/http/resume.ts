// Downloads that go on where they were cut, without keeping what came.
import { setTimeout as sleep } from "node:timers/promises";
import { HttpFailure } from "./failure.ts";
import type { HttpResponse } from "./response.ts";

/** What can be downloaded in several parts. */
export interface Resumable {
  /** Asks for the content from an offset on, all of it for 0, and throws for an answer without content. */
  open(from: number): Promise<HttpResponse>;
  /** When this much has come it is whole; null when nobody knows. */
  readonly sizeBytes: number | null;
  /**
   * What tells that parts fit together: `content` when the address is that of its content, so that even the whole from the
   * beginning is the same again; `server` when `open` asks the server to say so; `nothing` when a cut is the end.
   */
  readonly fits: "content" | "server" | "nothing";
  readonly signal: AbortSignal;
}

/**
 * The content in pieces, as they arrive.
 *
 * @throws {HttpFailure} when it is cut more often than we go on, or has changed meanwhile.
 */
export async function* resumedPieces(download: Resumable): AsyncGenerator<Uint8Array> {
  const { sizeBytes, signal } = download;
  const cuts = new Cuts();
  let at = 0;
  for (;;) {
    const response = await download.open(at);
    const known = overlap(response, at, download.fits === "content");
    try {
      for await (const piece of after(known, response.pieces())) {
        at += piece.length;
        yield piece;
      }
      return;
    } catch (error) {
      if (at === sizeBytes) return;
      if (at > 0 && download.fits === "nothing") throw error;
      await cuts.pause(error, at, signal);
    }
  }
}

/** The pieces without the first `skipBytes`. */
async function* after(
  skipBytes: number,
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let skip = skipBytes;
  for await (const piece of pieces) {
    const rest = skip === 0 ? piece : piece.subarray(Math.min(skip, piece.length));
    skip -= piece.length - rest.length;
    if (rest.length > 0) yield rest;
  }
}

/** Once this much has come, earlier cuts are forgotten. */
const PROGRESS_BYTES = 1 << 20;
const BACKOFF_MS = 150;
/** What cuts and stalls may cost together without progress: three cuts, or one stall, which costs people's time. */
const BUDGET = 3;

/** Counts what went wrong since there was progress. */
class Cuts {
  #mark = 0;
  #spent = 0;

  /** Waits before going on; throws the error when going on is pointless. */
  async pause(error: unknown, at: number, signal: AbortSignal): Promise<void> {
    if (!(error instanceof HttpFailure) || !error.isPassing) throw error;
    if (at - this.#mark >= PROGRESS_BYTES) this.#spent = 0;
    this.#mark = at;
    this.#spent += error.kind === "timeout" ? 2 : 1;
    if (this.#spent > BUDGET) throw error;
    await sleep(BACKOFF_MS * 2 ** this.#spent, undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
  }
}

/** How much of the answer we have already. */
function overlap(response: HttpResponse, from: number, isImmutable: boolean): number {
  if (from === 0 && response.status !== 206) return 0;
  if (response.status === 206) {
    const range = /^bytes (\d{1,15})-/.exec(response.header("content-range") ?? "");
    if (Number(range?.[1] ?? -1) === from) return 0;
    response.close();
    throw new HttpFailure("protocol", "it sent another part than it was asked for");
  }
  if (isImmutable || from === 0) return from;
  response.close();
  throw new HttpFailure("cut", "the connection was cut, and then the file had changed");
}
