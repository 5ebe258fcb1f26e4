// What a change to something that runs adds to what is said of it anyway.
import type { WorkloadDecision } from "../../model/admission.ts";
import type { RuleAnswer, Verdict } from "../../model/verdict.ts";

/**
 * The decision about a change alone. What is objected to before it is no reason against it: a shell in a container that nobody
 * would admit today asks for nothing new.
 *
 * @param before About what runs.
 * @param after About the same with the change.
 */
export function addedDecision(before: WorkloadDecision, after: WorkloadDecision): WorkloadDecision {
  const known = new Set(before.answers.flatMap(keysOf));
  const answers = after.answers.flatMap((answer) => newIn(answer, known));
  const old = new Set(before.findings.map(({ rule, message }) => `${rule.id} ${message}`));
  const findings = after.findings.filter(({ rule, message }) => !old.has(`${rule.id} ${message}`));
  const reasons = after.verdict.reasons.filter((r) => !before.verdict.reasons.includes(r));
  return { ...after, verdict: verdictOf(answers, after, reasons), answers, findings };
}

function keysOf({ rule, summary, violations }: RuleAnswer): string[] {
  return violations.length === 0
    ? [`${rule} ${summary}`]
    : violations.map(({ message }) => `${rule} ${message}`);
}

function newIn(answer: RuleAnswer, known: ReadonlySet<string>): RuleAnswer[] {
  const { rule, summary, violations } = answer;
  if (violations.length === 0) return known.has(`${rule} ${summary}`) ? [] : [answer];
  const added = violations.filter(({ message }) => !known.has(`${rule} ${message}`));
  if (added.length === 0) return [];
  return added.length === violations.length
    ? [answer]
    : [{ ...answer, violations: added, count: added.length }];
}

function verdictOf(
  answers: readonly RuleAnswer[],
  { verdict, override }: WorkloadDecision,
  reasons: readonly string[],
): Verdict {
  const denying = answers.filter(({ effect }) => effect === "deny");
  const violated = denying.filter(({ outcome }) => outcome === "violated");
  if (override !== null) return verdict;
  if (violated.length > 0)
    return { outcome: "deny", reasons: violated.map(({ summary }) => summary) };
  const isOpen = denying.length > 0 || (verdict.outcome === "undecided" && reasons.length > 0);
  return isOpen
    ? { outcome: "undecided", reasons }
    : { outcome: "allow", reasons: ["it adds nothing that is objected to"] };
}
