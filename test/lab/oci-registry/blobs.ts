// Blobs: whole, in chunks, and from another repository. @see OCI distribution specification 1.1, "Push" and "Pull"
import { randomUUID } from "node:crypto";
import { digestOf } from "./content.ts";
import { answer, bodyOf, type Exchange, refuse, type Sent } from "./exchange.ts";

/** Uploads that were begun, by id. */
export type Uploads = Map<string, Buffer[]>;

export async function serveBlobs(
  exchange: Exchange,
  rest: string,
  uploads: Uploads,
): Promise<Sent> {
  if (rest === "uploads" || rest === "uploads/") return begin(exchange, uploads);
  if (rest.startsWith("uploads/")) return upload(exchange, rest.slice("uploads/".length), uploads);
  return stored(exchange, rest);
}

function stored(exchange: Exchange, digest: string): Sent {
  const { method, repository, request, behaviour } = exchange;
  const blob = repository.blobs.get(digest);
  if (blob === undefined) return refuse(exchange, 404, "BLOB_UNKNOWN");
  const headers = {
    "docker-content-digest": digest,
    "content-type": "application/octet-stream",
    "accept-ranges": "bytes",
  };
  if (method === "DELETE") {
    if (!behaviour.deletes) return refuse(exchange, 405, "UNSUPPORTED");
    repository.blobs.delete(digest);
    return answer(exchange, 202);
  }
  if (method !== "GET" && method !== "HEAD") return refuse(exchange, 405, "UNSUPPORTED");
  const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? "") ?? [];
  if (from === undefined) return answer(exchange, 200, headers, blob);
  const range = { "content-range": `bytes ${from}-${blob.length - 1}/${blob.length}` };
  return answer(exchange, 206, { ...headers, ...range }, blob.subarray(Number(from)));
}

async function begin(exchange: Exchange, uploads: Uploads): Promise<Sent> {
  const { method, url, name, repository, request } = exchange;
  if (method !== "POST") return refuse(exchange, 405, "UNSUPPORTED");
  const [mount, from] = [url.searchParams.get("mount"), url.searchParams.get("from")];
  const mounted = exchange.other(from ?? "")?.blobs.get(mount ?? "");
  if (mounted !== undefined) {
    repository.putBlob(mounted);
    return created(exchange, mount ?? "");
  }
  const digest = url.searchParams.get("digest");
  if (digest !== null) return finish(exchange, digest, [await bodyOf(request)]);
  const id = randomUUID();
  uploads.set(id, []);
  return progress(exchange, 202, `/v2/${name}/blobs/uploads/${id}`, 0);
}

async function upload(exchange: Exchange, id: string, uploads: Uploads): Promise<Sent> {
  const { method, url, request } = exchange;
  const pieces = uploads.get(id);
  if (pieces === undefined) return refuse(exchange, 404, "BLOB_UPLOAD_UNKNOWN");
  const size = (): number => pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (method === "GET") return progress(exchange, 204, url.pathname, size());
  if (method === "DELETE") {
    uploads.delete(id);
    return answer(exchange, 204);
  }
  if (method !== "PATCH" && method !== "PUT") return refuse(exchange, 405, "UNSUPPORTED");
  const [, from] = /^(\d+)-\d+$/.exec(request.headers["content-range"] ?? "") ?? [];
  if (from !== undefined && Number(from) !== size())
    return refuse(exchange, 416, "BLOB_UPLOAD_INVALID", "out of order");
  pieces.push(await bodyOf(request));
  if (method === "PATCH") return progress(exchange, 202, url.pathname, size());
  uploads.delete(id);
  return finish(exchange, url.searchParams.get("digest") ?? "", pieces);
}

/** Ranges begin at 0 even when there is nothing. */
function progress(exchange: Exchange, status: number, location: string, size: number): Sent {
  return answer(exchange, status, { location, range: `0-${Math.max(size - 1, 0)}` });
}

function finish(exchange: Exchange, digest: string, pieces: readonly Buffer[]): Sent {
  const bytes = Buffer.concat(pieces);
  if (digestOf(bytes) !== digest) return refuse(exchange, 400, "DIGEST_INVALID");
  exchange.repository.putBlob(bytes);
  return created(exchange, digest);
}

function created(exchange: Exchange, digest: string): Sent {
  const location = `/v2/${exchange.name}/blobs/${digest}`;
  return answer(exchange, 201, { location, "docker-content-digest": digest });
}
