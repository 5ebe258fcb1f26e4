// The answer of a policy over configuration. A finding denies; what cannot be told leaves it undecided and never allows.
import { count } from "../../kit/phrase.ts";
import { blocksVerdict, type Problem } from "../../model/problem.ts";
import type { Verdict } from "../../model/verdict.ts";

/** What a policy is weighed over. */
export interface Weighed {
  /** As the user wrote it: `pss-restricted@v1.30`. */
  readonly policy: string;
  readonly findings: readonly { readonly kind: string }[];
  readonly problems: readonly Problem[];
}

/** @returns The verdict, and the exit code that says it: 0, 3 or 4. */
export function verdictOf({ policy, findings, problems }: Weighed): {
  readonly verdict: Verdict;
  readonly exitCode: 0 | 3 | 4;
} {
  const blocking = problems.filter(blocksVerdict).length;
  const unanswered =
    blocking === 0 ? [] : [`${count(blocking, "thing")} could not be told or read`];
  if (findings.length > 0) {
    const denied = `${count(findings.length, "finding")} against ${policy}`;
    return { verdict: { outcome: "deny", reasons: [denied, ...unanswered] }, exitCode: 3 };
  }
  if (blocking > 0) return { verdict: { outcome: "undecided", reasons: unanswered }, exitCode: 4 };
  return {
    verdict: { outcome: "allow", reasons: [`nothing found against ${policy}`] },
    exitCode: 0,
  };
}
