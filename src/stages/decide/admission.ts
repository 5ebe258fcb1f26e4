// What decisions come to where something is about to run: what a rule without an answer means, and what the answers about a
// workload and its images mean together.
import type { ImageAnswer } from "../../model/admission.ts";
import type { RuleAnswer, Verdict } from "../../model/verdict.ts";
import type { Decided } from "./decide.ts";
import { AHEAD_MS_MAX } from "./read-verdict.ts";

/** A decision about an image, as admission takes it. */
export interface ImageDecision {
  readonly verdict: Verdict;
  readonly answers: readonly RuleAnswer[];
  readonly isLastKnownGood: boolean;
}

const HOUR_MS = 3_600_000;

/** When the same image was last allowed. */
export interface LastKnownGood {
  /** RFC 3339. */
  readonly allowedAt: string;
  /** RFC 3339, UTC. */
  readonly now: string;
  readonly hoursMax: number;
}

/**
 * Applies the fail modes of rules that have no answer. What is denied stays denied, and what is undecided for any other reason
 * stays undecided.
 *
 * @param good null when the image was never allowed.
 */
export function atAdmission(decision: Decided, good: LastKnownGood | null): ImageDecision {
  const { verdict, answers } = decision;
  if (verdict.outcome !== "undecided") return { verdict, answers, isLastKnownGood: false };
  const open = answers.filter((a) => a.effect === "deny" && a.outcome === "unanswered");
  const isAll = verdict.reasons.length === open.length;
  const closed = open.filter(({ failMode }) => failMode === "closed");
  if (!isAll || open.length === 0 || closed.length > 0)
    return { verdict, answers, isLastKnownGood: false };
  const needsGood = open.some(({ failMode }) => failMode === "last-known-good");
  if (needsGood && !isRecent(good)) return { verdict, answers, isLastKnownGood: false };
  const why = needsGood
    ? `it was allowed at ${good?.allowedAt}, and cannot be asked now`
    : "it is let through although it cannot be told";
  const told = answers.map(
    (answer): RuleAnswer => (open.includes(answer) ? { ...answer, effect: "warn" } : answer),
  );
  return {
    verdict: { outcome: "allow", reasons: [why, ...verdict.reasons] },
    answers: told,
    isLastKnownGood: needsGood,
  };
}

function isRecent(good: LastKnownGood | null): boolean {
  if (good === null) return false;
  const age = Date.parse(good.now) - Date.parse(good.allowedAt);
  return age >= -AHEAD_MS_MAX && age <= good.hoursMax * HOUR_MS;
}

/** The verdict over a workload and its images: what denies comes first, then what is unknown. */
export function jointVerdict(own: Verdict, images: readonly ImageAnswer[]): Verdict {
  if (images.length === 0) return own;
  const all = [own, ...images.map(({ verdict }) => verdict)];
  const reasons = (outcome: Verdict["outcome"]): string[] =>
    all.filter((verdict) => verdict.outcome === outcome).flatMap((verdict) => verdict.reasons);
  const denied = reasons("deny");
  const unknown = reasons("undecided");
  if (all.some(({ outcome }) => outcome === "deny"))
    return { outcome: "deny", reasons: [...denied, ...unknown] };
  if (all.some(({ outcome }) => outcome === "undecided"))
    return { outcome: "undecided", reasons: unknown };
  const allowed = reasons("allow");
  return allowed.length === 0 ? own : { outcome: "allow", reasons: [...new Set(allowed)] };
}
