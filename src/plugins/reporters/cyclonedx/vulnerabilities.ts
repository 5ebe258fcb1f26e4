import type { CvssScore, Vulnerability } from "../../../model/advisory.ts";
import type { SuppressedFinding, VulnerabilityFinding } from "../../../model/finding.ts";
import { type Flaw, toFlaws } from "../../../model/fix-group.ts";
import type { ScanResult } from "../../../model/scan.ts";
import type { Severity } from "../../../model/severity.ts";

/** Flaws that count, then those that were set aside, each with what was decided about it. */
export function vulnerabilitiesOf(result: ScanResult, prefix: string): object[] {
  const counting = result.findings.filter((f) => f.kind === "vulnerability");
  const aside = new Map<string, { entry: SuppressedFinding; findings: VulnerabilityFinding[] }>();
  for (const entry of result.suppressed) {
    if (entry.finding.kind !== "vulnerability") continue;
    const key = [entry.finding.vulnerability.id, entry.by, entry.reason, entry.owner].join("\n");
    const group = aside.get(key);
    if (group === undefined) aside.set(key, { entry, findings: [entry.finding] });
    else group.findings.push(entry.finding);
  }
  return [
    ...toFlaws(counting).map((flaw) => vulnerabilityOf(flaw, prefix, null)),
    ...[...aside.values()].flatMap(({ entry, findings }) =>
      toFlaws(findings).map((flaw) => vulnerabilityOf(flaw, prefix, analysisOf(entry))),
    ),
  ];
}

function vulnerabilityOf(flaw: Flaw, prefix: string, analysis: object | null): object {
  const [first] = flaw.findings;
  if (first === undefined) return {};
  const { vulnerability, fix } = first;
  const refs = [...new Set(flaw.findings.map((f) => `${prefix}${f.package.purl}`))];
  return {
    id: flaw.id,
    source: sourceOf(flaw.id, first.match.source),
    ...optional(
      "references",
      vulnerability.aliases.map((id) => ({ id, source: sourceOf(id, first.match.source) })),
    ),
    ratings: ratingsOf(flaw.severity, vulnerability, first.match.source),
    description: vulnerability.summary,
    ...(fix.state === "available" && fix.version !== null
      ? { recommendation: `upgrade ${fix.upgrade ?? first.package.name} to ${fix.version}` }
      : {}),
    ...optional(
      "advisories",
      vulnerability.references.filter(isWeb).map((url) => ({ url })),
    ),
    ...moment("published", vulnerability.publishedAt),
    ...moment("updated", vulnerability.modifiedAt),
    ...(analysis === null ? {} : { analysis }),
    affects: refs.map((ref) => ({ ref })),
    properties: propertiesOf(flaw, vulnerability),
  };
}

function optional(name: string, items: readonly object[]): object {
  return items.length === 0 ? {} : { [name]: items };
}

function moment(name: string, at: string | null): object {
  return at === null || !/^\d{4}-\d\d-\d\dT/.test(at) ? {} : { [name]: at };
}

function isWeb(url: string): boolean {
  return /^https?:\/\/[^\s"<>\\^`{|}]+$/i.test(url);
}

function sourceOf(id: string, feed: string): object {
  if (id.startsWith("CVE-"))
    return { name: "CVE", url: `https://www.cve.org/CVERecord?id=${encodeURIComponent(id)}` };
  if (id.startsWith("GHSA-"))
    return { name: "GitHub", url: `https://github.com/advisories/${encodeURIComponent(id)}` };
  return { name: feed };
}

const METHODS: ReadonlyMap<string, string> = new Map([
  ["2.0", "CVSSv2"],
  ["3.0", "CVSSv3"],
  ["3.1", "CVSSv31"],
  ["4.0", "CVSSv4"],
]);

/** Our severity first, then the scores as they were given. */
function ratingsOf(severity: Severity, { cvss }: Vulnerability, feed: string): object[] {
  return [
    { source: { name: feed }, severity: word(severity), method: "other" },
    ...cvss.map(({ version, score, vector }: CvssScore) => ({
      score,
      severity: word(bandOf(score)),
      method: METHODS.get(version) ?? "other",
      vector,
    })),
  ];
}

function word(severity: Severity): string {
  return severity === "negligible" ? "info" : severity;
}

function bandOf(score: number): Severity {
  if (score >= 9) return "critical";
  if (score >= 7) return "high";
  return score >= 4 ? "medium" : "low";
}

const JUSTIFICATIONS: ReadonlyMap<string, string> = new Map([
  ["component_not_present", "code_not_present"],
  ["vulnerable_code_not_present", "code_not_present"],
  ["vulnerable_code_not_in_execute_path", "code_not_reachable"],
  ["vulnerable_code_cannot_be_controlled_by_adversary", "requires_environment"],
  ["inline_mitigations_already_exist", "protected_by_mitigating_control"],
  ["code_not_present", "code_not_present"],
  ["code_not_reachable", "code_not_reachable"],
]);

/** A statement that it does not affect is one; an exception says only that it is accepted for now. */
function analysisOf({ by, reason, owner, until }: SuppressedFinding): object {
  const detail = [
    reason,
    owner === null ? "" : `owner ${owner}`,
    until === null ? "" : `until ${until}`,
  ]
    .filter((part) => part !== "")
    .join("; ");
  if (by !== "vex")
    return {
      state: "exploitable",
      response: ["will_not_fix"],
      detail: `set aside (${by}): ${detail}`,
    };
  const justification = JUSTIFICATIONS.get(reason);
  return {
    state: "not_affected",
    ...(justification === undefined ? {} : { justification }),
    detail,
  };
}

function propertiesOf(flaw: Flaw, { epss, knownExploited }: Vulnerability): object[] {
  const [first] = flaw.findings;
  const pairs: readonly (readonly [string, string])[] = [
    ["bulwark:priority", String(flaw.score)],
    ["bulwark:priority:reasons", (first?.priority.reasons ?? []).join("; ")],
    ["bulwark:epss", epss === null ? "" : String(epss.probability)],
    ["bulwark:known-exploited", knownExploited?.addedAt ?? ""],
    [
      "bulwark:match",
      first === undefined
        ? ""
        : `${first.match.ecosystem} ${first.match.lookedUp} ${first.match.range}`,
    ],
  ];
  return pairs.filter(([, value]) => value !== "").map(([name, value]) => ({ name, value }));
}
