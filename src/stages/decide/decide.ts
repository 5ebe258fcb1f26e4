// Facts and rules in, a verdict and an exit code out. Nothing else decides: the pipeline, admission and the audit of what runs ask
// here, and faces print what stands here.
//
// A rule that is violated is violated, whatever could not be examined: 3 beats 4. Where none is, the verdict is "allow" only if
// everything was examined and every rule that denies could be answered; otherwise it is undecided, and never a pass. Without rules
// nobody asked, so nothing is decided; findings and problems are printed all the same.
import { count } from "../../kit/phrase.ts";
import { EFFECTS, type Policy, type ProblemEffect } from "../../model/policy.ts";
import { blocksVerdict, PROBLEM_CODES, type Problem } from "../../model/problem.ts";
import type { Suppression } from "../../model/suppression.ts";
import type { RuleAnswer, Verdict } from "../../model/verdict.ts";
import type { Clause, ImageFacts, Judged } from "./clause.ts";
import { type ExemptionOutcome, Exemptions } from "./exempt.ts";

/** What is asked of an artifact. */
export interface Question {
  readonly clauses: readonly Clause[];
  readonly problems: Policy["problems"];
  /** What is said when nothing objects: `nothing found reaches high`. */
  readonly content: string;
  /** Those for rules count here; findings were set aside before. */
  readonly exceptions?: readonly Suppression[];
}

/** What rules and problems come to. */
export interface Decided {
  readonly verdict: Verdict;
  /** What the rules have to say, in their order; those that deny first. */
  readonly answers: readonly RuleAnswer[];
  readonly exitCode: 0 | 3 | 4;
}

/** An answer, with what exceptions for rules had to do with it. */
export interface Decision extends Decided, ExemptionOutcome {}

/** How many violations of one rule are handed on; the count is of all. */
const VIOLATIONS_MAX = 200;

/** Answers a question about one artifact; null when nobody asks. */
export function decide(facts: ImageFacts, question: Question | null): Decision {
  if (question === null) {
    const reasons = unseen(facts, { clauses: [], problems: {}, content: "" }, true);
    const verdict: Verdict = { outcome: "none", reasons };
    return { verdict, answers: [], exitCode: 0, ...new Exemptions(facts, []).outcome() };
  }
  const exemptions = new Exemptions(facts, question.exceptions ?? []);
  const decision = decided(facts, question, exemptions);
  const { exempted, problems, used } = exemptions.outcome();
  return { exempted, problems, used, ...decision };
}

function decided(facts: ImageFacts, question: Question, exemptions: Exemptions): Decided {
  const matters = (problem: Problem): boolean => effectOf(problem, question) !== "allow";
  const counting = { ...facts, problems: exemptions.counting(facts.problems, matters) };
  const answers = [
    ...question.clauses.flatMap((clause) => answersOf(clause, exemptions)),
    ...byProblem(counting, question),
  ];
  answers.sort((a, b) => EFFECTS.indexOf(a.effect) - EFFECTS.indexOf(b.effect));
  const needsData = question.clauses.some((clause) => clause.needsData);
  const denied = answers.filter((a) => a.effect === "deny" && a.outcome === "violated");
  const open = answers.filter((a) => a.effect === "deny" && a.outcome === "unanswered");
  const unknown = [...unseen(counting, question, needsData), ...open.map((a) => a.summary)];
  if (denied.length > 0) {
    const reasons = [...denied.map((a) => a.summary), ...unknown];
    return { verdict: { outcome: "deny", reasons }, answers, exitCode: 3 };
  }
  if (unknown.length > 0)
    return { verdict: { outcome: "undecided", reasons: unknown }, answers, exitCode: 4 };
  const excepted = exemptions.outcome().exempted.length;
  const reasons = [
    question.content,
    ...(excepted === 0 ? [] : [`${count(excepted, "objection")} excepted`]),
    ...notCompared(facts.problems, question),
  ];
  return { verdict: { outcome: "allow", reasons }, answers, exitCode: 0 };
}

