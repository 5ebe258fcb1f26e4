import { count } from "../../kit/phrase.ts";
import type { DriftItem } from "../../model/drift.ts";
import { STAGES } from "../../model/policy.ts";
import { reaches, type Threshold } from "../../model/severity.ts";
import type { Question } from "./decide.ts";

/** The policy behind `--fail-on` of drift: no difference between a container and its image is so bad. */
export function driftQuestion(drift: readonly DriftItem[], threshold: Threshold): Question {
  const reaching = drift.filter(({ severity }) => reaches(severity, threshold));
  const [worst] = reaching;
  const summary =
    worst === undefined
      ? ""
      : `${count(reaching.length, "difference")} ${reaching.length === 1 ? "reaches" : "reach"} ${threshold}, the worst is ${worst.severity}`;
  const violations = reaching.map(({ path, reason, severity }) => ({
    message: `/${path} ${reason} (${severity})`,
    finding: null,
    place: path,
    fix: null,
  }));
  return {
    clauses: [
      {
        head: {
          id: "fail-on",
          effect: "deny",
          stages: STAGES,
          fix: null,
          owner: null,
          failMode: "closed",
          line: 0,
        },
        needsData: false,
        judge: () => ({ violations, count: reaching.length, summary, unanswered: [] }),
      },
    ],
    problems: {},
    content: `no difference reaches ${threshold}`,
  };
}
