// `bulwark explain`: everything known about one vulnerability or finding, over everything that was scanned here.
import { now } from "../io/clock.ts";
import { dataFolder } from "../io/folders.ts";
import { openRecord } from "../io/record.ts";
import type { AdvisoryData, Vulnerability } from "../model/advisory.ts";
import type { ArtifactSummary } from "../model/artifact.ts";
import type { Finding, SuppressedFinding } from "../model/finding.ts";
import { newest } from "../model/top-fixes.ts";
import { openAdvisories } from "./advisories.ts";
import type { Surroundings } from "./surroundings.ts";

/** One finding that goes by the name that was asked for. */
export interface Explained {
  readonly artifact: ArtifactSummary;
  readonly scannedAt: string;
  readonly finding: Finding;
  /** Set when it was decided not to count. */
  readonly suppressed: SuppressedFinding | null;
}

export interface Explanation {
  /** As it was asked for, in upper case where that is how such ids are written. */
  readonly id: string;
  /** What the advisory data says of it; null when it does not know it. */
  readonly vulnerability: Vulnerability | null;
  readonly data: AdvisoryData;
  /** The most urgent first. */
  readonly found: readonly Explained[];
  /** Ids of what is wrong with the package that goes by this name, the most urgent first; empty when it is no package's name. */
  readonly ofPackage: readonly string[];
  /** How many artifacts were looked over. */
  readonly artifacts: number;
}

/**
 * Looks an id up: a CVE, GHSA or advisory id, a rule of another tool, or the id of one finding.
 *
 * @throws {AppError} `store-invalid`, `store-missing` when the advisory data cannot be opened.
 */
export async function explain(
  asked: string,
  db: string | null,
  { env }: Surroundings,
): Promise<Explanation> {
  const id = /^(cve|ghsa|dsa|dla|rhsa|alsa|usn)-/i.test(asked) ? canonical(asked) : asked;
  const results = newest(await openRecord(dataFolder(env)).scans());
  const found = results.flatMap(({ artifact, scannedAt, findings, suppressed }): Explained[] => [
    ...findings.map((finding) => ({ artifact, scannedAt, finding, suppressed: null })),
    ...suppressed.map((aside) => ({
      artifact,
      scannedAt,
      finding: aside.finding,
      suppressed: aside,
    })),
  ]);
  const advisories = await openAdvisories(db, env, now());
  try {
    return {
      id,
      vulnerability: advisories.source.vulnerability(id),
      data: advisories.data,
      found: found
        .filter(({ finding }) => goesBy(finding, id))
        .sort((a, b) => b.finding.priority.score - a.finding.priority.score),
      ofPackage: idsOfPackage(asked, found),
      artifacts: results.length,
    };
  } finally {
    advisories.close();
  }
}

/** `cve-2021-44228` is CVE-2021-44228; what follows the prefix of a GHSA is lower case. */
function canonical(asked: string): string {
  return /^ghsa-/i.test(asked) ? `GHSA-${asked.slice(5).toLowerCase()}` : asked.toUpperCase();
}

/** A package is what people ask about first, and it has no explanation of its own: what is wrong with it has. */
function idsOfPackage(asked: string, found: readonly Explained[]): string[] {
  const name = asked.toLowerCase();
  const ids = new Map<string, number>();
  for (const { finding, suppressed } of found) {
    if (finding.kind !== "vulnerability" || suppressed !== null) continue;
    const { package: has, fix, vulnerability, priority } = finding;
    const names = [has.name, fix.upgrade ?? "", has.purl, `${has.name}@${has.version}`];
    if (!names.some((n) => n.toLowerCase() === name)) continue;
    ids.set(vulnerability.id, Math.max(priority.score, ids.get(vulnerability.id) ?? 0));
  }
  return [...ids].sort((a, b) => b[1] - a[1]).map(([id]) => id);
}

function goesBy(finding: Finding, id: string): boolean {
  if (finding.id === id) return true;
  if (finding.kind !== "vulnerability") return finding.rule.id === id;
  const { vulnerability, match } = finding;
  return vulnerability.id === id || vulnerability.aliases.includes(id) || match.advisory === id;
}
