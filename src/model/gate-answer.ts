// The answer of a policy in one line, for every format.
import { count, grouped } from "../kit/phrase.ts";
import { subjectOf } from "./answer.ts";
import type { GateAnswer, GateResult } from "./gate.ts";
import type { RuleAnswer, Violation } from "./verdict.ts";

const WORDS = { allow: "allowed", deny: "denied", undecided: "undecided", none: "not asked" };

/** `api @12ab34cd56ef : denied by policy payments (build): 2 findings are known exploited`. Not neutralised. */
export function gateAnswerOf(answer: GateAnswer, { policy, stage }: GateResult): string {
  const { outcome, reasons } = answer.verdict;
  const [first] = reasons;
  const more = reasons.length - 1;
  const why = first === undefined || outcome === "allow" ? "" : `: ${first}`;
  const rest = outcome === "allow" || more < 1 ? "" : `; ${count(more, "more reason")}`;
  const warned = warnings(answer.answers);
  const subject = subjectOf(answer.artifact);
  if (answer.override !== null)
    return `${subject} : LET THROUGH, ${reasons.slice(0, 3).join("; ")}`;
  return `${subject} : ${WORDS[outcome]} by policy ${policy.name} (${stage})${why}${rest}${warned}`;
}

function warnings(answers: readonly RuleAnswer[]): string {
  const warned = answers.filter((a) => a.effect === "warn" && a.outcome === "violated").length;
  return warned === 0 ? "" : `; ${count(warned, "warning")}`;
}

/** The answer of a run: of its one artifact, or of all together. Not neutralised. */
export function jointGateAnswer(gate: GateResult): string {
  const [only] = gate.results;
  if (only !== undefined && gate.results.length === 1) return gateAnswerOf(only, gate);
  const through = gate.results.filter(({ override }) => override !== null).length;
  const parts = (["deny", "undecided", "allow"] as const).flatMap((outcome) => {
    const all = gate.results.filter((result) => result.verdict.outcome === outcome).length;
    const n = outcome === "allow" ? all - through : all;
    return n === 0 ? [] : [`${grouped(n)} ${WORDS[outcome]}`];
  });
  if (through > 0) parts.push(`${grouped(through)} LET THROUGH by break-glass`);
  const { policy, stage } = gate;
  return `${count(gate.results.length, "artifact")} : ${parts.join(", ")} by policy ${policy.name} (${stage})`;
}

/** One thing that a rule says of one artifact: a violation, or that it cannot answer. */
export interface GateRow {
  readonly result: GateAnswer;
  readonly answer: RuleAnswer;
  /** What cannot be answered has one row and no finding. */
  readonly violation: Violation;
}

/** Everything that rules say, in the order of artifacts and rules. */
export function gateRows({ results }: GateResult): GateRow[] {
  return results.flatMap((result) =>
    result.answers.flatMap((answer) =>
      (answer.violations.length > 0 ? answer.violations : [asViolation(answer)]).map(
        (violation) => ({ result, answer, violation }),
      ),
    ),
  );
}

function asViolation({ summary }: RuleAnswer): Violation {
  return { message: summary, finding: null, place: null, fix: null };
}
