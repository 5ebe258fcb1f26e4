// Manifests, tags and referrers, with the lies that are wanted. @see OCI distribution specification 1.1
import {
  digestOf,
  type ManifestDocument,
  type StatedBlob,
  type StoredManifest,
} from "./content.ts";
import { answer, bodyOf, type Exchange, page, refuse, type Sent } from "./exchange.ts";

const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const TAG = /^\w[\w.-]{0,127}$/;

export async function serveManifests(exchange: Exchange, reference: string): Promise<Sent> {
  const { method } = exchange;
  if (!DIGEST.test(reference) && !TAG.test(reference))
    return refuse(exchange, 400, "MANIFEST_INVALID", "neither a tag nor a digest");
  if (method === "PUT") return put(exchange, reference);
  const found = resolve(exchange, reference);
  if (found === null) return refuse(exchange, 404, "MANIFEST_UNKNOWN", `unknown ${reference}`);
  if (method === "DELETE") return remove(exchange, reference, found);
  if (method !== "GET" && method !== "HEAD") return refuse(exchange, 405, "UNSUPPORTED");
  const headers = { "content-type": found.mediaType, "docker-content-digest": found.digest };
  return answer(exchange, 200, { ...headers, ...etagOf(exchange, found.digest) }, found.bytes);
}

function resolve(
  { repository, behaviour }: Exchange,
  reference: string,
  agoMs = behaviour.staleMs,
): StoredManifest | null {
  const own = DIGEST.test(reference) ? reference : repository.tagged(reference, agoMs);
  const [, hex] = /^sha256-([0-9a-f]{64})$/.exec(reference) ?? [];
  const digest = own ?? (behaviour.digestTags && hex !== undefined ? `sha256:${hex}` : null);
  return digest === null ? null : (repository.manifests.get(digest) ?? null);
}

function etagOf({ behaviour }: Exchange, digest: string): Record<string, string> {
  return behaviour.etags ? { etag: `"${digest}"` } : {};
}

async function put(exchange: Exchange, reference: string): Promise<Sent> {
  const { request, repository, behaviour, name } = exchange;
  const bytes = await bodyOf(request);
  if (bytes.length > behaviour.manifestBytesMax) return refuse(exchange, 413, "SIZE_INVALID");
  const digest = digestOf(bytes);
  const isTag = !DIGEST.test(reference);
  if (!isTag && reference !== digest) return refuse(exchange, 400, "DIGEST_INVALID");
  const document = parsed(bytes);
  if (document === null) return refuse(exchange, 400, "MANIFEST_INVALID", "not JSON");
  const missing = missingOf(exchange, document);
  if (missing !== null) return refuse(exchange, 404, "MANIFEST_BLOB_UNKNOWN", missing);
  // Nothing is awaited between this look and the write, so that one of two writers loses.
  if (isTag && behaviour.etags && !mayWrite(exchange, reference))
    return refuse(exchange, 412, "PRECONDITION_FAILED", "somebody else was faster");
  const mediaType = request.headers["content-type"] ?? document.mediaType ?? "";
  repository.putManifest(bytes, mediaType);
  if (isTag) repository.tag(reference, digest);
  const { subject } = document;
  return answer(exchange, 201, {
    location: `/v2/${name}/manifests/${digest}`,
    "docker-content-digest": digest,
    ...etagOf(exchange, digest),
    ...(subject === undefined || behaviour.referrers === "none"
      ? {}
      : { "oci-subject": subject.digest }),
  });
}

function parsed(bytes: Buffer): ManifestDocument | null {
  try {
    return JSON.parse(bytes.toString("utf8")) as ManifestDocument;
  } catch {
    return null;
  }
}

/** A subject may come later; everything else must be there. */
function missingOf({ repository }: Exchange, document: ManifestDocument): string | null {
  const blobs = [...(document.config ? [document.config] : []), ...(document.layers ?? [])];
  const blob = blobs.find((b) => !repository.blobs.has(b.digest));
  const manifest = document.manifests?.find((m) => !repository.manifests.has(m.digest));
  // Clients that keep the fallback tag may list what was deleted.
  const isFallback = document.mediaType === OCI_INDEX && manifest !== undefined;
  return blob?.digest ?? (isFallback ? null : (manifest?.digest ?? null));
}

/** @see RFC 9110, 13.1 */
function mayWrite(exchange: Exchange, tag: string): boolean {
  const { headers } = exchange.request;
  const current = resolve(exchange, tag, 0);
  const match = headers["if-match"];
  if (match !== undefined) return current !== null && match === `"${current.digest}"`;
  return headers["if-none-match"] !== "*" || current === null;
}

function remove(exchange: Exchange, reference: string, found: StoredManifest): Sent {
  const { behaviour, repository } = exchange;
  if (!behaviour.deletes) return refuse(exchange, 405, "UNSUPPORTED");
  if (DIGEST.test(reference)) repository.delete(found.digest);
  else repository.tag(reference, null);
  return answer(exchange, 202);
}

export function serveTags(exchange: Exchange): Sent {
  const { name, repository } = exchange;
  const { entries, headers } = page(exchange, repository.tags, (tag) => tag);
  const body = JSON.stringify({ name, tags: entries });
  return answer(exchange, 200, { ...headers, "content-type": "application/json" }, body);
}

export function serveReferrers(exchange: Exchange, digest: string): Sent {
  const { behaviour, repository, url } = exchange;
  if (behaviour.referrers !== "api") return refuse(exchange, 404, "NOT_FOUND");
  if (!DIGEST.test(digest)) return refuse(exchange, 400, "DIGEST_INVALID");
  const referrers = [...repository.manifests.values()]
    .filter((m) => m.document.subject?.digest === digest)
    .map((manifest) => entryOf(exchange, manifest));
  const children = behaviour.childrenAsReferrers
    ? (repository.manifests.get(digest)?.document.manifests ?? [])
    : [];
  const wanted = behaviour.filters ? url.searchParams.get("artifactType") : null;
  const all = [...children, ...referrers].filter(
    (entry: ReferrerEntry) => wanted === null || entry.artifactType === wanted,
  );
  const { entries, headers } = page(exchange, all, (entry) => entry.digest);
  const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: entries };
  const applied = wanted === null ? {} : { "oci-filters-applied": "artifactType" };
  const type = { "content-type": OCI_INDEX };
  return answer(exchange, 200, { ...headers, ...applied, ...type }, JSON.stringify(index));
}

interface ReferrerEntry extends StatedBlob {
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** @see "Listing Referrers": an image manifest without a type of its own has that of its configuration. */
function entryOf({ behaviour }: Exchange, manifest: StoredManifest): ReferrerEntry {
  const { document, mediaType, digest, bytes } = manifest;
  const ofConfiguration = document.config?.mediaType;
  const right = document.artifactType ?? ofConfiguration;
  const stated = behaviour.artifactTypes === "right" ? right : ofConfiguration;
  return {
    mediaType,
    digest,
    size: bytes.length,
    ...(behaviour.artifactTypes === "none" || stated === undefined ? {} : { artifactType: stated }),
    ...(document.annotations === undefined ? {} : { annotations: document.annotations }),
  };
}
