// The one way by which we speak HTTP: through proxies, within time limits, with bounded retries and redirects.
import { setMaxListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { version } from "../../kit/build.ts";
import { AppError } from "../../kit/error.ts";
import type { Environment } from "../folders.ts";
import { Connections, type OwnTls } from "./connections.ts";
import { exchange, type HttpRequest, type Patience } from "./exchange.ts";
import { HttpFailure, printUrl } from "./failure.ts";
import type { HttpResponse } from "./response.ts";
import { retryAfterMs } from "./retry-after.ts";

export interface HttpOptions {
  /** Proxies, certificates, `BULWARK_HTTP_TIMEOUT`. */
  readonly env: Environment;
  /** Every request is refused. */
  readonly offline?: boolean;
  /** Milliseconds without progress after which a server is given up; 30 s, or what `BULWARK_HTTP_TIMEOUT` says. */
  readonly timeoutMs?: number;
  /** For a server whose authorities are named to us, and that knows us by a certificate. */
  readonly tls?: OwnTls;
  /** Longest time that one request waits between its attempts, in total; 60 s when absent. */
  readonly waitMsMax?: number;
}

const TIMEOUT_MS = 30_000;
const CONNECT_MS_MAX = 15_000;
const WAIT_MS_MAX = 60_000;
const RETRIES = 3;
const BACKOFF_MS = 250;
const REDIRECTS_MAX = 10;

/** Statuses that pass: too many requests, and servers that are restarted or overloaded. */
export const PASSING: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Holds connections; close it, or let the process end. */
export class HttpClient {
  readonly #connections: Connections;
  readonly #patience: Patience;
  readonly #isOffline: boolean;
  readonly #waitMsMax: number;

  /** @throws {AppError} `config-invalid` when `BULWARK_HTTP_TIMEOUT` is not a number of seconds. */
  constructor(options: HttpOptions) {
    const idleMs = options.timeoutMs ?? timeoutOf(options.env);
    this.#patience = { idleMs, connectMs: Math.min(idleMs, CONNECT_MS_MAX) };
    this.#connections = new Connections(options.env, options.tls ?? null);
    this.#isOffline = options.offline ?? false;
    this.#waitMsMax = options.waitMsMax ?? WAIT_MS_MAX;
  }

  /**
   * Sends a request. GET, HEAD and what may be repeated are sent again when the connection is cut or the server says that it is
   * overloaded; GET and HEAD follow redirects; the Authorization header never goes to another host than the one asked.
   *
   * @returns The answer, whatever its status; its body is to be read or closed.
   * @throws {AppError} `offline`; {HttpFailure} when there is no answer; the signal's reason.
   */
  async send(request: HttpRequest): Promise<HttpResponse> {
    this.#guard(request.url);
    // One signal ends all requests of a command, which may be many at a time; Node takes that for a leak.
    setMaxListeners(0, request.signal);
    const mayRepeat = isSafe(request) || request.mayRepeat === true;
    let waitedMs = 0;
    for (let attempt = 0; ; attempt += 1) {
      const isLast = !mayRepeat || attempt === RETRIES;
      const { response, failure } = await this.#attempt(request);
      const waitMs = waitBefore(attempt, response);
      const isPassing = failure?.isPassing ?? PASSING.has(response?.status ?? 0);
      if (isLast || !isPassing || waitedMs + waitMs > this.#waitMsMax) {
        if (response === null) throw failure;
        return response;
      }
      response?.close();
      waitedMs += waitMs;
      await wait(waitMs, request.signal);
    }
  }

  /** Sends a request once, to the host that it names and no other: for questions about the host itself. */
  async sendOnce(request: HttpRequest): Promise<HttpResponse> {
    this.#guard(request.url);
    for (;;) {
      const way = await this.#connections.way(request.url);
      try {
        return await exchange(request, way, this.#patience);
      } catch (error) {
        const isUntrusted = error instanceof HttpFailure && error.kind === "untrusted";
        // Nothing was sent yet, so this is not another attempt but the same one.
        if (!isUntrusted || !(await this.#connections.distrust(request.url, way))) throw error;
      }
    }
  }

  /** Ends connections that wait to be used again. */
  close(): void {
    this.#connections.close();
  }

  async #attempt(request: HttpRequest): Promise<Attempt> {
    try {
      return { response: await this.#follow(request), failure: null };
    } catch (error) {
      if (error instanceof HttpFailure) return { response: null, failure: error };
      throw error;
    }
  }

  async #follow(first: HttpRequest): Promise<HttpResponse> {
    let request = first;
    for (let hops = 0; hops <= REDIRECTS_MAX; hops += 1) {
      const response = await this.sendOnce(request);
      if (!isSafe(request) || !REDIRECTS.has(response.status)) return response;
      response.close();
      request = redirected(request, response.header("location") ?? "");
    }
    throw new HttpFailure("protocol", `it redirects more than ${REDIRECTS_MAX} times`);
  }

  #guard(url: URL): void {
    if (!this.#isOffline) return;
    throw new AppError(
      "offline",
      `cannot reach ${JSON.stringify(url.host)}: --offline forbids it`,
      {
        subject: url.host,
        hint: "run it without --offline, or name something that lies on this machine",
      },
    );
  }
}

/** @see RFC 9110, 9.2.1 */
function isSafe({ method }: HttpRequest): boolean {
  return method === "GET" || method === "HEAD";
}

type Attempt =
  | { readonly response: HttpResponse; readonly failure: null }
  | { readonly response: null; readonly failure: HttpFailure };

function timeoutOf(env: Environment): number {
  const written = env["BULWARK_HTTP_TIMEOUT"] || "";
  if (written === "") return TIMEOUT_MS;
  const seconds = /^\d{1,4}(?:\.\d{1,3})?$/.test(written) ? Number(written) : 0;
  if (seconds > 0) return seconds * 1000;
  throw new AppError(
    "config-invalid",
    `cannot read BULWARK_HTTP_TIMEOUT ${JSON.stringify(written.slice(0, 50))}: not a number of seconds`,
    { hint: "set it to a number from 1 to 9999" },
  );
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}

/** What the server asks for, or twice as long each time; spread, so that many clients do not come back at once. */
function waitBefore(attempt: number, response: HttpResponse | null): number {
  const asked = retryAfterMs(response?.header("retry-after") ?? null, Date.now());
  return asked ?? BACKOFF_MS * 2 ** attempt * (0.75 + Math.random() / 2);
}

/** Headers that say who we are; they are for the host that was asked. */
const SECRETS = new Set(["authorization", "cookie", "proxy-authorization", "x-amz-security-token"]);

function redirected(request: HttpRequest, location: string): HttpRequest {
  const from = request.url;
  if (!URL.canParse(location, from.href)) {
    throw new HttpFailure("protocol", "it redirects to nowhere");
  }
  const url = new URL(location, from);
  if (url.protocol !== "https:" && url.protocol !== from.protocol) {
    throw new HttpFailure("protocol", `it redirects to ${printUrl(url)}, which is not encrypted`);
  }
  const kept = Object.entries(request.headers ?? {}).filter(
    ([name]) => url.origin === from.origin || !SECRETS.has(name.toLowerCase()),
  );
  return { ...request, url, headers: Object.fromEntries(kept) };
}

/** How we present ourselves; registries ask for it. */
export const USER_AGENT: string = `bulwark/${version}`;
