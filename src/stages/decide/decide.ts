// Findings and problems in, a verdict and an exit code out. The findings are those that count: suppress.ts has set the others
// aside. Nothing else decides: faces print what stands here, and map no severities of their own.
//
// A threshold that is reached is reached, whatever could not be examined: 3 beats 4. A threshold that is not reached is answered
// only if everything was examined; where something was not, or where a severity is unknown, the verdict is undecided and never a
// pass. Without a threshold nobody asked, so nothing is decided; findings and problems are printed all the same.
import { count } from "../../kit/phrase.ts";
import type { AdvisoryData } from "../../model/advisory.ts";
import type { Finding } from "../../model/finding.ts";
import { countFlaws } from "../../model/fix-group.ts";
import { blocksVerdict, PROBLEM_CODES, type Problem } from "../../model/problem.ts";
import { compareSeverity, reaches, type Threshold } from "../../model/severity.ts";
import type { Verdict } from "../../model/verdict.ts";

export interface DecideInput {
  readonly findings: readonly Finding[];
  readonly problems: readonly Problem[];
  /** `--fail-on`; null when nobody asked. */
  readonly threshold: Threshold | null;
  /** `--only-fixable`: what has no fix does not reach the threshold. Whether there is one must be known to count as "no". */
  readonly onlyFixable: boolean;
  /** What answered; `not-needed` for findings that other tools made (SARIF). */
  readonly data: AdvisoryData["kind"] | "not-needed";
}

export interface Decision {
  readonly verdict: Verdict;
  readonly exitCode: 0 | 3 | 4;
}

/** Answers a threshold over one artifact. */
export function decide(input: DecideInput): Decision {
  const { threshold } = input;
  if (threshold === null) {
    return { verdict: { outcome: "none", reasons: unanswered(input) }, exitCode: 0 };
  }
  const counting = input.onlyFixable ? input.findings.filter(mayBeFixed) : input.findings;
  const reaching = counting.filter((f) => reaches(f.severity, threshold));
  if (reaching.length > 0) {
    const reasons = [reached(reaching, threshold), ...unanswered(input)];
    return { verdict: { outcome: "deny", reasons }, exitCode: 3 };
  }
  const unknown = counting.filter((f) => f.severity === "unknown");
  const reasons = [...unanswered(input), ...unknownSeverity(unknown)];
  if (reasons.length > 0) return { verdict: { outcome: "undecided", reasons }, exitCode: 4 };
  const allow = [`nothing found reaches ${threshold}`, ...notCompared(input.problems)];
  return { verdict: { outcome: "allow", reasons: allow }, exitCode: 0 };
}

/** Whether an upgrade, or the team itself, can close it. "Unknown" is not "no". */
export function mayBeFixed(finding: Finding): boolean {
  return (
    finding.kind !== "vulnerability" ||
    finding.fix.state === "available" ||
    finding.fix.state === "unknown"
  );
}

/** The exit code of a run over several artifacts: what failed comes first, what one of them reached, all have; 3 beats 4. */
export function exitCodeOf(codes: readonly number[]): number {
  return [1, 2, 3, 4].find((code) => codes.includes(code)) ?? 0;
}

function reached(reaching: readonly Finding[], threshold: Threshold): string {
  const flaws = countFlaws(reaching).total;
  const worst = reaching.map((f) => f.severity).sort(compareSeverity)[0];
  const verb = flaws === 1 ? "reaches" : "reach";
  const extent = worst === threshold ? "" : `, the worst is ${worst}`;
  return `${count(flaws, "finding")} ${verb} ${threshold}${extent}`;
}

/** Why a "no" would not be an answer, most important first. */
function unanswered({ data, problems }: DecideInput): string[] {
  const reasons: string[] = [];
  if (data === "starter") reasons.push("only the built-in starter data answered");
  if (data === "none") reasons.push("no advisory data answered");
  const blocking = new Map<string, number>();
  for (const problem of problems.filter(blocksVerdict)) {
    if (problem.code === "data-partial" && data === "starter") continue;
    blocking.set(problem.code, (blocking.get(problem.code) ?? 0) + 1);
  }
  for (const [code, n] of blocking) {
    const { means } = PROBLEM_CODES[code as Problem["code"]];
    reasons.push(n === 1 ? means : `${means} (${n} times)`);
  }
  return reasons;
}

/** What is declared and not locked keeps nobody from an answer, and belongs to it. */
function notCompared(problems: readonly Problem[]): string[] {
  const n = problems.filter(({ code }) => code === "declared-only").length;
  return n === 0 ? [] : [`${PROBLEM_CODES["declared-only"].means} (${count(n, "problem")})`];
}

function unknownSeverity(findings: readonly Finding[]): string[] {
  const flaws = countFlaws(findings).total;
  if (flaws === 0) return [];
  return [`${count(flaws, "finding")} ${flaws === 1 ? "has an" : "have"} unknown severity`];
}
