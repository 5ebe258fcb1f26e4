import type { Pack } from "../../../stages/decide/contract.ts";
import { END_OF_LIFE, IS_ROOT } from "../shared/conditions.ts";
import { findingsRule } from "../shared/findings-rule.ts";

/** Denies what a team can and must act on today, and names the rest. */
export const startup: Pack = {
  id: "startup",
  title:
    "what a team can act on today: known exploited flaws, and critical ones that an upgrade closes",
  needs: [],
  state: "trial",
  rules: [
    findingsRule("known-exploited", "deny", { knownExploited: true }),
    findingsRule(
      "critical-with-fix",
      "deny",
      { atLeast: "critical", fixable: true },
      { stages: ["build", "deploy"] },
    ),
    findingsRule("high-with-fix", "warn", { atLeast: "high", fixable: true }),
    { ...END_OF_LIFE, effect: "warn" },
    { ...IS_ROOT, effect: "warn" },
  ],
};
