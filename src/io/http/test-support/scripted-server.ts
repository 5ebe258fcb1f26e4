// A real server that answers as a test wants: the part of a registry or of a publisher that misbehaves.
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer, type ServerOptions } from "node:https";
import { connect, createServer as createTcpServer, type Socket } from "node:net";

export interface ScriptedServer {
  readonly port: number;
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** `GET /path` for each request, in their order. */
  readonly seen: string[];
  readonly headers: IncomingMessage["headers"][];
  close(): Promise<void>;
}

export type Answer = (
  request: IncomingMessage,
  response: ServerResponse,
  /** How many requests for the same method and path came before. */
  nth: number,
) => void | Promise<void>;

/** Starts a server on a port of its own; with a certificate it speaks TLS. */
export async function startServer(answer: Answer, tls?: ServerOptions): Promise<ScriptedServer> {
  const seen: string[] = [];
  const headers: IncomingMessage["headers"][] = [];
  const listener: RequestListener = (request, response) => {
    const line = `${request.method} ${request.url}`;
    const nth = seen.filter((s) => s === line).length;
    seen.push(line);
    headers.push(request.headers);
    Promise.resolve(answer(request, response, nth)).catch(() => response.destroy());
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  return { ...(await listening(server)), seen, headers };
}

async function listening(server: Server): Promise<Pick<ScriptedServer, "port" | "host" | "close">> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { port, host: `127.0.0.1:${port}`, close };
}

/** What a proxy is asked for, and with which authorization. */
export interface ProxyLine {
  readonly line: string;
  readonly authorization: string | null;
}

/** A proxy that brings every request to one port of this machine, whatever host was asked for. */
export async function startProxy(
  port: number,
  wanted: string | null = null,
): Promise<Pick<ScriptedServer, "port" | "host" | "close"> & { readonly asked: ProxyLine[] }> {
  const asked: ProxyLine[] = [];
  const noted = (request: IncomingMessage): boolean => {
    const authorization = request.headers["proxy-authorization"] ?? null;
    asked.push({ line: `${request.method} ${request.url}`, authorization });
    return wanted === null || authorization === wanted;
  };
  const server = createServer((request, response) => {
    if (noted(request)) response.end(`through the proxy: ${request.url}`);
    else response.writeHead(407).end();
  });
  server.on("connect", (request, client: Socket) => {
    if (!noted(request)) {
      client.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
      return;
    }
    const target = connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      target.pipe(client).pipe(target);
    });
    for (const socket of [client, target]) socket.on("error", () => socket.destroy());
  });
  return { ...(await listening(server)), asked };
}

/** A server that writes these bytes to whoever connects, and then says no more. */
export async function startRawServer(
  bytes: string,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("data", () => socket.write(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
