import type { IncomingMessage } from "node:http";
import { AppError } from "../../kit/error.ts";
import { failureOf, HttpFailure, printUrl, TIMEOUT_HINT } from "./failure.ts";

/**
 * A server that sends less than this in the time in which we wait for one piece holds us up; with the usual 30 seconds that is
 * about a kilobyte a second.
 */
const PROGRESS_BYTES = 32 << 10;

interface Circumstances {
  readonly request: { readonly url: URL; readonly signal: AbortSignal };
  readonly idleMs: number;
}

/** The answer to a request. Whoever has it reads its body to the end once, or closes it. */
export class HttpResponse {
  readonly status: number;
  /** Where it came from, after redirects. */
  readonly url: URL;
  readonly #message: IncomingMessage;
  readonly #signal: AbortSignal;
  readonly #idleMs: number;

  constructor(message: IncomingMessage, { request, idleMs }: Circumstances) {
    this.status = message.statusCode ?? 0;
    this.url = request.url;
    this.#message = message;
    this.#signal = request.signal;
    this.#idleMs = idleMs;
    // A body that nobody reads may fail too.
    message.on("error", () => undefined);
  }

  get isOk(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  /** A header by its name in lower case; several of one name are joined by commas. */
  header(name: string): string | null {
    const values = this.#message.headersDistinct[name];
    return values === undefined ? null : values.join(", ");
  }

  /** What Content-Length says; null when it says nothing of use. */
  get sizeBytes(): number | null {
    const written = this.header("content-length") ?? "";
    return /^\d{1,15}$/.test(written) ? Number(written) : null;
  }

  /**
   * The body, in pieces as they arrive. Time counts only while we wait for the server, never while it waits for us.
   *
   * @throws {HttpFailure} `timeout` when it stalls or trickles, `cut` when it ends early.
   */
  async *pieces(): AsyncGenerator<Uint8Array> {
    const message = this.#message;
    const iterator = message[Symbol.asyncIterator]();
    const pace = new Pace(this.#idleMs);
    try {
      for (;;) {
        const stop = pace.wait(() => message.destroy(stalled(this.#idleMs)));
        const next = await iterator.next();
        stop(next.done === true ? 0 : (next.value as Uint8Array).length);
        if (next.done === true) break;
        yield next.value as Uint8Array;
      }
      // Node ends the body of an aborted answer quietly when it has no length.
      if (!message.complete)
        throw new HttpFailure("cut", "the connection was cut", { isPassing: true });
    } catch (error) {
      this.#signal.throwIfAborted();
      throw failureOf(error);
    } finally {
      pace.end();
      // Whoever stops reading early does not get the rest; the connection cannot be used again then.
      if (!message.readableEnded) message.destroy();
    }
  }

  /**
   * The whole body.
   *
   * @throws {AppError} `limit-exceeded` when it is larger than `bytesMax`; {HttpFailure} as for {@link pieces}.
   */
  async bytes(bytesMax: number): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    let size = 0;
    if ((this.sizeBytes ?? 0) > bytesMax) this.#tooLarge(bytesMax);
    for await (const piece of this.pieces()) {
      size += piece.length;
      if (size > bytesMax) this.#tooLarge(bytesMax);
      pieces.push(piece);
    }
    return Buffer.concat(pieces);
  }

  /** At most `bytesMax` of the body, for messages; whatever fails ends it. Closes the rest. */
  async beginning(bytesMax: number): Promise<Buffer> {
    const pieces: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const piece of this.pieces()) {
        pieces.push(piece);
        size += piece.length;
        if (size >= bytesMax) break;
      }
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
    }
    return Buffer.concat(pieces).subarray(0, bytesMax);
  }

  /** Lets go of the body. */
  close(): void {
    this.#message.destroy();
  }

  #tooLarge(bytesMax: number): never {
    this.close();
    throw new AppError(
      "limit-exceeded",
      `cannot read ${JSON.stringify(printUrl(this.url))}: it is larger than ${bytesMax} bytes`,
    );
  }
}

function stalled(idleMs: number): HttpFailure {
  const state = `it stalled: less than 32 KiB came in ${idleMs / 1000} s`;
  return new HttpFailure("timeout", state, { hint: TIMEOUT_HINT, isPassing: true });
}

/** Measures how long we have waited without getting anything worth the name. */
class Pace {
  readonly #idleMs: number;
  #waitedMs = 0;
  #cameBytes = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(idleMs: number) {
    this.#idleMs = idleMs;
  }

  /** Begins to wait; what it returns is to be called with the size of what came. */
  wait(expired: () => void): (sizeBytes: number) => void {
    const begun = performance.now();
    this.#timer = setTimeout(expired, this.#idleMs - this.#waitedMs);
    return (sizeBytes) => {
      this.end();
      this.#waitedMs += performance.now() - begun;
      this.#cameBytes += sizeBytes;
      if (this.#cameBytes >= PROGRESS_BYTES) [this.#waitedMs, this.#cameBytes] = [0, 0];
    };
  }

  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}
