import type { Pack } from "../../../stages/decide/contract.ts";
import { END_OF_LIFE, IS_ROOT } from "../shared/conditions.ts";
import { findingsRule } from "../shared/findings-rule.ts";

/** For what is exposed: nothing high that can be closed, nothing critical that has been known for a month. */
export const strict: Pack = {
  id: "strict",
  title: "for what is exposed: nothing high that an upgrade closes, no dead system, no root",
  needs: [],
  state: "trial",
  rules: [
    findingsRule("known-exploited", "deny", { knownExploited: true }),
    findingsRule("high-with-fix", "deny", { atLeast: "high", fixable: true }),
    findingsRule(
      "old-critical",
      "deny",
      { atLeast: "critical", olderThanDays: 30 },
      { fix: "replace the package, or ask for an exception with an end date" },
    ),
    { ...END_OF_LIFE, effect: "deny" },
    { ...IS_ROOT, effect: "deny" },
  ],
};
