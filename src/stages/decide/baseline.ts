// What an earlier scan had found, and what of a new scan is that again.
import type { Finding } from "../../model/finding.ts";
import type { ScanResult } from "../../model/scan.ts";

/** The versions in which an earlier scan had a finding, by the finding's id, which names none. */
export type Baseline = ReadonlyMap<string, ReadonlySet<string>>;

/** What results had found, with what they knew from baselines of their own: else every second build would speak of it again. */
export function baselineOf(
  results: readonly Pick<ScanResult, "findings" | "suppressed">[],
): Baseline {
  return versionsById(
    results.flatMap(({ findings, suppressed }) => [
      ...findings,
      ...suppressed.filter(({ by }) => by === "baseline").map((s) => s.finding),
    ]),
  );
}

/**
 * The findings that are not new: those of a version that the baseline has, and those of another version where there are not
 * more versions than before, because an upgrade that stays affected is nothing new. A second copy of a package is.
 */
export function knownBefore(
  baseline: Baseline,
  findings: readonly Finding[],
): ReadonlySet<Finding> {
  const now = versionsById(findings);
  const isKnown = (finding: Finding): boolean => {
    const before = baseline.get(finding.id);
    if (before === undefined) return false;
    return before.has(versionOf(finding)) || (now.get(finding.id)?.size ?? 0) <= before.size;
  };
  return new Set(findings.filter(isKnown));
}

function versionsById(findings: readonly Finding[]): Map<string, Set<string>> {
  const versions = new Map<string, Set<string>>();
  for (const finding of findings) {
    const known = versions.get(finding.id);
    if (known === undefined) versions.set(finding.id, new Set([versionOf(finding)]));
    else known.add(versionOf(finding));
  }
  return versions;
}

/** Findings of other tools have none. */
function versionOf(finding: Finding): string {
  return finding.kind === "vulnerability" ? finding.package.version : "";
}
