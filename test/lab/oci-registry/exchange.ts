// One request to the registry for tests, and the ways to answer it.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Behaviour } from "./behaviour.ts";
import type { Repository } from "./content.ts";

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly method: string;
  readonly url: URL;
  readonly name: string;
  readonly repository: Repository;
  readonly behaviour: Behaviour;
  /** Another repository of the same registry; null when there is none of that name. */
  other(name: string): Repository | null;
}

/** That an answer went out: the compiler sees to it that every way through leads to one. */
export type Sent = "sent";

/** Sends an answer, its body left out for HEAD. */
export function answer(
  { response, method }: Pick<Exchange, "response" | "method">,
  status: number,
  headers: Readonly<Record<string, string>> = {},
  body: Uint8Array | string = "",
): Sent {
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, "content-length": String(bytes.length) });
  response.end(method === "HEAD" ? undefined : bytes);
  return "sent";
}

/** Sends an error as the protocol has it. @see OCI distribution specification 1.1, "Error Codes" */
export function refuse(
  exchange: Pick<Exchange, "response" | "method">,
  status: number,
  code: string,
  message = "",
): Sent {
  const body = JSON.stringify({ errors: [{ code, message }] });
  return answer(exchange, status, { "content-type": "application/json" }, body);
}

export async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of request) pieces.push(piece as Uint8Array);
  return Buffer.concat(pieces);
}

/** One page of a list, and the link to the next. */
export function page<T>(
  { url, behaviour }: Exchange,
  all: readonly T[],
  keyOf: (entry: T) => string,
): { entries: readonly T[]; headers: Record<string, string> } {
  const last = url.searchParams.get("last");
  const asked = Number(url.searchParams.get("n") ?? Number.POSITIVE_INFINITY);
  const size = Math.min(asked, behaviour.pageSize ?? Number.POSITIVE_INFINITY);
  const start = last === null ? 0 : all.findIndex((entry) => keyOf(entry) === last) + 1;
  const entries = all.slice(start, start + size);
  const end = entries.at(-1);
  if (end === undefined || start + size >= all.length) return { entries, headers: {} };
  const next = new URLSearchParams(url.searchParams);
  next.set("last", keyOf(end));
  return { entries, headers: { link: `<${url.pathname}?${next}>; rel="next"` } };
}
