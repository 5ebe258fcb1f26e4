// `bulwark top`: the fixes to do next, over everything that was scanned here.
import { dataFolder } from "../io/folders.ts";
import { openRecord } from "../io/record.ts";
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
