import {
  ANY_FINDING,
  type Effect,
  type FindingSelector,
  type FindingsRule,
  STAGES,
} from "../../../model/policy.ts";

/** A built-in rule about findings; at every stage, unless some are named. */
export function findingsRule(
  id: string,
  effect: Effect,
  findings: Partial<FindingSelector>,
  more: Partial<Pick<FindingsRule, "stages" | "fix">> = {},
): FindingsRule {
  return {
    kind: "findings",
    id,
    effect,
    stages: STAGES,
    fix: null,
    owner: null,
    failMode: "closed",
    line: 0,
    ...more,
    findings: { ...ANY_FINDING, ...findings },
  };
}
