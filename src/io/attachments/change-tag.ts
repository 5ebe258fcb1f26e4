// Changing what a tag means when others may do so at the same moment. Registries have no transactions: few give an ETag, and of
// those not all heed If-Match. So the change is conditional where it can be, and otherwise looked at again after a while, in
// which everybody who had read before us has written; what was lost then is written again.
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "../../kit/error.ts";
import type { Digest } from "../../model/digest.ts";
import { getManifest, type PulledManifest } from "../registry/pull.ts";
import type { ManifestToPush } from "../registry/push.ts";
import type { RegistryClient } from "../registry/registry-client.ts";
import { refusal } from "../registry/registry-error.ts";
import type { TagChange } from "./place.ts";

const ATTEMPTS_MAX = 40;
/** The shortest and the longest time after which a write is looked at again. */
const SETTLE_MS = { min: 150, max: 5_000 } as const;
/** Registries fail in odd ways when several write the same at once: with "wrong digest", or "no such blob". */
const FAILURES_MAX = 4;
const PASSING: ReadonlySet<string> = new Set([
  "registry-unavailable",
  "registry-rate-limited",
  "registry-not-found",
]);
/** How many times longer than reading and writing took. Others need about as long as we do. */
const PATIENCE = 4;
const STEP_MS = 20;

/**
 * Changes a tag until the change is done and has stayed.
 *
 * @throws {AppError} `registry-*`, also when others never let it stay; what `change` throws.
 */
export async function changeTag(
  client: RegistryClient,
  change: TagChange,
  signal: AbortSignal,
): Promise<void> {
  const { tag, isDone, next } = change;
  const action = `change ${JSON.stringify(`${client.name}:${tag}`)}`;
  // What is read may be older than what we saw before; nothing that was seen is given up.
  const seen = new Map<Digest, PulledManifest>();
  let settleMs: number = SETTLE_MS.min;
  let hasWritten = false;
  let failures = 0;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const begun = performance.now();
    const current = await read(client, change, signal);
    if (current !== null) {
      if (isDone(current)) return;
      seen.delete(current.digest);
      seen.set(current.digest, current);
    }
    if (hasWritten) settleMs = Math.min(settleMs * 1.5, SETTLE_MS.max);
    const manifest = await next([...seen.values()]);
    const written = write(client, { tag, manifest, current }, { action, signal });
    hasWritten = await written.catch((error: unknown) => {
      failures += 1;
      if (failures > FAILURES_MAX || !mayPass(error)) throw error;
      return false;
    });
    const tookMs = performance.now() - begun;
    const waitMs = hasWritten ? Math.max(settleMs, tookMs * PATIENCE) : STEP_MS * (1 + attempt);
    // Spread, so that those who met once do not meet again.
    await sleep(waitMs * (0.75 + Math.random()), undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
  }
  throw new AppError(
    "registry-unavailable",
    `cannot ${action}: others change it all the time, and the change did not stay`,
    { subject: client.name, hint: "try again" },
  );
}

function mayPass(error: unknown): boolean {
  return error instanceof AppError && PASSING.has(error.code);
}

async function read(
  client: RegistryClient,
  { tag, isNothing }: TagChange,
  signal: AbortSignal,
): Promise<PulledManifest | null> {
  try {
    const headers = { "cache-control": "no-cache" };
    const current = await getManifest(client, tag, signal, headers);
    return current.digest === isNothing ? null : current;
  } catch (error) {
    if (error instanceof AppError && error.code === "registry-not-found") return null;
    throw error;
  }
}

interface Write {
  readonly tag: string;
  readonly manifest: ManifestToPush;
  readonly current: PulledManifest | null;
}

/** Answers of registries at which somebody else was faster. */
const RACED: ReadonlySet<number> = new Set([409, 412]);

/** @returns false when somebody else was faster. */
async function write(
  client: RegistryClient,
  { tag, manifest, current }: Write,
  { action, signal }: { readonly action: string; readonly signal: AbortSignal },
): Promise<boolean> {
  const etag = current?.etag ?? null;
  const response = await client.send({
    method: "PUT",
    path: `manifests/${tag}`,
    headers: {
      "content-type": manifest.mediaType,
      ...(etag === null ? {} : { "if-match": etag }),
    },
    body: manifest.bytes,
    mayRepeat: true,
    action,
    signal,
  });
  if (RACED.has(response.status)) {
    response.close();
    return false;
  }
  if (!response.isOk) throw await refusal(response, action);
  response.close();
  return true;
}
