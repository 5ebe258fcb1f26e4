import { type AppliedOverride, overrideText } from "../../model/override.ts";
import type { Decision } from "./decide.ts";

/** What would have been, without. */
export const WOULD_BE = { deny: "it would be denied", undecided: "it would be undecided" };

/**
 * A decision under an override that holds: it is let through, and everything that was said against it stays, as a warning. What is
 * allowed, or was not asked, needs none and is returned as it is.
 *
 * Whoever signs a verdict signs the one without: an override ends, and a signature does not.
 */
export function overridden(decision: Decision, override: AppliedOverride): Decision {
  const { outcome, reasons } = decision.verdict;
  if (outcome === "allow" || outcome === "none") return decision;
  return {
    ...decision,
    verdict: {
      outcome: "allow",
      reasons: [overrideText(override), WOULD_BE[outcome], ...reasons],
    },
    answers: decision.answers.map((answer) =>
      answer.effect === "deny" ? { ...answer, effect: "warn" } : answer,
    ),
    exitCode: 0,
  };
}
