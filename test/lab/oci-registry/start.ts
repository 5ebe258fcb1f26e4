// A small OCI 1.1 registry for tests: in this process, in memory, with switches for what real registries leave out or get wrong.
// oras, crane and cosign are satisfied with it (oci-registry.test.ts); that is what makes it a measure for our own client.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type Bare, refusedFor, serveToken } from "./accounts.ts";
import { type Behaviour, type Fault, faultless, type SeenRequest } from "./behaviour.ts";
import { serveBlobs, type Uploads } from "./blobs.ts";
import { Repository } from "./content.ts";
import { answer, type Exchange, refuse, type Sent } from "./exchange.ts";
import { serveManifests, serveReferrers, serveTags } from "./manifests.ts";

export interface OciRegistry {
  /** `127.0.0.1:12345` */
  readonly host: string;
  /** To be changed at any time. */
  readonly behaviour: Behaviour;
  /** Every request so far. */
  readonly seen: readonly SeenRequest[];
  /** What lies in a repository, to be looked at and changed behind the protocol's back. */
  repository(name: string): Repository;
  stop(): Promise<void>;
}

/** Starts one on a port of its own; to be stopped by who started it. */
export async function startOciRegistry(wanted: Partial<Behaviour> = {}): Promise<OciRegistry> {
  const registry = new Registry({ ...faultless(), ...wanted });
  const server = createServer((request, response) => {
    registry.serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  const { behaviour, seen } = registry;
  const repository = (name: string): Repository => registry.repository(name);
  return { host: `127.0.0.1:${port}`, behaviour, seen, repository, stop };
}

/** What is answered instead, as slowly and as much of it as is wanted. */
async function fail(
  exchange: Pick<Exchange, "response" | "method">,
  status: number,
  { headers, body = "", trickleMs, bodyCutAt }: Fault,
): Promise<Sent> {
  if (trickleMs === undefined && bodyCutAt === undefined)
    return answer(exchange, status, headers, body);
  const { response } = exchange;
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, "content-length": String(bytes.length) });
  if (trickleMs === undefined) {
    response.write(bytes.subarray(0, bodyCutAt), () => response.destroy());
    return "sent";
  }
  for (let at = 0; at < bytes.length && !response.destroyed; at += 1) {
    await sleep(trickleMs);
    response.write(bytes.subarray(at, at + 1));
  }
  response.end();
  return "sent";
}

class Registry {
  readonly behaviour: Behaviour;
  readonly seen: SeenRequest[] = [];
  readonly #repositories = new Map<string, Repository>();
  readonly #counts = new Map<string, number>();
  readonly #uploads: Uploads = new Map();

  constructor(behaviour: Behaviour) {
    this.behaviour = behaviour;
  }

  repository(name: string): Repository {
    const found = this.#repositories.get(name) ?? new Repository();
    this.#repositories.set(name, found);
    return found;
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<Sent> {
    const [method = "", path = ""] = [request.method, request.url];
    const fault = this.behaviour.fault(this.#see(method, path));
    if (fault?.delayMs !== undefined) await sleep(fault.delayMs);
    if (fault?.cut) response.destroy();
    if (fault?.status !== undefined) return fail({ response, method }, fault.status, fault);
    const url = new URL(path, `http://${request.headers.host}`);
    const other = (name: string): Repository | null => this.#repositories.get(name) ?? null;
    const bare = { request, response, method, url, behaviour: this.behaviour, other };
    if (url.pathname === "/token") return serveToken(bare);
    return refusedFor(bare) ?? this.#route(bare);
  }

  #see(method: string, path: string): SeenRequest {
    const line = `${method} ${path}`;
    const nth = this.#counts.get(line) ?? 0;
    this.#counts.set(line, nth + 1);
    const request = { method, path, nth };
    this.seen.push(request);
    return request;
  }

  async #route(bare: Bare): Promise<Sent> {
    const { pathname } = bare.url;
    if (pathname === "/v2/") return answer(bare, 200, {}, "{}");
    if (pathname === "/v2/_catalog") {
      const repositories = [...this.#repositories.keys()].sort();
      return answer(bare, 200, {}, JSON.stringify({ repositories }));
    }
    const [, name, part, rest] =
      /^\/v2\/(.+)\/(blobs|manifests|referrers|tags)\/(.*)$/.exec(pathname) ?? [];
    if (name === undefined || rest === undefined) return refuse(bare, 404, "NOT_FOUND");
    const exchange: Exchange = { ...bare, name, repository: this.repository(name) };
    if (part === "blobs") return serveBlobs(exchange, rest, this.#uploads);
    if (part === "manifests") return serveManifests(exchange, rest);
    return part === "tags" ? serveTags(exchange) : serveReferrers(exchange, rest);
  }
}
