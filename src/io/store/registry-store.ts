// A store as an artifact in a registry: one manifest whose configuration is the store's manifest and whose layers are the tables, so
// that a pipeline pulls the ecosystems that it needs and no others. @see OCI image specification 1.1, "Guidelines for Artifact Usage"

import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { type Descriptor, parseManifest as parseOciManifest } from "../../formats/oci.ts";
import { AppError } from "../../kit/error.ts";
import { type Digest, hexOf } from "../../model/digest.ts";
import { printReference, type Reference } from "../../model/reference.ts";
import { decompress } from "../layers/inflate.ts";
import { getManifest, pullBlob, pullBlobBytes } from "../registry/pull.ts";
import { type BlobSource, blobOf, pushBlob, putManifest } from "../registry/push.ts";
import {
  type RegistryClient,
  type RegistryOptions,
  registryClient,
} from "../registry/registry-client.ts";
import { parseManifest, type StoreManifest, type TableEntry } from "./manifest.ts";
import { readManifest } from "./open.ts";
import { fileInPieces, placeTables, tablesInUse } from "./place-tables.ts";
import { isSignedBy, signatureOf } from "./signature.ts";

const ARTIFACT_TYPE = "application/vnd.bulwark.store.v1";
const CONFIG_TYPE = "application/vnd.bulwark.store.manifest.v1+json";
const TABLE_TYPE = "application/vnd.bulwark.store.table.v1+gzip";
const SIGNATURE_TYPE = "application/vnd.bulwark.store.signature.v1";
const TITLE = "org.opencontainers.image.title";
const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
/** The two bytes of `{}`, where a configuration must be and nothing is to be said. */
const EMPTY_TYPE = "application/vnd.oci.empty.v1+json";

/** How a registry is reached, and what is done there. */
export interface RegistryStoreOptions extends RegistryOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (what: string) => void;
}

/** What was published. */
export interface Publication {
  readonly digest: Digest;
  readonly manifest: StoreManifest;
  readonly signed: boolean;
}

/**
 * Publishes the store of a folder.
 *
 * @param key PEM of an ed25519 private key; null leaves the store unsigned.
 * @throws {AppError} `store-missing`, `store-invalid`, `registry-*`, `usage` (the key).
 */
export async function publishStore(
  folder: string,
  { reference, key }: { readonly reference: Reference; readonly key: string | null },
  options: RegistryStoreOptions,
): Promise<Publication> {
  const manifest = readManifest(folder);
  const client = await registryClient(reference, options);
  const layers: object[] = [];
  for (const table of manifest.tables) {
    options.onProgress(table.name);
    const blob = blobOf(await gzipped(fileInPieces(join(folder, table.file))));
    await pushBlob(client, blob, options.signal);
    layers.push(tableLayer(table, blob));
  }
  const config = await pushDocument(client, JSON.stringify(manifest), options.signal);
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      artifactType: ARTIFACT_TYPE,
      config: { mediaType: CONFIG_TYPE, ...config },
      layers,
      annotations: { "org.opencontainers.image.created": manifest.builtAt },
    }),
  );
  // Signed before it is named, so that nobody finds it without its signature.
  const signature = key === null ? null : signatureOf(bytes, key);
  if (signature !== null) await putSignature(client, { bytes, signature }, options.signal);
  const { digest } = await putManifest(
    client,
    { name: reference.tag ?? "latest", manifest: { bytes, mediaType: MANIFEST_TYPE } },
    options.signal,
  );
  return { digest, manifest, signed: signature !== null };
}

function tableLayer(table: TableEntry, blob: BlobSource): object {
  return {
    mediaType: TABLE_TYPE,
    digest: blob.digest,
    size: blob.sizeBytes,
    annotations: { [TITLE]: table.name },
  };
}

/** A table compresses to a sixth, so that it fits into memory on its way. The same table gives the same bytes. */
async function gzipped(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const packed: Buffer[] = [];
  await pipeline(pieces, createGzip({ level: 6, chunkSize: 1 << 20 }), async (output) => {
    for await (const piece of output) packed.push(piece as Buffer);
  });
  return Buffer.concat(packed);
}

async function pushDocument(
  client: RegistryClient,
  text: string,
  signal: AbortSignal,
): Promise<{ digest: Digest; size: number }> {
  const blob = blobOf(Buffer.from(text));
  await pushBlob(client, blob, signal);
  return { digest: blob.digest, size: blob.sizeBytes };
}

/** The signature is an artifact of its own, under a tag that follows from the digest that it signs. */
async function putSignature(
  client: RegistryClient,
  { bytes, signature }: { readonly bytes: Buffer; readonly signature: string },
  signal: AbortSignal,
): Promise<void> {
  const config = await pushDocument(client, "{}", signal);
  const layer = await pushDocument(client, signature, signal);
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    artifactType: SIGNATURE_TYPE,
    config: { mediaType: EMPTY_TYPE, ...config },
    layers: [{ mediaType: SIGNATURE_TYPE, ...layer }],
  };
  await putManifest(
    client,
    {
      name: signatureTag(blobOf(bytes).digest),
      manifest: { bytes: Buffer.from(JSON.stringify(manifest)), mediaType: MANIFEST_TYPE },
    },
    signal,
  );
}

function signatureTag(digest: Digest): string {
  return `sha256-${hexOf(digest)}.bulwark`;
}

