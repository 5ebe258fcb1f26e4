// As much of a Kubernetes API server as our webhook asks: objects by path, their versions, and JSON patches, over TLS and only for
// whoever has the token. In this process, to be looked into by tests.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { issueAuthority, issueServer } from "../../src/io/certificates/issue.ts";

type Members = Record<string, unknown>;

export interface ClusterStandIn {
  /** What a pod of it is given. */
  readonly env: Readonly<Record<string, string>>;
  readonly objects: Map<string, Members>;
  /** `GET /path 200`. */
  readonly seen: string[];
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
  const server = createServer({ cert: certificate, key }, (request, response) => {
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
    seen: api.seen,
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
  #version = 1;

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const path = request.url ?? "";
    const body = Buffer.concat(pieces).toString("utf8");
    const isKnown = request.headers.authorization === `Bearer ${TOKEN}`;
    const [status, object] = isKnown ? this.#answer(request, path, body) : [401, null];
    this.seen.push(`${request.method} ${path} ${status}`);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(object ?? { kind: "Status", message: `no: ${status}` }));
  }

  #answer(
    { method, headers }: IncomingMessage,
    path: string,
    body: string,
  ): readonly [number, Members | null] {
    const known = this.objects.get(path) ?? null;
    if (method === "GET") return known === null ? [404, null] : [200, known];
    const isPatch = headers["content-type"] === "application/json-patch+json";
    if (isPatch !== (method === "PATCH")) return [415, null];
    const sent = JSON.parse(body) as Members;
    if (method === "POST") return this.#create(path, sent);
    if (known === null) return [404, null];
    if (method === "PUT") {
      const isSame = metadataOf(sent)["resourceVersion"] === metadataOf(known)["resourceVersion"];
      return isSame ? [200, this.put(path, sent)] : [409, null];
    }
    const patched = patchedBy(known, sent as unknown as readonly Operation[]);
    return patched === null ? [422, null] : [200, this.put(path, patched)];
  }

  #create(path: string, sent: Members): readonly [number, Members | null] {
    const at = `${path}/${String(metadataOf(sent)["name"])}`;
    return this.objects.has(at) ? [409, null] : [201, this.put(at, sent)];
  }

  put(path: string, object: Members): Members {
    this.#version += 1;
    const metadata = { ...metadataOf(object), resourceVersion: String(this.#version) };
    const stored = { ...object, metadata };
    this.objects.set(path, stored);
    return stored;
  }
}

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
