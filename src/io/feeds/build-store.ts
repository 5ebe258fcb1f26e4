// `db build`: from publishers' files to a store in use.
import { recognise } from "../../formats/feeds/recognise.ts";
import type { OrderOf } from "../../formats/feeds/sink.ts";
import { AppError } from "../../kit/error.ts";
import { beginGeneration, type Generation, storeWriteError } from "../store/generation.ts";
import type { SourceEntry, StoreManifest, TableEntry } from "../store/manifest.ts";
import { breathe } from "./breathe.ts";
import { type GatheredBase, Gathering } from "./gathering.ts";
import { listFiles, readFile } from "./read-paths.ts";
import { EXPLOITED_TABLE, exploitedBase, writeBase } from "./write-store.ts";

/** Something that was named and could not be used. */
export interface FeedProblem {
  readonly path: string;
  readonly detail: string;
}

/** What a build is told. */
export interface BuildOrder {
  /** Files and folders with publishers' data. */
  readonly from: readonly string[];
  readonly folder: string;
  readonly orderOf: OrderOf;
  readonly now: Date;
  /** When the data was fetched, if it was just now; otherwise its own dates say how old it is. */
  readonly fetchedAt?: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: BuildProgress) => void;
}

export interface BuildProgress {
  readonly step: "reading" | "writing";
  /** The file or ecosystem in work. */
  readonly what: string;
  /** From 0 to 1. */
  readonly share: number;
}

export interface BuildResult {
  readonly manifest: StoreManifest;
  readonly problems: readonly FeedProblem[];
  /** How many there were; the list holds the first of them. */
  readonly problemCount: number;
}

const PROBLEMS_KEPT = 1_000;

/**
 * Reads everything that is named and makes it the store.
 *
 * @throws {AppError} `not-found`, `unreadable` (what was named), `feed-invalid` (nothing of use in it), `disk-full`,
 *   `output-unwritable`; the signal's reason. The old store is in use until the new one is whole.
 */
export async function buildStore(order: BuildOrder): Promise<BuildResult> {
  const problems: FeedProblem[] = [];
  let problemCount = 0;
  const complain = (path: string, detail: string): void => {
    problemCount += 1;
    if (problems.length < PROBLEMS_KEPT) problems.push({ path, detail });
  };
  const gathering = new Gathering(complain, order.now);
  await readAll(order, gathering, complain);
  if (gathering.bases.size === 0 && gathering.known.size === 0 && gathering.scores.size === 0)
    throw nothingFound(order, problems);
  gathering.resolve();
  const generation = beginGeneration(order.folder);
  try {
    const tables = await writeTables(order, gathering, generation);
    const manifest = generation.publish({
      builtAt: order.now.toISOString(),
      currentAt: order.fetchedAt ?? currentAt(gathering, order.now),
      sources: sourcesOf(gathering),
      tables,
    });
    return { manifest, problems, problemCount };
  } catch (error) {
    generation.abandon();
    throw storeWriteError(order.folder, error);
  }
}

function nothingFound(order: BuildOrder, problems: readonly FeedProblem[]): AppError {
  const [first] = problems;
  const example =
    first === undefined ? "" : `, for example ${JSON.stringify(first.path)}: ${first.detail}`;
  const named = order.from.map((path) => JSON.stringify(path)).join(", ");
  return new AppError(
    "feed-invalid",
    `cannot build from ${named}: no advisory data in it${example}`,
    {
      hint: "name OSV archives, Alpine secdb, Debian tracker, Ubuntu CVE tracker, KEV or EPSS files",
    },
  );
}

async function readAll(
  order: BuildOrder,
  gathering: Gathering,
  problem: (path: string, detail: string) => void,
): Promise<void> {
  const files = listFiles(order.from, { problem });
  const total = files.reduce((sum, file) => sum + file.sizeBytes, 0) || 1;
  const breath = breathe(order.signal);
  let before = 0;
  let inside = 0;
  const sink = {
    document: (path: string, bytes: Uint8Array): void => {
      const found = recognise(bytes, order.orderOf);
      if (found.kind === null) {
        problem(path, found.reason);
        return;
      }
      gathering.begin(found.kind, path);
      found.read(gathering);
    },
    problem,
    progress: (what: string, bytes: number): void => {
      inside += bytes;
      order.onProgress({ step: "reading", what, share: Math.min(1, (before + inside) / total) });
    },
    breathe: breath,
  };
  for (const file of files) {
    inside = 0;
    sink.progress(file.path, 0);
    await readFile(file, sink);
    before += file.sizeBytes;
    await breath();
  }
  order.signal.throwIfAborted();
}

async function writeTables(
  order: BuildOrder,
  gathering: Gathering,
  generation: Generation,
): Promise<TableEntry[]> {
  const bases: (readonly [string, GatheredBase])[] = [...gathering.bases];
  const exploited = exploitedBase(gathering);
  if (exploited.names.size > 0 || bases.length === 0) bases.push([EXPLOITED_TABLE, exploited]);
  bases.sort(([a], [b]) => (a < b ? -1 : 1));
  const tables: TableEntry[] = [];
  for (const [number, [name, base]] of bases.entries()) {
    order.onProgress({ step: "writing", what: name, share: number / bases.length });
    const { file, writer } = generation.begin(name);
    let isFinished = false;
    try {
      const counts = await writeBase(base, gathering, { writer, signal: order.signal });
      tables.push({ name, file, ...writer.finish(), ...counts });
      isFinished = true;
    } finally {
      if (!isFinished) writer.abandon();
    }
  }
  order.signal.throwIfAborted();
  return tables;
}

/** The newest date that any publisher's data states; that of the build when none states one. */
function currentAt(gathering: Gathering, now: Date): string {
  let newest = Number.NEGATIVE_INFINITY;
  for (const { currentAt } of gathering.sources.values()) {
    const moment = currentAt === null ? Number.NaN : Date.parse(currentAt);
    if (moment > newest) newest = moment;
  }
  return new Date(Number.isFinite(newest) ? Math.min(newest, now.getTime()) : now).toISOString();
}

function sourcesOf(gathering: Gathering): SourceEntry[] {
  return [...gathering.sources]
    .map(([name, source]) => ({ name, ...source }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
