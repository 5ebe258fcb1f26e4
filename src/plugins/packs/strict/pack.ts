import { ANY_FINDING, STAGES } from "../../../model/policy.ts";
import type { Pack } from "../../../stages/decide/contract.ts";
import { END_OF_LIFE, IS_ROOT } from "../shared/conditions.ts";

/** For what is exposed: nothing high that can be closed, nothing critical that has been known for a month. */
export const strict: Pack = {
  id: "strict",
  title: "for what is exposed: nothing high that an upgrade closes, no dead system, no root",
  needs: [],
  state: "trial",
  rules: [
    {
      kind: "findings",
      id: "known-exploited",
      effect: "deny",
      stages: STAGES,
      fix: null,
      owner: null,
      line: 0,
      findings: { ...ANY_FINDING, knownExploited: true },
    },
    {
      kind: "findings",
      id: "high-with-fix",
      effect: "deny",
      stages: STAGES,
      fix: null,
      owner: null,
      line: 0,
      findings: { ...ANY_FINDING, atLeast: "high", fixable: true },
    },
    {
      kind: "findings",
      id: "old-critical",
      effect: "deny",
      stages: STAGES,
      fix: "replace the package, or ask for an exception with an end date",
      owner: null,
      line: 0,
      findings: { ...ANY_FINDING, atLeast: "critical", olderThanDays: 30 },
    },
    { ...END_OF_LIFE, effect: "deny" },
    { ...IS_ROOT, effect: "deny" },
  ],
};
