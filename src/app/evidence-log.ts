// The use cases around the evidence log: verify, export, show.
import { evidenceCsvHead, evidenceCsvRow } from "../formats/evidence-csv.ts";
import type { CheckedEntry } from "../io/evidence/chain-check.ts";
import { lastEntries } from "../io/evidence/last.ts";
import { keyIdOf } from "../io/evidence/log-key.ts";
import { segmentsIn } from "../io/evidence/segments.ts";
import { EvidenceWalk } from "../io/evidence/walk.ts";
import { evidenceFolder } from "../io/folders.ts";
import { openError } from "../io/open-error.ts";
import { AppError } from "../kit/error.ts";
import type { EvidenceCheck } from "../model/evidence-check.ts";
import type { EvidenceEntry } from "../model/evidence-entry.ts";
import type { Surroundings } from "./surroundings.ts";

/** Which part of which log, and what it must be signed by. Texts are as the user writes them. */
export interface EvidenceScope {
  /** Null for `BULWARK_EVIDENCE` or the user's folder. */
  readonly folder: string | null;
  /** A date (the whole day, UTC) or a time with zone; inclusive. */
  readonly from: string | null;
  readonly to: string | null;
  /** Files with the keys that may sign; none: those that the log itself names. */
  readonly keys: readonly string[];
  /** The hash of an entry that must be there. */
  readonly head: string | null;
}

/**
 * Checks a log from the beginning to the end, or the files of it that hold a span of time.
 *
 * @throws {AppError} `usage`, `not-found` when there is no log, `unreadable`.
 */
export async function verifyEvidence(
  scope: EvidenceScope,
  surroundings: Surroundings,
): Promise<EvidenceCheck & { readonly folder: string }> {
  const { walk, folder } = openWalk(scope, surroundings);
  let seen = 0;
  for await (const entries of guarded(walk.entries(), folder)) {
    seen += entries.length;
    surroundings.progress(`checking evidence: entry ${seen}`);
  }
  surroundings.progress(null);
  return { folder, ...walk.result() };
}

export type EvidenceExportFormat = "csv" | "json";

/** An export on its way: its text, and, when all of that has been taken, how the log stands. */
export interface EvidenceExport {
  readonly text: AsyncIterable<string>;
  result(): EvidenceCheck;
}

/**
 * Exports the entries of a span of time, checking the log on the way; it ends at the first broken place.
 *
 * @throws {AppError} As {@link verifyEvidence}; the text throws `unreadable`, too.
 */
export function exportEvidence(
  scope: EvidenceScope,
  format: EvidenceExportFormat,
  surroundings: Surroundings,
): EvidenceExport {
  const { walk, folder, from, to } = openWalk(scope, surroundings);
  const inSpan = ({ entry }: CheckedEntry): boolean =>
    (from === null || entry.time >= from) && (to === null || entry.time <= to);
  const batches = spanned(guarded(walk.entries(), folder), inSpan);
  const text =
    format === "csv" ? csvText(batches) : jsonText(batches, { from, to }, () => walk.result());
  return { text, result: () => walk.result() };
}

/** The last entries of a log, oldest first, unchecked. @throws {AppError} As {@link verifyEvidence}. */
export function lastEvidence(
  named: string | null,
  max: number,
  { env }: Surroundings,
): readonly EvidenceEntry[] {
  const folder = named ?? evidenceFolder(env);
  mustExist(folder);
  try {
    return lastEntries(folder, max, ({ kind }) => kind !== "segment");
  } catch (error) {
    throw openError("evidence log", folder, error);
  }
}

interface OpenWalk {
  readonly walk: EvidenceWalk;
  readonly folder: string;
  readonly from: string | null;
  readonly to: string | null;
}