/** Whether a question asks for what an exception names: one of its rules, or a problem. */
export function asksFor({ clauses }: Question, rule: string): boolean {
  return Object.hasOwn(PROBLEM_CODES, rule) || clauses.some(({ head }) => head.id === rule);
}

/** The exit code of a run over several artifacts: what failed comes first, what one of them reached, all have; 3 beats 4. */
export function exitCodeOf(codes: readonly number[]): number {
  return [1, 2, 3, 4].find((code) => codes.includes(code)) ?? 0;
}

function answersOf(clause: Clause, exemptions: Exemptions): RuleAnswer[] {
  const judged = exemptions.judge(clause);
  const { id, effect, owner, failMode } = clause.head;
  const base = { rule: id, effect, owner, failMode };
  return [
    ...(judged.count === 0 ? [] : [violated(base, judged)]),
    ...judged.unanswered.map(
      (summary): RuleAnswer => ({
        ...base,
        outcome: "unanswered",
        summary,
        violations: [],
        count: 0,
      }),
    ),
  ];
}

function violated(
  base: Pick<RuleAnswer, "rule" | "effect" | "owner" | "failMode">,
  judged: Judged,
): RuleAnswer {
  return {
    outcome: "violated",
    summary: judged.summary,
    violations: judged.violations.slice(0, VIOLATIONS_MAX),
    count: judged.count,
    ...base,
  };
}

/** What a problem means: the policy's word, otherwise whether it can hide something. */
function effectOf(problem: Problem, { problems }: Question): ProblemEffect {
  return problems[problem.code] ?? (blocksVerdict(problem) ? "undecided" : "allow");
}

/** Problems to which the policy itself objects. */
function byProblem(facts: ImageFacts, question: Question): RuleAnswer[] {
  const groups = new Map<Problem["code"], Problem[]>();
  for (const problem of facts.problems) {
    const effect = effectOf(problem, question);
    if (effect !== "deny" && effect !== "warn") continue;
    const group = groups.get(problem.code);
    if (group === undefined) groups.set(problem.code, [problem]);
    else group.push(problem);
  }
  return [...groups].map(([code, group]) => ({
    rule: code,
    effect: question.problems[code] === "warn" ? "warn" : "deny",
    outcome: "violated",
    summary: means(code, group.length),
    violations: group.slice(0, VIOLATIONS_MAX).map(({ detail, path }) => ({
      message: detail,
      finding: null,
      place: path ?? null,
      fix: null,
    })),
    count: group.length,
    owner: null,
    failMode: "closed",
  }));
}

/** Why a "no" would not be an answer, most important first. */
function unseen(facts: ImageFacts, question: Question, needsData: boolean): string[] {
  const { data, problems } = facts;
  const reasons: string[] = [];
  if (needsData && data === "starter") reasons.push("only the built-in starter data answered");
  if (needsData && data === "none") reasons.push("no advisory data answered");
  const blocking = new Map<Problem["code"], number>();
  for (const problem of problems) {
    if (effectOf(problem, question) !== "undecided") continue;
    if (problem.code === "data-partial" && (data === "starter" || !needsData)) continue;
    blocking.set(problem.code, (blocking.get(problem.code) ?? 0) + 1);
  }
  return [...reasons, ...[...blocking].map(([code, n]) => means(code, n))];
}

/** What is declared and not locked keeps nobody from an answer, and belongs to it. */
function notCompared(problems: readonly Problem[], question: Question): string[] {
  const isSilent = question.problems["declared-only"] !== undefined;
  const n = isSilent ? 0 : problems.filter(({ code }) => code === "declared-only").length;
  return n === 0 ? [] : [`${PROBLEM_CODES["declared-only"].means} (${count(n, "problem")})`];
}

function means(code: Problem["code"], times: number): string {
  const { means } = PROBLEM_CODES[code];
  return times === 1 ? means : `${means} (${count(times, "time")})`;
}
