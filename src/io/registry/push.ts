// Writing to a repository. @see OCI distribution specification 1.1, "Push"
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "../../kit/error.ts";
import { type Digest, shortDigest } from "../../model/digest.ts";
import { PASSING } from "../http/client.ts";
import type { HttpResponse } from "../http/response.ts";
import { retryAfterMs } from "../http/retry-after.ts";
import { digestOf } from "./pull.ts";
import type { RegistryClient } from "./registry-client.ts";
import { refusal } from "./registry-error.ts";

/** A blob to be pushed; it is opened once for each attempt. */
export interface BlobSource {
  readonly digest: Digest;
  readonly sizeBytes: number;
  open(): AsyncIterable<Uint8Array>;
}

/** A blob of bytes in memory. */
export function blobOf(bytes: Uint8Array): BlobSource {
  return {
    digest: digestOf(bytes),
    sizeBytes: bytes.length,
    open: async function* () {
      yield bytes;
    },
  };
}

/** Whether the repository has a blob. */
export async function hasBlob(
  client: RegistryClient,
  digest: Digest,
  signal: AbortSignal,
): Promise<boolean> {
  const action = `look for blob ${shortDigest(digest)} in ${JSON.stringify(client.name)}`;
  const response = await client.send({ method: "HEAD", path: `blobs/${digest}`, action, signal });
  response.close();
  if (response.isOk) return true;
  if (response.status === 404) return false;
  throw await refusal(response, action);
}

const ATTEMPTS_MAX = 4;
const BACKOFF_MS = 250;
const WAIT_MS_MAX = 60_000;

/**
 * Pushes a blob, unless the repository has it. The registry checks the digest. When it is overloaded, the upload begins anew:
 * what became of the one before is not known.
 *
 * @throws {AppError} `registry-*`; `limit-exceeded` is the registry's to say, as `registry-unavailable` with its words.
 */
export async function pushBlob(
  client: RegistryClient,
  blob: BlobSource,
  signal: AbortSignal,
): Promise<void> {
  const action = `push blob ${shortDigest(blob.digest)} to ${JSON.stringify(client.name)}`;
  for (let attempt = 1; ; attempt += 1) {
    if (await hasBlob(client, blob.digest, signal)) return;
    const done = await uploaded(client, blob, { action, signal });
    if (done.isOk) {
      done.close();
      return;
    }
    const failed = await refusal(done, action);
    const askedMs = retryAfterMs(done.header("retry-after"), Date.now());
    const waitMs = askedMs ?? BACKOFF_MS * 2 ** attempt * Math.random();
    // Some registries take offence when the same blob comes from two sides at once, and have it afterwards.
    const mayPass = done.status === 400 || PASSING.has(done.status);
    if (!mayPass || attempt === ATTEMPTS_MAX || waitMs > WAIT_MS_MAX) throw failed;
    await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
  }
}

async function uploaded(
  client: RegistryClient,
  blob: BlobSource,
  { action, signal }: { readonly action: string; readonly signal: AbortSignal },
): Promise<HttpResponse> {
  const started = await client.send({
    method: "POST",
    path: "blobs/uploads/",
    headers: { "content-length": "0" },
    mayRepeat: true,
    action,
    signal,
  });
  if (started.status !== 202) throw await refusal(started, action);
  const url = uploadAddress(started, blob.digest, action);
  started.close();
  return client.send({
    method: "PUT",
    path: url,
    headers: { "content-type": "application/octet-stream" },
    body: blob,
    action,
    signal,
  });
}

function uploadAddress(started: HttpResponse, digest: Digest, action: string): URL {
  const location = started.header("location") ?? "";
  const url = URL.canParse(location, started.url.href) ? new URL(location, started.url.href) : null;
  const isSafe = url?.protocol === "https:" || url?.protocol === started.url.protocol;
  if (url === null || !isSafe) {
    throw new AppError(
      "registry-unavailable",
      `cannot ${action}: the registry gave no address for it`,
    );
  }
  url.searchParams.set("digest", digest);
  return url;
}

/** A manifest or index to be pushed, as the bytes whose digest counts. */
export interface ManifestToPush {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

/** What a registry said to a manifest. */
export interface PushedManifest {
  /** Of the bytes. */
  readonly digest: Digest;
  /** It says that it lists the manifest as attached to its subject. Some say so and do not. */
  readonly saysListed: boolean;
}

/**
 * Pushes a manifest under a tag or its digest. One that has a subject is not yet listed as attached to it everywhere:
 * io/attachments sees to that.
 *
 * @throws {AppError} `registry-*`, `digest-mismatch` when the registry says that it took something else.
 */
export async function putManifest(
  client: RegistryClient,
  { name, manifest }: { readonly name: string; readonly manifest: ManifestToPush },
  signal: AbortSignal,
): Promise<PushedManifest> {
  const digest = digestOf(manifest.bytes);
  const action = `push manifest ${shortDigest(digest)} to ${JSON.stringify(client.name)}`;
  const response = await client.send({
    method: "PUT",
    path: `manifests/${name}`,
    headers: { "content-type": manifest.mediaType },
    body: manifest.bytes,
    mayRepeat: true,
    action,
    signal,
  });
  if (!response.isOk) throw await refusal(response, action);
  response.close();
  const taken = response.header("docker-content-digest");
  if (taken !== null && taken !== digest) {
    throw new AppError(
      "digest-mismatch",
      `cannot ${action}: the registry took it as ${taken.slice(0, 100)}`,
    );
  }
  return { digest, saysListed: response.header("oci-subject") !== null };
}
