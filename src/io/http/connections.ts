// Connections that are kept and used again: one pool for each server and way to it.
import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { type RequestOptions, Agent as TlsAgent, request as tlsRequest } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls, createSecureContext, type SecureContext } from "node:tls";
import type { Environment } from "../folders.ts";
import { failureOf, HttpFailure } from "./failure.ts";
import { bareHost, basicOf, portOf, proxyFor } from "./proxy.ts";
import { Trust } from "./trust.ts";

type AnyAgent = Agent | TlsAgent;

/** How to reach a server. */
export interface Way {
  readonly agent: AnyAgent;
  /** Set when a plain request goes to a proxy, which wants the whole address. */
  readonly proxy: URL | null;
  /** Which set of authorities it believes. */
  readonly turn: number;
}

/** Whom to believe and who to be, instead of what this machine says. PEM texts. */
export interface OwnTls {
  /** null for this machine's. */
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  /** By which the server's certificate is to be; null for the host of the address. */
  readonly serverName: string | null;
}

/** All pools of a client. */
export class Connections {
  readonly #env: Environment;
  readonly #trust: Trust;
  readonly #own: OwnTls | null;
  readonly #ownContext: SecureContext | null;
  readonly #agents = new Map<string, AnyAgent>();
  /** By host: which set of authorities is believed. */
  readonly #turns = new Map<string, number>();

  /** @throws Error of OpenSSL when what `own` has is not PEM. */
  constructor(env: Environment, own: OwnTls | null = null) {
    this.#env = env;
    this.#own = own;
    this.#ownContext = own === null ? null : contextOf(own);
    this.#trust = new Trust(env);
  }

  /** @throws {HttpFailure} `proxy`. @throws {AppError} when certificates cannot be read. */
  async way(url: URL): Promise<Way> {
    const proxy = proxyFor(url, this.#env);
    const isTls = url.protocol === "https:";
    const turn = this.#turns.get(url.host) ?? 0;
    const key = `${turn} ${url.protocol}//${url.host} ${proxy?.href ?? ""}`;
    const known = this.#agents.get(key);
    const agent =
      known ?? (isTls ? await this.#tlsAgent(url, proxy, turn) : await this.#agent(proxy));
    this.#agents.set(key, agent);
    return { agent, proxy: isTls ? null : proxy, turn };
  }

  /** After a server was not trusted: whether there is another set of authorities that the next way will believe. */
  async distrust(url: URL, { turn }: Way): Promise<boolean> {
    if (this.#ownContext !== null) return false;
    const next = await this.#trust.contextFor(url.host, turn + 1);
    if (next === null) return false;
    this.#turns.set(url.host, Math.max(this.#turns.get(url.host) ?? 0, turn + 1));
    return true;
  }

  /** Ends connections that wait to be used again. They do not keep the process alive. */
  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
  }

  async #agent(proxy: URL | null): Promise<AnyAgent> {
    if (proxy?.protocol !== "https:") return new Agent(KEEP);
    return new TlsAgent({ ...KEEP, ...secured(await this.#trust.lastContextFor(proxy.host)) });
  }

  async #tlsAgent(url: URL, proxy: URL | null, turn: number): Promise<AnyAgent> {
    const context = this.#ownContext ?? (await this.#trust.contextFor(url.host, turn));
    const serverName = this.#own?.serverName ?? null;
    const named = serverName === null ? {} : { servername: serverName };
    if (proxy === null) return new TlsAgent({ ...KEEP, ...secured(context), ...named });
    const proxyContext = await this.#trust.lastContextFor(proxy.host);
    return new TunnelAgent({ url, proxy, context, proxyContext, serverName });
  }
}

function contextOf({ ca, cert, key }: OwnTls): SecureContext {
  return createSecureContext({
    ...(ca === null ? {} : { ca }),
    ...(cert === null || key === null ? {} : { cert, key }),
  });
}

function secured(context: SecureContext | null): { secureContext?: SecureContext } {
  return context === null ? {} : { secureContext: context };
}

const KEEP = { keepAlive: true, keepAliveMsecs: 30_000, maxFreeSockets: 8 } as const;

interface Tunnel {
  readonly url: URL;
  readonly proxy: URL;
  readonly context: SecureContext | null;
  /** For proxies that are spoken to over TLS themselves. */
  readonly proxyContext: SecureContext | null;
  /** null for that of the address. */
  readonly serverName: string | null;
}

type Connected = (error: Error | null, socket: Duplex) => void;

/** TLS to a server through a proxy's CONNECT. @see RFC 9110, 9.3.6 */
class TunnelAgent extends TlsAgent {
  readonly #tunnel: Tunnel;

  constructor(tunnel: Tunnel) {
    super(KEEP);
    this.#tunnel = tunnel;
  }

  // Node calls this for each new socket, and takes the socket from the callback when nothing is returned.
  override createConnection(_options: RequestOptions, connected?: Connected): undefined {
    if (connected === undefined) return;
    const request = connectRequest(this.#tunnel);
    const fail = connected as (error: Error) => void;
    request.on("error", (error) => fail(proxyFailure(failureOf(error).message)));
    // Whoever asked may have given up meanwhile; a tunnel in the making does not keep the process alive.
    request.once("socket", (socket) => socket.unref());
    request.once("connect", (response: IncomingMessage, socket: Socket, head: Buffer) => {
      if (response.statusCode !== 200 || head.length > 0) {
        socket.destroy();
        fail(refusal(response.statusCode ?? 0));
      } else this.#secure(socket, connected);
    });
    request.end();
  }

  #secure(socket: Socket, connected: Connected): void {
    const { url, context, serverName } = this.#tunnel;
    const host = bareHost(url.hostname);
    const isAddress = url.hostname.startsWith("[") || /^[\d.]+$/.test(host);
    const name = serverName ?? (isAddress ? null : host);
    const servername = name === null ? {} : { servername: name };
    const tls = connectTls({ socket, host, ...secured(context), ...servername });
    const fail = connected as (error: Error) => void;
    tls.on("error", fail);
    tls.once("secureConnect", () => connected(null, tls.ref()));
  }
}

const CONNECT_TIMEOUT_MS = 30_000;

function connectRequest({ url, proxy, proxyContext }: Tunnel): ClientRequest {
  const authority = `${url.hostname}:${portOf(url)}`;
  const authorization = basicOf(proxy);
  const options = {
    method: "CONNECT",
    host: bareHost(proxy.hostname),
    port: portOf(proxy),
    path: authority,
    agent: false as const,
    timeout: CONNECT_TIMEOUT_MS,
    headers: {
      host: authority,
      ...(authorization === null ? {} : { "proxy-authorization": authorization }),
    },
  };
  const overTls = { ...options, ...secured(proxyContext) };
  const request = proxy.protocol === "https:" ? tlsRequest(overTls) : httpRequest(options);
  return request.once("timeout", () => request.destroy(proxyFailure("it does not answer")));
}

function refusal(status: number): HttpFailure {
  if (status !== 407) return proxyFailure(`it answered ${status}`);
  return new HttpFailure("proxy", "the proxy wants a user and password, or refused those it got", {
    hint: "write them into HTTPS_PROXY, as in http://user:password@proxy.example.org:3128",
  });
}

function proxyFailure(state: string): HttpFailure {
  return new HttpFailure("proxy", `the proxy cannot be used: ${state}`, {
    hint: "look at HTTPS_PROXY, or exempt the host with NO_PROXY",
  });
}