/** What is wanted of a published store. */
export interface PullOrder {
  readonly reference: Reference;
  /** Base ecosystems; empty for all. */
  readonly ecosystems: readonly string[];
  /** PEM of the ed25519 public key that must have signed; null takes an unsigned store, too. */
  readonly trust: string | null;
}

/** What came of it. */
export interface PullResult {
  readonly manifest: StoreManifest;
  /** Bytes that were loaded; tables that were there already are not. */
  readonly loadedBytes: number;
  /** The store in use has newer data than the published one, and stayed. */
  readonly isKept: boolean;
}

/**
 * Fetches a published store into a folder. What is in use stays until everything was verified.
 *
 * @throws {AppError} `store-invalid` (no store, no or a wrong signature, none of the ecosystems), `registry-*`, `digest-mismatch`,
 *   `disk-full`, `output-unwritable`, `offline`; the signal's reason.
 */
export async function pullStore(
  folder: string,
  order: PullOrder,
  options: RegistryStoreOptions,
): Promise<PullResult> {
  const { signal } = options;
  const shown = printReference(order.reference);
  const client = await registryClient(order.reference, options);
  const tag = order.reference.digest ?? order.reference.tag ?? "latest";
  const pulled = await getManifest(client, tag, signal);
  if (order.trust !== null)
    await checkSignature(
      client,
      { bytes: pulled.bytes, digest: pulled.digest, key: order.trust },
      { shown, signal },
    );
  const artifact = parseOciManifest(pulled.bytes);
  if (artifact.config.mediaType !== CONFIG_TYPE) throw refused(shown, "it is no advisory store");
  const config = await pullBlobBytes(client, artifact.config, signal);
  const manifest = parseManifest(config.toString(), shown);
  const wanted = chosen(manifest, order.ecosystems, shown);
  if (isNewerInUse(folder, manifest))
    return { manifest: readManifest(folder), loadedBytes: 0, isKept: true };
  const layers = wanted.map((table) => [table, layerOf(table, artifact.layers, shown)] as const);
  const placement = placeTables(folder, manifest);
  const present = tablesInUse(folder);
  let loadedBytes = 0;
  try {
    for (const [table, layer] of layers) {
      options.onProgress(table.name);
      const local = present.get(table.sha256);
      if (local === undefined) {
        await placement.take(table, decompress(pullBlob(client, layer, signal)));
        loadedBytes += layer.sizeBytes;
      } else {
        await placement.take(table, fileInPieces(local));
      }
    }
    return { manifest: placement.finish(), loadedBytes, isKept: false };
  } catch (error) {
    placement.abandon();
    throw error;
  }
}

async function checkSignature(
  client: RegistryClient,
  signed: { readonly bytes: Buffer; readonly digest: Digest; readonly key: string },
  { shown, signal }: { readonly shown: string; readonly signal: AbortSignal },
): Promise<void> {
  let signature: string;
  try {
    const pulled = await getManifest(client, signatureTag(signed.digest), signal);
    const [layer] = parseOciManifest(pulled.bytes).layers;
    if (layer === undefined) throw refused(shown, "its signature is empty");
    signature = (await pullBlobBytes(client, { ...layer, bytesMax: 1_000 }, signal)).toString();
  } catch (error) {
    if (error instanceof AppError && error.code === "registry-not-found")
      throw refused(shown, "it is not signed");
    throw error;
  }
  if (!isSignedBy(signed.bytes, signature, signed.key))
    throw refused(shown, "its signature is not of the key that is trusted");
}

function refused(shown: string, state: string): AppError {
  return new AppError(
    "store-invalid",
    `cannot use advisory store ${JSON.stringify(shown)}: ${state}`,
    {
      subject: shown,
    },
  );
}

/** The wanted ecosystems, and what no ecosystem names. */
function chosen(
  manifest: StoreManifest,
  ecosystems: readonly string[],
  shown: string,
): TableEntry[] {
  if (ecosystems.length === 0) return [...manifest.tables];
  const names = new Set(ecosystems.map((name) => name.toLowerCase()));
  const missing = ecosystems.find(
    (name) => !manifest.tables.some((t) => t.name.toLowerCase() === name.toLowerCase()),
  );
  if (missing !== undefined)
    throw new AppError(
      "store-invalid",
      `cannot take ecosystem ${JSON.stringify(missing)} from ${JSON.stringify(shown)}: it is not in it`,
      { hint: `it has ${manifest.tables.map((t) => t.name).join(", ")}`, subject: shown },
    );
  return manifest.tables.filter(
    (t) => names.has(t.name.toLowerCase()) || Object.keys(t.ecosystems).length === 0,
  );
}

/** Somebody who replays an old, rightly signed store must not take newer knowledge away. */
function isNewerInUse(folder: string, manifest: StoreManifest): boolean {
  try {
    return Date.parse(readManifest(folder).currentAt) > Date.parse(manifest.currentAt);
  } catch {
    return false;
  }
}

/** The layer under a table's name. What it holds must have the digest that the configuration states, which is signed as well. */
function layerOf(table: TableEntry, layers: readonly Descriptor[], shown: string): Descriptor {
  const layer = layers.find(
    ({ annotations, mediaType }) =>
      mediaType === TABLE_TYPE && annotations.get(TITLE) === table.name,
  );
  if (layer === undefined) throw refused(shown, `table ${table.name} is missing`);
  return layer;
}
