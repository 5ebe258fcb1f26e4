// `bulwark top`: the fixes to do next, over everything that was scanned here.
import { resolve } from "node:path";
import { dataFolder } from "../io/folders.ts";
import { openRecord } from "../io/record.ts";
import { AppError } from "../kit/error.ts";
import { nearest } from "../kit/nearest.ts";
import { firstOf } from "../kit/phrase.ts";
import { artifactName } from "../model/answer.ts";
import type { ArtifactSummary } from "../model/artifact.ts";
import { newest, type TopFix, topFixes } from "../model/top-fixes.ts";
import type { Surroundings } from "./surroundings.ts";

export interface Top {
  readonly fixes: readonly TopFix[];
  /** Artifacts that were looked over. */
  readonly artifacts: number;
  /** Those whose result is incomplete: there may be more than is listed. */
  readonly incomplete: number;
  /** RFC 3339: the oldest result among them; null when there is none. */
  readonly oldest: string | null;
}

/** Reads the record; an empty one gives an empty answer. */
export async function topOf(max: number, { env }: Surroundings): Promise<Top> {
  const results = await openRecord(dataFolder(env)).scans();
  const current = newest(results);
  return {
    fixes: topFixes(results, max),
    artifacts: current.length,
    incomplete: current.filter((r) => r.data.kind !== "full" || r.verdict.outcome === "undecided")
      .length,
    oldest: current.map((r) => r.scannedAt).sort()[0] ?? null,
  };
}

/**
 * Drops every kept result of artifacts that are no more.
 *
 * @param names As `bulwark top` shows them, or as they were scanned.
 * @returns How many results were dropped.
 * @throws {AppError} `not-found` for a name under which nothing is kept; then nothing is dropped. `output-unwritable`.
 */
export async function forget(names: readonly string[], { env }: Surroundings): Promise<number> {
  const record = openRecord(dataFolder(env));
  const results = await record.scans();
  const found = names.flatMap((name) => {
    const named = results.filter(({ artifact }) => goesBy(artifact, name));
    if (named.length > 0) return named;
    const known = [...new Set(results.map(({ artifact }) => artifactName(artifact)))];
    throw new AppError(
      "not-found",
      `cannot forget ${JSON.stringify(name)}: it was not scanned here`,
      {
        hint: hintOf(name, known),
        subject: name,
      },
    );
  });
  const distinct = new Set(found);
  for (const result of distinct) await record.forgetScan(result);
  return distinct.size;
}

/** Results of what lies on this machine are kept under its whole path. */
function goesBy(artifact: ArtifactSummary, name: string): boolean {
  const { target, reference } = artifact;
  const names = [artifactName(artifact), target, reference];
  return names.includes(name) || (reference === null && target === resolve(name));
}

function hintOf(name: string, known: readonly string[]): string {
  if (known.length === 0) return "nothing was scanned here yet";
  const near = nearest(name, known);
  return near === null ? `kept are results of ${firstOf(known, 5)}` : `did you mean ${near}?`;
}
