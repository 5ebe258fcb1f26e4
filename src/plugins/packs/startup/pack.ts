import { ANY_FINDING, STAGES } from "../../../model/policy.ts";
import type { Pack } from "../../../stages/decide/contract.ts";
import { END_OF_LIFE, IS_ROOT } from "../shared/conditions.ts";

/** Denies what a team can and must act on today, and names the rest. */
export const startup: Pack = {
  id: "startup",
  title:
    "what a team can act on today: known exploited flaws, and critical ones that an upgrade closes",
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
      id: "critical-with-fix",
      effect: "deny",
      stages: ["build", "deploy"],
      fix: null,
      owner: null,
      line: 0,
      findings: { ...ANY_FINDING, atLeast: "critical", fixable: true },
    },
    {
      kind: "findings",
      id: "high-with-fix",
      effect: "warn",
      stages: STAGES,
      fix: null,
      owner: null,
      line: 0,
      findings: { ...ANY_FINDING, atLeast: "high", fixable: true },
    },
    { ...END_OF_LIFE, effect: "warn" },
    { ...IS_ROOT, effect: "warn" },
  ],
};
