// One description of a flaw out of all that publishers say about it.

import { severityFromScore } from "../../formats/cvss.ts";
import type { Description } from "../../formats/feeds/sink.ts";
import type { CvssScore, Epss, KnownExploited, Vulnerability } from "../../model/advisory.ts";
import type { Severity } from "../../model/severity.ts";

const CVSS_MAX = 6;
const REFERENCES_MAX = 12;

/** What is known of a flaw beside its descriptions. */
export interface FlawFacts {
  readonly epss: Epss | null;
  readonly known: KnownExploited | null;
  /** A title, for a flaw that nobody describes. */
  readonly title: string;
}

/**
 * Merges descriptions: texts and severity from the one that is worth most, lists joined, dates the earliest and the latest.
 *
 * @param descriptions At least one, or facts that are not null.
 */
export function mergeDescriptions(
  id: string,
  descriptions: readonly Description[],
  facts: FlawFacts,
): Vulnerability {
  const best = [...descriptions].sort((a, b) => a.rank - b.rank);
  // A distribution's record of the flaw, and an update that closes it, are no other names of the flaw.
  const names = new Set(best.flatMap((d) => (d.rank === 0 ? [d.id, ...d.aliases] : d.aliases)));
  names.delete(id);
  return {
    id,
    aliases: [...names].sort(),
    summary: best.find((d) => d.summary !== "")?.summary ?? facts.title,
    severity: severityOf(best),
    cvss: cvssOf(best),
    epss: facts.epss,
    knownExploited: facts.known,
    publishedAt: earliest(best.map((d) => d.publishedAt)),
    modifiedAt: latest(best.map((d) => d.modifiedAt)),
    references: [...new Set(best.flatMap((d) => d.references))].slice(0, REFERENCES_MAX),
  };
}

/** A word counts before a score of the same record; a score in CVSS's newest version counts before older ones. */
function severityOf(best: readonly Description[]): Severity {
  for (const { severity, cvss } of best) {
    if (severity !== null) return severity;
    const [score] = [...cvss].sort(newestFirst);
    if (score !== undefined) return severityFromScore(score.score);
  }
  return "unknown";
}

function newestFirst(a: CvssScore, b: CvssScore): number {
  return a.version === b.version ? 0 : a.version < b.version ? 1 : -1;
}

function cvssOf(best: readonly Description[]): CvssScore[] {
  const scores = new Map<string, CvssScore>();
  for (const { cvss } of best)
    for (const score of cvss) if (!scores.has(score.vector)) scores.set(score.vector, score);
  return [...scores.values()].slice(0, CVSS_MAX).sort(newestFirst);
}

function earliest(moments: readonly (string | null)[]): string | null {
  return moments.reduce((a, b) => (a === null || (b !== null && b < a) ? b : a), null);
}

function latest(moments: readonly (string | null)[]): string | null {
  return moments.reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null);
}
