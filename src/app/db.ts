// The use cases around the advisory store: build, update, publish, carry, look.
import { join } from "node:path";
import { CACHE_BYTES_MAX, type CacheUse, cacheUse } from "../io/cache-bounds.ts";
import type { BuildResult, FeedProblem } from "../io/feeds/build-store.ts";
import { cacheFolder } from "../io/folders.ts";
import { type ExportFacts, exportStore } from "../io/store/export-store.ts";
import { importStore } from "../io/store/import-store.ts";
import type { StoreManifest } from "../io/store/manifest.ts";
import { dataOf, defaultStoreFolder, openStore, readManifest } from "../io/store/open.ts";
import type { Publication, PullResult } from "../io/store/registry-store.ts";
import { AppError } from "../kit/error.ts";
import type { AdvisoryData } from "../model/advisory.ts";
import { parseReference } from "../model/reference.ts";
import type { Surroundings } from "./surroundings.ts";

/** Older data is used with a warning. */
export const OLD_HOURS = 48;

/** The store that is meant: the one named, else `BULWARK_DB`, else the user's. */
export function storeFolder(named: string | null, { env }: Surroundings): string {
  return named ?? defaultStoreFolder(env);
}

/**
 * Builds the store from publishers' files.
 *
 * @param order `fetchedAt`: when the files were fetched, if just now; otherwise their own dates say how old they are.
 * @throws {AppError} As `buildStore`.
 */
export async function buildDatabase(
  order: { readonly from: readonly string[]; readonly folder: string; readonly fetchedAt?: string },
  surroundings: Surroundings,
): Promise<BuildResult> {
  const [{ buildStore }, { schemes }, { schemeIdOf }] = await Promise.all([
    import("../io/feeds/build-store.ts"),
    import("../plugins/schemes/index.ts"),
    import("../stages/match/place.ts"),
  ]);
  const byId = new Map(schemes.map((scheme) => [scheme.id, scheme]));
  return buildStore({
    ...order,
    now: new Date(),
    signal: surroundings.signal,
    orderOf: (ecosystem) => {
      const scheme = byId.get(schemeIdOf(ecosystem) ?? "");
      return scheme === undefined ? null : (a, b) => scheme.compare(a, b);
    },
    onProgress: ({ step, what, share }) =>
      surroundings.progress(`${step} advisory data: ${Math.floor(share * 100)} %  ${what}`),
  });
}

/** What is in a store, and how old it is. */
export interface DatabaseStatus {
  readonly folder: string;
  readonly manifest: StoreManifest;
  readonly data: AdvisoryData;
  readonly isOld: boolean;
  readonly cache: CacheStatus;
}

/** What scans keep of layers, so that they need not be read again. */
export interface CacheStatus extends CacheUse {
  readonly folder: string;
  readonly sizeBytesMax: number;
}

/** @throws {AppError} `store-missing`, `store-invalid` */
export async function databaseStatus(
  folder: string,
  { env }: Surroundings,
): Promise<DatabaseStatus> {
  const now = new Date();
  const store = await openStore(folder, now);
  store.close();
  const data = dataOf(store.manifest, now);
  const layers = cacheFolder(env);
  const cache = { folder: layers, sizeBytesMax: CACHE_BYTES_MAX, ...(await cacheUse(layers)) };
  return { folder, manifest: store.manifest, data, isOld: (data.ageHours ?? 0) > OLD_HOURS, cache };
}

/** Writes the store to one file. @throws {AppError} As `exportStore`. */
export async function exportDatabase(
  folder: string,
  file: string,
  { signal }: Surroundings,
): Promise<ExportFacts> {
  return exportStore(folder, file, signal);
}

/** Makes the store in a file the one in use. @throws {AppError} As `importStore`. */
export async function importDatabase(
  file: string,
  folder: string,
  { signal }: Surroundings,
): Promise<StoreManifest> {
  return importStore(file, folder, signal);
}

/** What `db update` without a reference is told. */
export interface FetchRequest {
  readonly folder: string;
  readonly offline: boolean;
  /** `ID=ADDRESS`, as the user writes it. */
  readonly sources: readonly string[];
  /** Ids of publishers; empty for the usual ones. */
  readonly only: readonly string[];
}

/** What came of it. */
export interface FetchResult {
  readonly manifest: StoreManifest;
  readonly problems: readonly FeedProblem[];
  readonly problemCount: number;
  /** Files that changed since the last time. */
  readonly changed: number;
}

