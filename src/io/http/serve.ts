// A server of our own: answers whole requests with whole answers, within bounds, and lets go without cutting anybody off.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { SecureContextOptions } from "node:tls";
import { AppError, reasonOf } from "../../kit/error.ts";

/** A request, with all of its body. */
export interface ServedRequest {
  readonly method: string;
  /** Without what follows a question mark. */
  readonly path: string;
  readonly body: Buffer;
}

export interface ServedAnswer {
  readonly status: number;
  /** Content-Type. */
  readonly type: string;
  readonly body: string;
}

/** What a server does. */
export interface Service {
  /** @throws Never on purpose: whoever asked gets a 500 without a word. */
  answer(request: ServedRequest): ServedAnswer | Promise<ServedAnswer>;
  /** To a body larger than `bodyBytesMax`. @param beginning Of the body. */
  tooLarge(beginning: Buffer): ServedAnswer;
}

export interface ServeOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** PEM; null for HTTP without encryption. */
  readonly tls: ServerTls | null;
  readonly bodyBytesMax: number;
  /** For a whole request to come in, in milliseconds. */
  readonly requestMs: number;
  /** At a time; more are cut off. */
  readonly connectionsMax?: number;
}

export interface ServerTls {
  readonly cert: string;
  readonly key: string;
  /** Who vouches for clients, PEM: a connection without a certificate of theirs is cut off. Absent when anybody may ask. */
  readonly clientCa?: string;
}

export interface RunningServer {
  readonly port: number;
  /** Another certificate for connections to come; those that are open stay. */
  renew(tls: ServerTls): void;
  /** Takes no more connections, answers what has been asked, and ends. */
  close(graceMs: number): Promise<void>;
}

const CONNECTIONS_MAX = 2_000;
const KEPT_MS = 75_000;

/** @throws {AppError} `port-unusable` when it cannot listen there. */
export async function serve(options: ServeOptions, service: Service): Promise<RunningServer> {
  const { host, port, tls, requestMs } = options;
  let isClosing = false;
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    if (isClosing) response.setHeader("connection", "close");
    take(request, response, { options, service });
  };
  const limits = {
    requestTimeout: requestMs,
    headersTimeout: requestMs,
    keepAliveTimeout: KEPT_MS,
  };
  const server: Server | TlsServer =
    tls === null
      ? createServer(limits, listener)
      : createTlsServer({ ...limits, ...secureContext(tls), ...asksClients(tls) }, listener);
  server.maxConnections = options.connectionsMax ?? CONNECTIONS_MAX;
  server.on("tlsClientError", (_, socket) => socket.destroy());
  server.on("clientError", (_, socket) => socket.destroy());
  await listening(server, host, port);
  return {
    port: (server.address() as AddressInfo).port,
    renew: (next) => {
      if ("setSecureContext" in server) server.setSecureContext(secureContext(next));
    },
    close: async (graceMs) => {
      isClosing = true;
      const ended = new Promise((resolve) => server.close(resolve));
      const idle = setInterval(() => server.closeIdleConnections(), 20);
      const late = setTimeout(() => server.closeAllConnections(), graceMs);
      await ended;
      clearInterval(idle);
      clearTimeout(late);
    },
  };
}

function secureContext({ cert, key, clientCa }: ServerTls): SecureContextOptions {
  return { cert, key, minVersion: "TLSv1.2", ...(clientCa === undefined ? {} : { ca: clientCa }) };
}

function asksClients({ clientCa }: ServerTls): {
  requestCert: boolean;
  rejectUnauthorized: boolean;
} {
  const isAsked = clientCa !== undefined;
  return { requestCert: isAsked, rejectUnauthorized: isAsked };
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const message = `cannot listen on ${host}:${port}: ${reasonOf(error)}`;
      reject(new AppError("port-unusable", message, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
}

interface Serving {
  readonly options: ServeOptions;
  readonly service: Service;
}

function take(request: IncomingMessage, response: ServerResponse, serving: Serving): void {
  const { bodyBytesMax } = serving.options;
  const pieces: Buffer[] = [];
  let size = 0;
  let isOver = false;
  request.on("data", (piece: Buffer) => {
    if (isOver) return;
    pieces.push(piece);
    size += piece.length;
    if (size <= bodyBytesMax) return;
    isOver = true;
    // What still comes is let go: whoever is cut off while sending does not read why.
    send(response, serving.service.tooLarge(pieces[0] ?? Buffer.alloc(0)));
  });
  request.on("end", () => {
    if (isOver) return;
    const [only] = pieces;
    const body = pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
    reply(request, response, { ...serving, body });
  });
  request.on("error", () => response.destroy());
}

function reply(
  request: IncomingMessage,
  response: ServerResponse,
  { service, body }: Serving & { readonly body: Buffer },
): void {
  const url = request.url ?? "/";
  const query = url.indexOf("?");
  const path = query === -1 ? url : url.slice(0, query);
  const failed = (): void => send(response, FAILED);
  try {
    const answer = service.answer({ method: request.method ?? "", path, body });
    if (answer instanceof Promise) answer.then((later) => send(response, later), failed);
    else send(response, answer);
  } catch {
    failed();
  }
}

const FAILED: ServedAnswer = { status: 500, type: "text/plain", body: "internal error\n" };

function send(response: ServerResponse, { status, type, body }: ServedAnswer): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    "content-type": type,
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}
