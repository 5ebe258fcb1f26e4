// HTTP to a container engine: over a socket of this machine, or over TCP with the engine's own certificates.
// No proxies, redirects or retries: an engine is asked where it is, or not at all.
import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as tlsRequest } from "node:https";
import { codeOf } from "../error-code.ts";
import { failureOf, HttpFailure } from "./failure.ts";
import { HttpResponse } from "./response.ts";

/** Where an engine listens. */
export interface SocketEndpoint {
  /** As people write it: `unix:///var/run/docker.sock`. */
  readonly address: string;
  readonly at:
    | { readonly kind: "unix"; readonly path: string }
    | {
        readonly kind: "tcp";
        readonly host: string;
        readonly port: number;
        /** PEM; null for a connection that is not encrypted. */
        readonly tls: SocketTls | null;
      };
}

export interface SocketTls {
  readonly ca: Buffer | null;
  readonly cert: Buffer | null;
  readonly key: Buffer | null;
  /** Whether the engine must be who it says it is. */
  readonly isVerified: boolean;
}

export interface SocketQuestion {
  /** With a leading slash, already encoded. */
  readonly path: string;
  readonly signal: AbortSignal;
  /** Milliseconds that we wait for the answer to begin, and for each piece of it. */
  readonly idleMs: number;
}

const CONNECT_MS = 10_000;

/**
 * Asks with GET.
 *
 * @returns The answer, whatever its status; its body is to be read or closed.
 * @throws {HttpFailure} when there is none; the signal's reason.
 */
export async function askSocket(
  endpoint: SocketEndpoint,
  question: SocketQuestion,
): Promise<HttpResponse> {
  const { path, signal, idleMs } = question;
  signal.throwIfAborted();
  try {
    const message = await answered(endpoint, question);
    const url = new URL(`http://engine${path}`);
    return new HttpResponse(message, { request: { url, signal }, idleMs });
  } catch (error) {
    signal.throwIfAborted();
    throw socketFailure(error);
  }
}

function answered(endpoint: SocketEndpoint, question: SocketQuestion): Promise<IncomingMessage> {
  const { path, signal, idleMs } = question;
  const options: RequestOptions = {
    method: "GET",
    path,
    signal,
    agent: false,
    headers: { host: "engine", accept: "*/*" },
  };
  return new Promise((resolve, reject) => {
    const request = requestOf(endpoint, options);
    const giveUp = (state: string): void => {
      request.destroy(new HttpFailure("timeout", state));
    };
    let timer = setTimeout(giveUp, CONNECT_MS, "it does not take the connection");
    request.once("finish", () => {
      clearTimeout(timer);
      timer = setTimeout(giveUp, idleMs, `it did not answer in ${idleMs / 1000} s`);
    });
    request.once("response", (message) => {
      clearTimeout(timer);
      resolve(message);
    });
    request.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    request.end();
  });
}

function requestOf(
  { at }: SocketEndpoint,
  options: RequestOptions,
): ReturnType<typeof httpRequest> {
  if (at.kind === "unix") return httpRequest({ ...options, socketPath: at.path });
  const { host, port, tls } = at;
  const headers = { ...options.headers, host: `${host}:${port}` };
  if (tls === null) return httpRequest({ ...options, host, port, headers });
  return tlsRequest({
    ...options,
    host,
    port,
    headers,
    ...(tls.ca === null ? {} : { ca: tls.ca }),
    ...(tls.cert === null ? {} : { cert: tls.cert }),
    ...(tls.key === null ? {} : { key: tls.key }),
    rejectUnauthorized: tls.isVerified,
  });
}

function socketFailure(error: unknown): HttpFailure {
  const code = codeOf(error);
  if (code === "EACCES" || code === "EPERM") {
    return new HttpFailure("connect", "permission denied", {
      cause: error,
      hint: "run it as a user who may speak to the engine: root, or a member of its group",
    });
  }
  if (code === "ENOENT") {
    return new HttpFailure("connect", "there is no such socket", { cause: error });
  }
  return failureOf(error);
}
