// How much the cache may hold, and what leaves it first: what has gone unused for longest.
import { readdir, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { inParallel } from "./in-parallel.ts";
import { writeWhole } from "./write-whole.ts";

/** Facts of a layer take a few hundred kilobytes, so this is thousands of layers. */
export const CACHE_BYTES_MAX = 2e9;

/** Nothing else in the folder is ever looked at, so that a folder given by mistake loses nothing. */
const FOLDERS = ["layers", "inventories"] as const;
/** Written when the cache was last looked over. */
const STAMP = "upkeep/looked-over";
const DAY_MS = 86_400_000;
/** Less is kept than may be, so that not every day begins with clearing out. */
const KEPT_SHARE = 0.8;
const AT_ONCE = 16;

/** What lies in a cache. */
export interface CacheUse {
  readonly entries: number;
  readonly sizeBytes: number;
}

interface Entry {
  readonly path: string;
  readonly sizeBytes: number;
  /** When it was written or, to the day, last read. */
  readonly usedAtMs: number;
}

/** Looks through the cache in a folder; one that is not there holds nothing. */
export async function cacheUse(folder: string): Promise<CacheUse> {
  const entries = await entriesOf(folder);
  return { entries: entries.length, sizeBytes: sum(entries) };
}

/** Whether an entry's time of use must be set anew: to the day is exact enough, and costs a write a day at most. */
export function isUseOld(modifiedAtMs: number): boolean {
  return Date.now() - modifiedAtMs > DAY_MS;
}

/** Remembers that an entry was used; where that is not possible, it may leave the cache early. */
export async function noteUse(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
}

/**
 * Takes out of a cache what has gone unused for longest, and what writers that were killed left, until it is well below its
 * bound. Looks at most once a day.
 *
 * Safe beside other processes: one that wants an entry which is gone makes it anew. Never fails: what cannot be removed stays.
 */
export async function keepBounded(folder: string, bytesMax: number): Promise<void> {
  const stamp = join(folder, STAMP);
  const looked = await stat(stamp).catch(() => null);
  if (looked !== null && !isUseOld(looked.mtimeMs)) return;
  try {
    // Before the work, so that no other process begins the same.
    await writeWhole(stamp, "");
  } catch {
    return;
  }
  const entries = await entriesOf(folder);
  const isLeftOver = ({ path, usedAtMs }: Entry): boolean =>
    path.endsWith(".part") && isUseOld(usedAtMs);
  const gone = entries.filter(isLeftOver);
  const kept = entries.filter((entry) => !isLeftOver(entry));
  let left = sum(kept);
  if (left > bytesMax) {
    kept.sort((a, b) => a.usedAtMs - b.usedAtMs);
    for (const entry of kept) {
      if (left <= bytesMax * KEPT_SHARE) break;
      gone.push(entry);
      left -= entry.sizeBytes;
    }
  }
  await inParallel(gone, AT_ONCE, ({ path }) => rm(path, { force: true }).catch(() => undefined));
}

async function entriesOf(folder: string): Promise<Entry[]> {
  const found: Entry[] = [];
  for (const name of FOLDERS) {
    const names = await readdir(join(folder, name)).catch(() => []);
    const paths = names.map((entry) => join(folder, name, entry));
    const facts = await inParallel(paths, AT_ONCE, (path) => stat(path).catch(() => null));
    for (const [i, path] of paths.entries()) {
      const fact = facts[i] ?? null;
      if (fact?.isFile() !== true) continue;
      found.push({ path, sizeBytes: fact.size, usedAtMs: fact.mtimeMs });
    }
  }
  return found;
}

function sum(entries: readonly Entry[]): number {
  return entries.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
}
