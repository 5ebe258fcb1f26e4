// Writing to a repository. @see OCI distribution specification 1.1, "Push"
import { AppError } from "../../kit/error.ts";
import { type Digest, shortDigest } from "../../model/digest.ts";
import type { HttpResponse } from "../http/response.ts";
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

/**
 * Pushes a blob, unless the repository has it. The registry checks the digest.
 *
 * @throws {AppError} `registry-*`; `limit-exceeded` is the registry's to say, as `registry-unavailable` with its words.
 */
export async function pushBlob(
  client: RegistryClient,
  blob: BlobSource,
  signal: AbortSignal,
): Promise<void> {
  if (await hasBlob(client, blob.digest, signal)) return;
  const action = `push blob ${shortDigest(blob.digest)} to ${JSON.stringify(client.name)}`;
  const started = await client.send({
    method: "POST",
    path: "blobs/uploads/",
    headers: { "content-length": "0" },
    action,
    signal,
  });
  if (started.status !== 202) throw await refusal(started, action);
  const url = uploadAddress(started, blob.digest, action);
  started.close();
  const done = await client.send({
    method: "PUT",
    path: url,
    headers: { "content-type": "application/octet-stream" },
    body: blob,
    action,
    signal,
  });
  if (!done.isOk) throw await refusal(done, action);
  done.close();
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

/**
 * Pushes a manifest under a tag or its digest. One that has a subject is not yet listed as attached to it everywhere:
 * io/attachments sees to that.
 *
 * @returns The digest of the bytes.
 * @throws {AppError} `registry-*`, `digest-mismatch` when the registry says that it took something else.
 */
export async function putManifest(
  client: RegistryClient,
  { name, manifest }: { readonly name: string; readonly manifest: ManifestToPush },
  signal: AbortSignal,
): Promise<Digest> {
  const digest = digestOf(manifest.bytes);
  const action = `push manifest ${shortDigest(digest)} to ${JSON.stringify(client.name)}`;
  const response = await client.send({
    method: "PUT",
    path: `manifests/${name}`,
    headers: { "content-type": manifest.mediaType },
    body: manifest.bytes,
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
  return digest;
}
