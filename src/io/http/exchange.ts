// One request and its answer over one connection, with time limits. No retries, no redirects: client.ts has those.
import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from "node:http";
import { request as tlsRequest } from "node:https";
import type { Socket } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { TLSSocket } from "node:tls";
import type { Way } from "./connections.ts";
import { failureOf, HttpFailure, TIMEOUT_HINT } from "./failure.ts";
import { bareHost, basicOf, portOf } from "./proxy.ts";
import { HttpResponse } from "./response.ts";

/** What is sent along; a stream can be opened again for another attempt. */
export type RequestBody =
  | Uint8Array
  | { readonly sizeBytes: number; open(): AsyncIterable<Uint8Array> };

export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  /** Sending it twice does no more than sending it once, though it is neither GET nor HEAD. */
  readonly mayRepeat?: true;
  readonly signal: AbortSignal;
}

/** How long we wait for servers, in milliseconds. */
export interface Patience {
  /** For a connection, TLS and proxies included. */
  readonly connectMs: number;
  /** For the head of the answer after the request was sent, and then for each further piece. */
  readonly idleMs: number;
}

/**
 * Sends a request and gives back the head of the answer; its body is still to be read or closed.
 *
 * @throws {HttpFailure} and the signal's reason when it is aborted.
 */
export async function exchange(
  request: HttpRequest,
  way: Way,
  patience: Patience,
): Promise<HttpResponse> {
  request.signal.throwIfAborted();
  try {
    const sent = begin(request, way);
    const watch = new Watch(sent, patience);
    try {
      const response = await answer(sent, request, watch);
      return new HttpResponse(response, { request, idleMs: patience.idleMs });
    } finally {
      watch.end();
    }
  } catch (error) {
    request.signal.throwIfAborted();
    throw failureOf(error);
  }
}

function begin({ method, url, headers, body, signal }: HttpRequest, way: Way): ClientRequest {
  const target = way.proxy ?? url;
  const authorization = way.proxy === null ? null : basicOf(way.proxy);
  const sizeBytes = body instanceof Uint8Array ? body.length : body?.sizeBytes;
  const options: RequestOptions = {
    method,
    host: bareHost(target.hostname),
    port: portOf(target),
    path: way.proxy === null ? `${url.pathname}${url.search}` : withoutUser(url),
    agent: way.agent,
    signal,
    headers: {
      host: url.host,
      ...headers,
      ...(sizeBytes === undefined ? {} : { "content-length": String(sizeBytes) }),
      ...(authorization === null ? {} : { "proxy-authorization": authorization }),
    },
  };
  // A plain request to a proxy that is itself reached over TLS goes through TLS.
  return target.protocol === "https:" ? tlsRequest(options) : httpRequest(options);
}

function withoutUser(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}${url.search}`;
}

function answer(
  sent: ClientRequest,
  { body }: HttpRequest,
  watch: Watch,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.once("response", resolve);
    // Stays after the answer came: an upload that is still going on may fail then, and nobody waits for it.
    sent.on("error", reject);
    if (body === undefined || body instanceof Uint8Array) sent.end(body);
    else pipeline(Readable.from(watched(body.open(), watch)), sent).catch(reject);
  });
}

async function* watched(
  pieces: AsyncIterable<Uint8Array>,
  watch: Watch,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    watch.restart();
    yield piece;
  }
  watch.settle();
}

/** How many times longer we wait for the answer to an upload. */
const SETTLING = 4;

/** Ends a request that takes too long: first to connect, then to answer. */
class Watch {
  readonly #sent: ClientRequest;
  readonly #patience: Patience;
  #timer: NodeJS.Timeout;
  #isOver = false;

  constructor(sent: ClientRequest, patience: Patience) {
    this.#sent = sent;
    this.#patience = patience;
    this.#timer = this.#expire(patience.connectMs, "the connection timed out");
    sent.once("socket", (socket) => {
      if (isReady(socket)) this.restart();
      else socket.once(socket instanceof TLSSocket ? "secureConnect" : "connect", this.restart);
    });
  }

  /** Something went forward; from now on the time for answers counts. */
  readonly restart = (): void => {
    const { idleMs } = this.#patience;
    if (this.#isOver) return;
    clearTimeout(this.#timer);
    this.#timer = this.#expire(idleMs, `it did not answer within ${secondsOf(idleMs)}`);
  };

  /** All was sent; taking in something large may take a server longer than answering. */
  settle(): void {
    if (this.#isOver) return;
    clearTimeout(this.#timer);
    const afterMs = this.#patience.idleMs * SETTLING;
    this.#timer = this.#expire(afterMs, `it did not answer within ${secondsOf(afterMs)}`);
  }

  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  #expire(afterMs: number, state: string): NodeJS.Timeout {
    return setTimeout(() => {
      this.#sent.destroy(new HttpFailure("timeout", state, { hint: TIMEOUT_HINT }));
    }, afterMs);
  }
}

function secondsOf(ms: number): string {
  return `${ms / 1000} s`;
}

function isReady(socket: Socket): boolean {
  return socket instanceof TLSSocket ? socket.authorized : !socket.connecting;
}
