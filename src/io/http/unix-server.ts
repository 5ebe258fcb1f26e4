// A server on a socket of this machine: one that it makes itself, or one that systemd holds for it.
import { chmod, mkdir, unlink } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createConnection } from "node:net";
import { dirname } from "node:path";
import { AppError } from "../../kit/error.ts";
import { codeOf } from "../error-code.ts";
import type { Environment } from "../folders.ts";

/** Answers one request; a body that is too long never comes here. Never rejects. */
export type Answering = (path: string, body: Buffer) => string | Promise<string>;

export interface UnixServerOptions {
  /** Where to listen; not used when systemd hands over a socket. */
  readonly path: string;
  /** `LISTEN_FDS` and `LISTEN_PID` are in it when systemd does. */
  readonly env: Environment;
  readonly bodyBytesMax: number;
  /** Of answers. */
  readonly contentType: string;
}

export interface UnixServer {
  /** For people: the path, or that systemd holds it. */
  readonly address: string;
  /** Takes no more connections, lets those that are asked be answered, and takes its own socket away. */
  close(): Promise<void>;
}

/** The first file descriptor that is handed over. @see sd_listen_fds(3) */
const FIRST_FD = 3;
const CLOSE_MS = 2_000;

/**
 * Listens.
 *
 * @throws {AppError} `output-unwritable` when the socket cannot be made; `usage` when somebody answers on it already.
 */
export async function serveUnix(
  options: UnixServerOptions,
  answer: Answering,
): Promise<UnixServer> {
  const { path, env } = options;
  const server = createServer((request, response) => {
    serve(request, response, { ...options, answer }).catch(() => response.destroy());
  });
  // The engine keeps its connections; none of them is worth a time limit of ours.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  const isHanded = Number(env["LISTEN_FDS"] ?? 0) >= 1 && Number(env["LISTEN_PID"]) === process.pid;
  if (isHanded) {
    await listening(server, { fd: FIRST_FD });
    return { address: "the socket that systemd holds", close: () => closed(server) };
  }
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await removeStale(path);
    await listening(server, { path });
    await chmod(path, 0o600);
  } catch (error) {
    server.close();
    if (error instanceof AppError) throw error;
    throw new AppError(
      "output-unwritable",
      `cannot listen on ${JSON.stringify(path)}: ${codeOf(error) ?? "it failed"}`,
      { cause: error, hint: "run it as root, or name another place with --socket" },
    );
  }
  return { address: path, close: () => closed(server) };
}

function listening(
  server: Server,
  where: { readonly path: string } | { readonly fd: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** Takes away a socket on which nobody answers any more. */
async function removeStale(path: string): Promise<void> {
  const state = await new Promise<string>((resolve) => {
    const connection = createConnection(path);
    connection.once("connect", () => {
      connection.destroy();
      resolve("answers");
    });
    connection.once("error", (error) => resolve(codeOf(error) ?? ""));
  });
  if (state === "answers")
    throw new AppError(
      "usage",
      `cannot listen on ${JSON.stringify(path)}: somebody answers there already`,
      { hint: "stop the other one, or name another place with --socket" },
    );
  if (state === "ECONNREFUSED") await unlink(path);
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  context: UnixServerOptions & { readonly answer: Answering },
): Promise<void> {
  const { bodyBytesMax, contentType, answer } = context;
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    // What is too long is read to its end, or the other side would not read the answer.
    if (bytes <= bodyBytesMax) pieces.push(piece);
  }
  const isWhole = bytes <= bodyBytesMax;
  const said = isWhole ? await answer(request.url ?? "", Buffer.concat(pieces, bytes)) : "";
  const body = Buffer.from(said);
  response.writeHead(isWhole ? 200 : 413, {
    "content-type": contentType,
    "content-length": body.length,
  });
  response.end(body);
}
