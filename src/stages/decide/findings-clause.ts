// Rules that count findings: the short form of policies, and what --fail-on stands for.
import { count, list } from "../../kit/phrase.ts";
import type { Finding } from "../../model/finding.ts";
import { countFlaws } from "../../model/fix-group.ts";
import {
  ANY_FINDING,
  type CheckRule,
  type FindingSelector,
  type FindingsRule,
  STAGES,
} from "../../model/policy.ts";
import { compareSeverity, reaches, type Threshold } from "../../model/severity.ts";
import type { Violation } from "../../model/verdict.ts";
import type { Clause, ImageFacts, Judged } from "./clause.ts";
import type { Question } from "./decide.ts";

/** Makes a rule about findings answer. What checks find is left to the rules that name them. */
export function findingsClause(rule: FindingsRule): Clause {
  return {
    head: rule,
    needsData: rule.findings.kind === null || rule.findings.kind === "vulnerability",
    judge: (facts) => {
      const findings = facts.findings.filter(({ kind }) => kind !== "config");
      return judge(rule, { ...facts, findings });
    },
  };
}

/** Makes a rule answer that a check answers: by the check's own findings. */
export function checkClause(rule: CheckRule): Clause {
  return {
    head: rule,
    needsData: false,
    judge: ({ findings }) => {
      const faults = findings.filter((f) => f.kind === "config" && f.rule.id === rule.check);
      return {
        violations: faults.map((finding) => violation(finding, rule.fix)),
        count: faults.length,
        summary: faults.length === 0 ? "" : `${count(faults.length, "finding")} against ${rule.id}`,
        unanswered: [],
      };
    },
  };
}

/** The policy behind `--fail-on`, which counts every finding. */
export function thresholdQuestion(threshold: Threshold): Question {
  const head = {
    effect: "deny",
    stages: STAGES,
    fix: null,
    owner: null,
    failMode: "closed",
    line: 0,
  } as const;
  const findings = { ...ANY_FINDING, atLeast: threshold };
  const rule: FindingsRule = { kind: "findings", id: "fail-on", ...head, findings };
  return {
    clauses: [{ head: rule, needsData: true, judge: (facts) => judge(rule, facts) }],
    problems: {},
    content: `nothing found reaches ${threshold}`,
  };
}

function judge({ id, findings: selector, fix }: FindingsRule, facts: ImageFacts): Judged {
  const fitting = facts.findings.filter((finding) => fits(finding, selector, facts.today));
  const { atLeast } = selector;
  const reaching =
    atLeast === null ? fitting : fitting.filter((finding) => reaches(finding.severity, atLeast));
  const unknown =
    atLeast === null ? [] : fitting.filter((finding) => finding.severity === "unknown");
  return {
    violations: reaching.map((finding) => violation(finding, fix)),
    count: countFlaws(reaching).total,
    summary: reaching.length === 0 ? "" : summary(reaching, selector, id),
    unanswered: unknownSeverity(unknown),
  };
}

/** All but the severity. */
function fits(finding: Finding, selector: FindingSelector, today: string): boolean {
  const { kind, fixable, knownExploited, priorityMin, olderThanDays } = selector;
  return (
    (kind === null || finding.kind === kind) &&
    (fixable === null || mayBeFixed(finding) === fixable) &&
    (knownExploited === null || isExploited(finding) === knownExploited) &&
    (priorityMin === null || finding.priority.score >= priorityMin) &&
    (olderThanDays === null || isOlder(finding, olderThanDays, today))
  );
}

/** Whether an upgrade, or the team itself, can close it. "Unknown" is not "no". */
export function mayBeFixed(finding: Finding): boolean {
  return (
    finding.kind !== "vulnerability" ||
    finding.fix.state === "available" ||
    finding.fix.state === "unknown"
  );
}

function isExploited(finding: Finding): boolean {
  return finding.kind === "vulnerability" && finding.vulnerability.knownExploited !== null;
}

const DAY_MS = 86_400_000;

/** What has no date may be old. */
function isOlder(finding: Finding, days: number, today: string): boolean {
  const published = finding.kind === "vulnerability" ? finding.vulnerability.publishedAt : null;
  const at = published === null ? Number.NaN : Date.parse(published);
  return Number.isNaN(at) || Date.parse(today) - at >= days * DAY_MS;
}

function violation(finding: Finding, fix: string | null): Violation {
  const place = finding.locations[0]?.path ?? null;
  if (finding.kind === "config" || finding.kind === "secret") {
    const { rule, message, remedy } = finding;
    const line = finding.locations[0]?.line;
    const base = { message: `${rule.id}: ${message}`, finding: finding.id, place };
    return { ...base, ...(line === undefined ? {} : { line }), fix: fix ?? remedy };
  }
  if (finding.kind === "code") {
    const message = `${finding.tool} ${finding.rule.id} is ${finding.severity}: ${finding.message || finding.rule.title}`;
    return { message, finding: finding.id, place, fix: fix ?? finding.rule.help };
  }
  const { package: found, vulnerability, severity, fix: known } = finding;
  const exploited = vulnerability.knownExploited === null ? "" : " and known to be exploited";
  return {
    message: `${vulnerability.id} in ${found.name} ${found.version} is ${severity}${exploited}`,
    finding: finding.id,
    place,
    fix: fix ?? upgrade(known.upgrade, known.version),
  };
}

function upgrade(name: string | null, version: string | null): string | null {
  return name === null || version === null ? null : `upgrade ${name} to ${version}`;
}

function summary(reaching: readonly Finding[], selector: FindingSelector, rule: string): string {
  const flaws = countFlaws(reaching).total;
  const { atLeast, fixable, knownExploited, priorityMin, olderThanDays } = selector;
  const [reach, are, have, were] =
    flaws === 1 ? ["reaches", "is", "has", "was"] : ["reach", "are", "have", "were"];
  const said = [
    atLeast === null ? "" : `${reach} ${atLeast}`,
    knownExploited === null ? "" : `${are} ${knownExploited ? "" : "not "}known exploited`,
    fixable === null ? "" : `${have} ${fixable ? "a" : "no"} fix`,
    priorityMin === null ? "" : `${have} a priority of ${priorityMin} or more`,
    olderThanDays === null ? "" : `${were} published ${olderThanDays} or more days ago`,
  ].filter((part) => part !== "");
  const worst = reaching.map((f) => f.severity).sort(compareSeverity)[0];
  const extent = atLeast === null || worst === atLeast ? "" : `, the worst is ${worst}`;
  const what = said.length === 0 ? `against ${rule}` : list(said);
  return `${count(flaws, "finding")} ${what}${extent}`;
}

function unknownSeverity(findings: readonly Finding[]): string[] {
  const flaws = countFlaws(findings).total;
  if (flaws === 0) return [];
  return [`${count(flaws, "finding")} ${flaws === 1 ? "has an" : "have"} unknown severity`];
}
