import { naturalOrder } from "../kit/natural-order.ts";
import type { Finding, FindingFix, RuleFinding, VulnerabilityFinding } from "./finding.ts";
import type { PackageType } from "./package.ts";
import { compareSeverity, SEVERITIES, type Severity } from "./severity.ts";

/** One flaw as people count it: the same vulnerability in several packages or places is one. */
export interface Flaw {
  readonly id: string;
  readonly severity: Severity;
  readonly score: number;
  /** Highest priority first; never empty. */
  readonly findings: readonly VulnerabilityFinding[];
}

/** What one upgrade closes. */
export interface FixGroup {
  readonly type: PackageType;
  /** What to upgrade: a system's source package, a language package. */
  readonly upgrade: string;
  /** The version that is installed; several are joined by commas. */
  readonly from: string;
  /** The lowest version that closes all of them, in the order of its ecosystem as far as the matcher could tell. */
  readonly to: string;
  /** Highest priority first; never empty. */
  readonly flaws: readonly Flaw[];
  readonly knownExploited: number;
  /** The highest priority among its flaws. */
  readonly score: number;
}

/** Findings in the order in which people act on them. */
export interface FindingGroups {
  /** Highest priority first. */
  readonly fixes: readonly FixGroup[];
  /** What no upgrade closes. */
  readonly unfixed: readonly Flaw[];
  /** What other tools found in code, and checks in configuration. */
  readonly code: readonly RuleFinding[];
}

/** How many flaws of each severity there are, and how many of all are known to be exploited. */
export interface FlawCounts {
  readonly bySeverity: Readonly<Record<Severity, number>>;
  readonly knownExploited: number;
  readonly total: number;
}

/** Packages of a system are upgraded together, whatever their versions; each language package where it lies. */
const SYSTEM: readonly PackageType[] = ["deb", "apk", "rpm"];

/** Groups findings by the upgrade that closes them. */
export function groupByFix(findings: readonly Finding[]): FindingGroups {
  const fixable = new Map<string, VulnerabilityFinding[]>();
  const unfixed: VulnerabilityFinding[] = [];
  const code: RuleFinding[] = [];
  for (const finding of findings) {
    if (finding.kind !== "vulnerability") code.push(finding);
    else if (finding.fix.state !== "available" || finding.fix.version === null)
      unfixed.push(finding);
    else collect(fixable, fixKey(finding), finding);
  }
  const fixes = [...fixable.values()].map(toGroup).filter((g) => g !== null);
  fixes.sort(
    (a, b) =>
      b.score - a.score || b.flaws.length - a.flaws.length || (a.upgrade < b.upgrade ? -1 : 1),
  );
  return {
    fixes,
    unfixed: toFlaws(unfixed),
    code: code.toSorted((a, b) => b.priority.score - a.priority.score),
  };
}

/** What a finding says to upgrade. */
export function upgradeOf(finding: VulnerabilityFinding): string {
  return finding.fix.upgrade ?? finding.package.name;
}

function fixKey(finding: VulnerabilityFinding): string {
  const { type, version } = finding.package;
  return [type, upgradeOf(finding), SYSTEM.includes(type) ? "" : version].join("\n");
}

function collect<T>(into: Map<string, T[]>, key: string, value: T): void {
  const there = into.get(key);
  if (there === undefined) into.set(key, [value]);
  else there.push(value);
}

function toGroup(findings: readonly VulnerabilityFinding[]): FixGroup | null {
  const [first] = findings;
  if (first === undefined) return null;
  const flaws = toFlaws(findings);
  const highest = findings.reduce((best, f) => (isHigher(f.fix, best.fix) ? f : best));
  return {
    type: first.package.type,
    upgrade: upgradeOf(first),
    from: [...new Set(findings.map((f) => f.package.version))].sort(naturalOrder).join(", "),
    to: highest.fix.version ?? "",
    flaws,
    knownExploited: flaws.filter(isKnownExploited).length,
    score: flaws[0]?.score ?? 0,
  };
}

function isHigher(a: FindingFix, b: FindingFix): boolean {
  if (a.rank !== undefined && b.rank !== undefined) return a.rank > b.rank;
  return naturalOrder(a.version ?? "", b.version ?? "") > 0;
}

/** Joins findings of one vulnerability. Highest priority first, then by severity and id. */
export function toFlaws(findings: readonly VulnerabilityFinding[]): Flaw[] {
  return joined(findings).sort(
    (a, b) =>
      b.score - a.score || compareSeverity(a.severity, b.severity) || naturalOrder(b.id, a.id),
  );
}

/** In the order in which they come. */
function joined(findings: readonly VulnerabilityFinding[]): Flaw[] {
  const byId = new Map<string, VulnerabilityFinding[]>();
  for (const finding of findings) collect(byId, finding.vulnerability.id, finding);
  return [...byId].map(([id, found]) => {
    const sorted = found.toSorted((a, b) => b.priority.score - a.priority.score);
    const severities = sorted.map((f) => f.severity).sort(compareSeverity);
    return {
      id,
      severity: severities[0] ?? "unknown",
      score: sorted[0]?.priority.score ?? 0,
      findings: sorted,
    };
  });
}

export function isKnownExploited(flaw: Flaw): boolean {
  return flaw.findings.some((f) => f.vulnerability.knownExploited !== null);
}

/** Counts flaws, and findings of other tools one by one. */
export function countFlaws(findings: readonly Finding[]): FlawCounts {
  const bySeverity: Record<Severity, number> = {
    critical: 0,
    high: 0,
    medium: 0,
    low: 0,
    negligible: 0,
    unknown: 0,
  };
  const flaws = joined(findings.filter((f) => f.kind === "vulnerability"));
  const code = findings.filter((f) => f.kind !== "vulnerability");
  for (const { severity } of [...flaws, ...code]) bySeverity[severity] += 1;
  return {
    bySeverity,
    knownExploited: flaws.filter(isKnownExploited).length,
    total: SEVERITIES.reduce((sum, s) => sum + bySeverity[s], 0),
  };
}
