import type { VulnerabilityFinding } from "../../model/finding.ts";
import type { Scheme } from "./contract.ts";
import { schemeIdOf } from "./place.ts";

/**
 * Says of fixes that one upgrade offers which is the higher one, in the order of their ecosystem: whoever groups findings later
 * knows no schemes. Where there is one version only, or some cannot be compared, nothing is said.
 */
export function withFixOrder(
  findings: readonly VulnerabilityFinding[],
  schemes: ReadonlyMap<string, Scheme>,
): readonly VulnerabilityFinding[] {
  const versions = new Map<string, Set<string>>();
  for (const finding of findings) {
    const { version } = finding.fix;
    if (version === null) continue;
    const known = versions.get(upgradeKey(finding));
    if (known === undefined) versions.set(upgradeKey(finding), new Set([version]));
    else known.add(version);
  }
  const ranks = new Map<string, ReadonlyMap<string, number>>();
  for (const [key, fixes] of versions) {
    const scheme = schemes.get(schemeIdOf(key.split("\n", 1)[0] ?? "") ?? "");
    if (fixes.size > 1 && scheme !== undefined) ranks.set(key, ranked([...fixes], scheme));
  }
  if (ranks.size === 0) return findings;
  return findings.map((finding) => {
    const rank = ranks.get(upgradeKey(finding))?.get(finding.fix.version ?? "");
    return rank === undefined ? finding : { ...finding, fix: { ...finding.fix, rank } };
  });
}

/** The base of the ecosystem, because parts of a distribution (`Ubuntu:22.04`, `Ubuntu:22.04:LTS`) fix one package. */
function upgradeKey({ match, fix, package: found }: VulnerabilityFinding): string {
  return [match.ecosystem.split(":", 1)[0], found.type, fix.upgrade ?? found.name].join("\n");
}

/** Equal versions that are written differently have one rank. Empty when two of them cannot be compared. */
function ranked(versions: readonly string[], { compare }: Scheme): ReadonlyMap<string, number> {
  const [first = ""] = versions;
  if (versions.some((version) => compare(version, first) === null)) return new Map();
  const sorted = versions.toSorted((a, b) => compare(a, b) ?? 0);
  const ranks = new Map<string, number>();
  let rank = 0;
  sorted.forEach((version, i) => {
    if (i > 0 && compare(sorted[i - 1] ?? "", version) !== 0) rank += 1;
    ranks.set(version, rank);
  });
  return ranks;
}