function openWalk(scope: EvidenceScope, { env, signal }: Surroundings): OpenWalk {
  const folder = scope.folder ?? evidenceFolder(env);
  const from = scope.from === null ? null : timeOf("--from", scope.from, "T00:00:00.000Z");
  const to = scope.to === null ? null : timeOf("--to", scope.to, "T23:59:59.999Z");
  const keys = scope.keys.length === 0 ? null : new Set(scope.keys.map(keyIdOf));
  const head = scope.head === null ? null : hashOf(scope.head);
  if (head !== null && (from !== null || to !== null))
    throw new AppError("usage", "cannot look for --head in a part of the log", {
      hint: "leave out --from and --to: the entry may be anywhere",
    });
  mustExist(folder);
  return { walk: new EvidenceWalk({ folder, keys, head, from, to, signal }), folder, from, to };
}

function mustExist(folder: string): void {
  let isThere = false;
  try {
    isThere = segmentsIn(folder).length > 0;
  } catch (error) {
    throw openError("evidence log", folder, error);
  }
  if (!isThere)
    throw new AppError(
      "not-found",
      `cannot open evidence log ${JSON.stringify(folder)}: there is none`,
      {
        hint: "bulwark scan TARGET --fail-on high records its verdict; --evidence DIR names another log",
        subject: folder,
      },
    );
}

const DAY = /^\d{4}-\d\d-\d\d$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

function timeOf(option: string, text: string, ofDay: string): string {
  const written = DAY.test(text) ? `${text}${ofDay}` : text;
  const time = MOMENT.test(written) ? Date.parse(written) : Number.NaN;
  // JavaScript takes the 31st of February for a day of March.
  const isDay = !DAY.test(text) || new Date(time || 0).toISOString().startsWith(text);
  if (Number.isNaN(time) || !isDay)
    throw new AppError(
      "usage",
      `cannot use ${option} ${JSON.stringify(text.slice(0, 60))}: no date`,
      {
        hint: "as in 2026-11-25 or 2026-11-25T10:00:00Z",
      },
    );
  return new Date(time).toISOString();
}

function hashOf(text: string): string {
  const hash = text.toLowerCase().replace(/^sha256:/, "");
  if (/^[0-9a-f]{64}$/.test(hash)) return hash;
  throw new AppError("usage", `cannot use --head ${JSON.stringify(text.slice(0, 80))}: no hash`, {
    hint: "64 hex digits, as a pipeline's output has them behind the word head",
  });
}

async function* guarded<T>(batches: AsyncIterable<T>, folder: string): AsyncGenerator<T> {
  try {
    yield* batches;
  } catch (error) {
    throw error instanceof AppError ? error : openError("evidence log", folder, error);
  }
}

async function* spanned(
  batches: AsyncIterable<readonly CheckedEntry[]>,
  inSpan: (entry: CheckedEntry) => boolean,
): AsyncGenerator<readonly CheckedEntry[]> {
  for await (const batch of batches) yield batch.filter(inSpan);
}

async function* csvText(batches: AsyncIterable<readonly CheckedEntry[]>): AsyncGenerator<string> {
  yield evidenceCsvHead();
  for await (const batch of batches)
    yield batch.map(({ entry, hash }) => evidenceCsvRow(entry, hash)).join("");
}

async function* jsonText(
  batches: AsyncIterable<readonly CheckedEntry[]>,
  span: { readonly from: string | null; readonly to: string | null },
  result: () => EvidenceCheck,
): AsyncGenerator<string> {
  const head = JSON.stringify({ schema: "bulwark.dev/evidence-export/v1", ...span }).slice(0, -1);
  yield `${head},"entries":[`;
  let separator = "\n";
  for await (const batch of batches) {
    if (batch.length === 0) continue;
    const rows = batch.map(({ entry, hash }) => JSON.stringify({ ...entry, hash }));
    yield `${separator}${rows.join(",\n")}`;
    separator = ",\n";
  }
  // What was exported is worth as much as the log it comes from.
  yield `\n],"log":${JSON.stringify(result())}}\n`;
}
