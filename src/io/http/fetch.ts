// Downloads of whole files, conditional on having changed: what `db update` and the like need.
import { AppError } from "../../kit/error.ts";
import { printable } from "../../kit/text.ts";
import { type HttpClient, USER_AGENT } from "./client.ts";
import { HttpFailure, printUrl } from "./failure.ts";
import { basicOf } from "./proxy.ts";
import type { HttpResponse } from "./response.ts";
import { resumedPieces } from "./resume.ts";

/** Tells versions of a file apart; handed back to be asked with the next time. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

export interface FetchOptions {
  readonly signal: AbortSignal;
  /** Of the version that we have; null when we have none. */
  readonly known?: Validators | null;
  /** No larger file is read. */
  readonly bytesMax: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What came of a request for a file. */
export type Fetched<Body> =
  /** The version that we have is still the one. */
  | { readonly kind: "unchanged" }
  | {
      readonly kind: "fetched";
      readonly body: Body;
      readonly validators: Validators;
      /** As the server says; null when it does not. */
      readonly sizeBytes: number | null;
    };

/**
 * Fetches a file as a stream of the bytes that the server keeps, without undoing any compression. A download that is cut goes
 * on where it was, as long as the server says that the file is the same.
 *
 * The stream is to be read to its end or returned; it throws as this does.
 *
 * @throws {AppError} `fetch-failed`, `limit-exceeded`, `offline`; the signal's reason.
 */
export async function fetchStream(
  client: HttpClient,
  address: string,
  options: FetchOptions,
): Promise<Fetched<AsyncIterable<Uint8Array>>> {
  const url = addressOf(address);
  const first = await sent(client, url, options, conditions(options.known ?? null));
  if (first.status === 304) {
    first.close();
    return { kind: "unchanged" };
  }
  await checked(first);
  const { sizeBytes } = first;
  if ((sizeBytes ?? 0) > options.bytesMax) {
    first.close();
    throw tooLarge(url, options.bytesMax);
  }
  const validators = { etag: first.header("etag"), lastModified: first.header("last-modified") };
  let unread: HttpResponse | null = first;
  const open = async (from: number): Promise<HttpResponse> => {
    if (unread !== null) {
      unread = null;
      return first;
    }
    const response = await sent(client, url, options, rangeFrom(from, validators));
    await checked(response);
    return response;
  };
  const { signal } = options;
  const fits = validatorOf(validators) === null ? "nothing" : "server";
  const pieces = resumedPieces({ open, sizeBytes, fits, signal });
  return { kind: "fetched", body: bounded(pieces, url, options), validators, sizeBytes };
}

/** Fetches a file whole; otherwise as {@link fetchStream}. */
export async function fetchBytes(
  client: HttpClient,
  address: string,
  options: FetchOptions,
): Promise<Fetched<Buffer>> {
  const fetched = await fetchStream(client, address, options);
  if (fetched.kind === "unchanged") return fetched;
  const pieces: Uint8Array[] = [];
  for await (const piece of fetched.body) pieces.push(piece);
  return { ...fetched, body: Buffer.concat(pieces) };
}

function addressOf(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url?.protocol === "https:" || url?.protocol === "http:") return url;
  const shown = url === null ? printable(address, 200) : printUrl(url);
  throw new AppError("fetch-failed", `cannot fetch ${JSON.stringify(shown)}: not an HTTP address`);
}

async function sent(
  client: HttpClient,
  url: URL,
  options: FetchOptions,
  conditional: Readonly<Record<string, string>>,
): Promise<HttpResponse> {
  const identity = { "user-agent": USER_AGENT, accept: "*/*", "accept-encoding": "identity" };
  // A user and password in the address become a header, which redirects to other hosts drop.
  const authorization = basicOf(url);
  const proof = authorization === null ? {} : { authorization };
  const headers = { ...identity, ...proof, ...options.headers, ...conditional };
  try {
    return await client.send({ method: "GET", url, headers, signal: options.signal });
  } catch (error) {
    throw fetchFailed(url, error);
  }
}

function conditions(known: Validators | null): Record<string, string> {
  if (known?.etag) return { "if-none-match": known.etag };
  return known?.lastModified ? { "if-modified-since": known.lastModified } : {};
}

function rangeFrom(from: number, validators: Validators): Record<string, string> {
  const validator = validatorOf(validators);
  return validator === null || from === 0 ? {} : { range: `bytes=${from}-`, "if-range": validator };
}

/** What says that parts fit together; a weak ETag does not. @see RFC 9110, 13.1.5 */
function validatorOf({ etag, lastModified }: Validators): string | null {
  return etag === null || etag.startsWith("W/") ? lastModified : etag;
}

async function checked(response: HttpResponse): Promise<void> {
  if (response.isOk) return;
  response.close();
  const { status, url } = response;
  const retry = response.header("retry-after");
  const later = retry === null ? "" : `, and asks to come back after ${printable(retry, 40)}`;
  throw new AppError(
    "fetch-failed",
    `cannot fetch ${JSON.stringify(printUrl(url))}: it answered ${status}${later}`,
    { subject: printUrl(url), ...(status === 407 ? { hint: "look at HTTP_PROXY" } : {}) },
  );
}

async function* bounded(
  pieces: AsyncIterable<Uint8Array>,
  url: URL,
  { bytesMax }: FetchOptions,
): AsyncGenerator<Uint8Array> {
  let size = 0;
  try {
    for await (const piece of pieces) {
      size += piece.length;
      if (size > bytesMax) throw tooLarge(url, bytesMax);
      yield piece;
    }
  } catch (error) {
    throw fetchFailed(url, error);
  }
}

function fetchFailed(url: URL, error: unknown): unknown {
  if (!(error instanceof HttpFailure)) return error;
  return new AppError(
    "fetch-failed",
    `cannot fetch ${JSON.stringify(printUrl(url))}: ${error.message}`,
    {
      subject: printUrl(url),
      cause: error,
      ...(error.hint === null ? {} : { hint: error.hint }),
    },
  );
}

function tooLarge(url: URL, bytesMax: number): AppError {
  const shown = printUrl(url);
  return new AppError(
    "limit-exceeded",
    `cannot fetch ${JSON.stringify(shown)}: it is larger than ${bytesMax} bytes`,
    { subject: shown },
  );
}
