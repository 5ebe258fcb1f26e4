// As much of a Kubernetes API server as we ask: objects by path, their versions, JSON patches, server-side apply as it is documented,
// lists by label, and removal, over TLS and only for whoever has the token. In this process, to be looked into by tests.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { issueAuthority, issueServer } from "../../src/io/certificates/issue.ts";
import { applied, changed, type Managers, type Members } from "./server-side-apply.ts";

export interface ClusterStandIn {
  /** What a pod of it is given. */
  readonly env: Readonly<Record<string, string>>;
  readonly objects: Map<string, Members>;
  /** As somebody who changes objects without applying them. */
  put(path: string, object: Members): void;
  /** `GET /path 200`. */
  readonly seen: string[];
  /** By path of the object: the answer instead of what it would be. */
  readonly refused: Map<string, number>;
  /** Whether what a Deployment wants comes to run, at once; to be switched off. */
  readonly kubelets: { run: boolean };
  /** What a user's kubeconfig says of it. */
  readonly place: {
    readonly server: string;
    readonly ca: string;
    readonly token: string;
    readonly client: { readonly certificate: string; readonly key: string };
  };
  stop(): Promise<void>;
}

const DAY_MS = 86_400_000;
const TOKEN = "token-of-the-lab";

export async function startClusterApi(namespace: string): Promise<ClusterStandIn> {
  const folder = mkdtempSync(join(tmpdir(), "bulwark-cluster-"));
  const validity = {
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + DAY_MS),
  };
  const authority = issueAuthority("lab", validity);
  const { certificate, key } = issueServer(["127.0.0.1"], validity, authority);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "ca.crt"), authority.certificate);
  writeFileSync(join(folder, "token"), `${TOKEN}\n`);
  writeFileSync(join(folder, "namespace"), namespace);
  const api = new Api();
  const client = issueServer(["somebody.lab"], validity, authority);
  const tls = { cert: certificate, key, requestCert: true, rejectUnauthorized: false };
  const server = createServer(tls, (request, response) => {
    api.serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    env: {
      KUBERNETES_SERVICE_HOST: "127.0.0.1",
      KUBERNETES_SERVICE_PORT: String((server.address() as AddressInfo).port),
      BULWARK_SERVICE_ACCOUNT: folder,
    },
    objects: api.objects,
    put: (path, object) => void api.put(path, object),
    seen: api.seen,
    refused: api.refused,
    kubelets: api.kubelets,
    place: {
      server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
      ca: authority.certificate,
      token: TOKEN,
      client: { certificate: client.certificate, key: client.key },
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}

class Api {
  readonly objects = new Map<string, Members>();
  readonly seen: string[] = [];
  readonly refused = new Map<string, number>();
  readonly kubelets = { run: true };
  readonly #managers = new Map<string, Managers>();
  #version = 1;

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const path = request.url ?? "";
    const body = Buffer.concat(pieces).toString("utf8");
    const { subjectaltname } = (request.socket as TLSSocket).getPeerCertificate();
    const isClient = subjectaltname === "DNS:somebody.lab";
    const isKnown = isClient || request.headers.authorization === `Bearer ${TOKEN}`;
    const [status, object] = isKnown ? this.#answer(request, path, body) : [401, null];
    this.seen.push(`${request.method} ${path} ${status}`);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(object ?? { kind: "Status", message: `no: ${status}` }));
  }

  #apply(url: URL, wanted: Members): Answer {
    const path = url.pathname;
    const manager = url.searchParams.get("fieldManager");
    const isForced = url.searchParams.get("force") === "true";
    if (manager === null || wanted["kind"] === undefined) return [400, null];
    const namespace = /^\/api[^n]*\/namespaces\/([^/]+)\/./.exec(path)?.[1];
    if (namespace !== undefined && !this.objects.has(`/api/v1/namespaces/${namespace}`))
      return [404, { message: `namespaces "${namespace}" not found` }];
    const known = this.objects.get(path);
    const owners = this.#managersOf(path);
    const next = applied(known ?? {}, owners, wanted, { manager, isForced });
    if (next.conflict !== null) return [409, { message: next.conflict }];
    const isSame = known !== undefined && JSON.stringify(known) === JSON.stringify(next.object);
    if (isSame) return [200, known];
    if (url.searchParams.get("dryRun") === "All") return [known ? 200 : 201, next.object];
    this.#managers.set(path, next.managers);
    const isRun = wanted["kind"] === "Deployment" && this.kubelets.run;
    const status = isRun ? { status: { availableReplicas: 1 } } : {};
    return [known ? 200 : 201, this.#store(path, { ...next.object, ...status })];
  }

  #list({ pathname, searchParams }: URL): Answer {
    const [, key = "", not, value = ""] =
      /^([^=!]+)(!?)=(.*)$/.exec(searchParams.get("labelSelector") ?? "") ?? [];
    const everywhere = /^(\/apis?\/(?:[^/]+\/)?v[^/]+)\/([a-z]+)$/.exec(pathname);
    const isListed = (path: string): boolean =>
      everywhere === null
        ? path.startsWith(`${pathname}/`)
        : path.startsWith(`${everywhere[1]}/`) && path.includes(`/${everywhere[2]}/`);
    const items = [...this.objects].flatMap(([path, object]) => {
      const label = ((metadataOf(object)["labels"] ?? {}) as Members)[key];
      return isListed(path) && (label === value) === (not === "") ? [object] : [];
    });
    return [200, { kind: "List", items }];
  }

  /** Page by page, as the API lists: items do not say what they are, the list does. */
  #page({ pathname, searchParams }: URL): Answer {
    const [, group = "", plural = ""] =
      /^(\/apis?\/(?:[^/]+\/)?v[^/]+)\/([a-z]+)$/.exec(pathname) ?? [];
    const wanted = new RegExp(`^${group}/(?:namespaces/[^/]+/)?${plural}/[^/]+$`);
    const all = [...this.objects].filter(([path]) => wanted.test(path)).map(([, object]) => object);
    const from = Number(searchParams.get("continue") ?? 0);
    const to = from + Number(searchParams.get("limit"));
    const [first] = all;
    const { kind = "Thing", apiVersion } = first ?? {};
    const items = all.slice(from, to).map(({ kind: _, apiVersion: __, ...item }) => item);
    const metadata = to < all.length ? { continue: String(to) } : {};
    return [200, { kind: `${String(kind)}List`, apiVersion, metadata, items }];
  }

  #remove(path: string, options: Members): Answer {
    const known = this.objects.get(path);
    if (known === undefined) return [404, null];
    const { uid } = (options["preconditions"] ?? {}) as Members;
    if (uid !== metadataOf(known)["uid"]) return [409, null];
    for (const other of this.objects.keys())
      if (other === path || other.includes(`${path.replace("/api/v1", "")}/`))
        this.objects.delete(other);
    return [200, { kind: "Status", status: "Success" }];
  }

  #answer({ method, headers }: IncomingMessage, address: string, body: string): Answer {
    const url = new URL(address, "https://cluster.example");
    const path = url.pathname;
    const refused = this.refused.get(path);
    if (refused !== undefined) return [refused, { message: "who asks may not" }];
    const known = this.objects.get(path) ?? null;
    if (method === "GET" && url.searchParams.has("labelSelector")) return this.#list(url);
    if (method === "GET" && known === null && url.searchParams.has("limit")) return this.#page(url);
    if (method === "GET") return known === null ? [404, null] : [200, known];
    const type = headers["content-type"] ?? "";
    if ((method === "PATCH") !== PATCHES.includes(type)) return [415, null];
    const sent = JSON.parse(body) as Members;
    if (method === "DELETE") return this.#remove(path, sent);
    if (type === APPLY) return this.#apply(url, sent);
    if (method === "POST") return this.#create(path, sent);
    return known === null
      ? [404, null]
      : this.#change(path, known, { sent, isPut: method === "PUT" });
  }

  #change(
    path: string,
    known: Members,
    { sent, isPut }: { readonly sent: Members; readonly isPut: boolean },
  ): Answer {
    if (isPut) {
      const isSame = metadataOf(sent)["resourceVersion"] === metadataOf(known)["resourceVersion"];
      return isSame ? [200, this.put(path, sent)] : [409, null];
    }
    const patched = patchedBy(known, sent as unknown as readonly Operation[]);
    return patched === null ? [422, null] : [200, this.put(path, patched)];
  }

  #create(path: string, sent: Members): Answer {
    const at = `${path}/${String(metadataOf(sent)["name"])}`;
    return this.objects.has(at) ? [409, null] : [201, this.put(at, sent)];
  }

  /** Changed by somebody who does not apply. */
  put(path: string, object: Members): Members {
    const owners = this.#managersOf(path);
    const before = this.objects.get(path) ?? {};
    this.#managers.set(path, changed(before, object, owners, "someone"));
    return this.#store(path, object);
  }

  /** None of what is not there, or not any more. */
  #managersOf(path: string): Managers {
    return (this.objects.has(path) ? this.#managers.get(path) : undefined) ?? new Map();
  }

  #store(path: string, object: Members): Members {
    this.#version += 1;
    const known = metadataOf(this.objects.get(path) ?? {});
    const uid = known["uid"] ?? `uid-${this.#version}`;
    const metadata = { ...metadataOf(object), uid, resourceVersion: String(this.#version) };
    const stored = { ...object, metadata };
    this.objects.set(path, stored);
    return stored;
  }
}

type Answer = readonly [number, Members | null];

const APPLY = "application/apply-patch+yaml";
const PATCHES: readonly string[] = ["application/json-patch+json", APPLY];

function metadataOf(object: Members): Members {
  return (object["metadata"] ?? {}) as Members;
}

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value: unknown;
}

/** null when a test fails, or a place is not there. */
function patchedBy(object: Members, operations: readonly Operation[]): Members | null {
  const copy = structuredClone(object);
  for (const { op, path, value } of operations) {
    const names = path.split("/").slice(1);
    const last = names.pop() ?? "";
    let place: unknown = copy;
    for (const name of names) place = (place as Members | undefined)?.[name];
    if (typeof place !== "object" || place === null) return null;
    const members = place as Members;
    if (op === "test" && members[last] !== value) return null;
    if (op !== "test") members[last] = value;
  }
  return copy;
}