/**
 * Fetches publishers' files, those that changed, and builds the store of them.
 *
 * @throws {AppError} `usage` (unknown publisher), `offline`, `fetch-failed` (nobody answered), and as `buildStore`.
 */
export async function updateFromPublishers(
  request: FetchRequest,
  surroundings: Surroundings,
): Promise<FetchResult> {
  const [{ HttpClient }, { fetchFeeds }, { publishers }] = await Promise.all([
    import("../io/http/client.ts"),
    import("../io/feeds/fetch-feeds.ts"),
    import("../io/feeds/publishers.data.ts"),
  ]);
  const { chosenPublishers } = await import("./db-publishers.ts");
  const client = new HttpClient({ env: surroundings.env, offline: request.offline });
  const fetchedAt = new Date().toISOString();
  const fetched = await fetchFeeds({
    publishers: chosenPublishers(publishers, request),
    folder: join(request.folder, "downloads"),
    client,
    signal: surroundings.signal,
    onProgress: (title, done, total) =>
      surroundings.progress(`fetching advisory data: ${done} of ${total}  ${title}`),
  });
  if (fetched.files.length === 0) {
    const [first] = fetched.problems;
    throw new AppError(
      "fetch-failed",
      first?.detail ?? "cannot fetch advisory data: nobody answered",
      {
        hint: "look at the network or proxy, or name a store in a registry: bulwark db update REFERENCE",
      },
    );
  }
  const from = fetched.files;
  // What could not be fetched may be old: then the data's own dates count.
  const current = fetched.problems.length === 0 ? { fetchedAt } : {};
  const built = await buildDatabase({ from, folder: request.folder, ...current }, surroundings);
  return {
    manifest: built.manifest,
    problems: [...fetched.problems, ...built.problems],
    problemCount: fetched.problems.length + built.problemCount,
    changed: fetched.changed,
  };
}

/** What `db update REFERENCE` is told. */
export interface PullRequest {
  readonly folder: string;
  readonly reference: string;
  readonly ecosystems: readonly string[];
  /** File with the public key; null where `allowUnsigned` is. */
  readonly trust: string | null;
  readonly allowUnsigned: boolean;
  readonly offline: boolean;
}

/**
 * Fetches a published store.
 *
 * @throws {AppError} `usage` when neither a key is given nor unsigned stores are allowed, and as `pullStore`.
 */
export async function updateFromRegistry(
  request: PullRequest,
  surroundings: Surroundings,
): Promise<PullResult> {
  if (request.trust === null && !request.allowUnsigned)
    throw new AppError(
      "usage",
      "cannot update from a registry: nothing says whose store to trust",
      {
        hint: "give --trust PUBLIC_KEY, or --allow-unsigned to take any",
      },
    );
  const reference = parseReference(request.reference);
  const trust = request.trust === null ? null : await keyText(request.trust);
  const { pullStore } = await import("../io/store/registry-store.ts");
  return pullStore(
    request.folder,
    { reference, ecosystems: request.ecosystems, trust },
    {
      env: surroundings.env,
      offline: request.offline,
      signal: surroundings.signal,
      onProgress: (what) => surroundings.progress(`fetching advisory store: ${what}`),
    },
  );
}

/**
 * Publishes the store.
 *
 * @param order `key`: file with the private key; null leaves it unsigned.
 * @throws {AppError} As `publishStore`.
 */
export async function publishDatabase(
  order: { readonly folder: string; readonly reference: string; readonly key: string | null },
  surroundings: Surroundings,
): Promise<Publication> {
  const reference = parseReference(order.reference);
  if (reference.digest !== null)
    throw new AppError("usage", "cannot publish under a digest: it is not known before", {
      hint: "name a tag, as in registry.example/bulwark-db:latest",
    });
  // Before anything is sent: a damaged store must not travel.
  readManifest(order.folder);
  const key = order.key === null ? null : await keyText(order.key);
  const { publishStore } = await import("../io/store/registry-store.ts");
  return publishStore(
    order.folder,
    { reference, key },
    {
      env: surroundings.env,
      signal: surroundings.signal,
      onProgress: (what) => surroundings.progress(`publishing advisory store: ${what}`),
    },
  );
}

async function keyText(path: string): Promise<string> {
  const { readKeyFile } = await import("../io/store/key-file.ts");
  return readKeyFile(path);
}
