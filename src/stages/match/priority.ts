// How urgent a finding is here, as one number with its reasons. docs/concepts/priority.md holds the same formula, with examples
// that a test recomputes.
import { firstOf } from "../../kit/phrase.ts";
import type { Vulnerability } from "../../model/advisory.ts";
import { type FindingFix, leadingScore, type Priority } from "../../model/finding.ts";
import type { Severity } from "../../model/severity.ts";

/** What is known of the place where it runs; absent means that nobody looked. */
export interface Facts {
  /** The code is loaded when the artifact runs. */
  readonly inUse?: boolean;
  /** The containers in which it was seen to be. */
  readonly users?: readonly string[];
  /** It can be reached from outside. */
  readonly exposed?: boolean;
}

export interface PriorityInput {
  /** As the finding states it: the distribution's word before the general one. */
  readonly severity: Severity;
  readonly vulnerability: Pick<Vulnerability, "cvss" | "epss" | "knownExploited">;
  readonly fix: FindingFix["state"];
  readonly facts?: Facts;
}

interface Part {
  readonly points: number;
  /** Empty when it explains nothing. */
  readonly reason: string;
}

/**
 * Computes the priority, 0–100: a sum of parts, rounded and cut. Worse never lowers it: a higher severity, score or
 * probability, a listing as exploited, a fix, use and exposure.
 */
export function priorityOf({ severity, vulnerability, fix, facts }: PriorityInput): Priority {
  const parts = [
    severityPart(severity, vulnerability),
    ...threatParts(vulnerability),
    ...(fix === "available" ? [{ points: FIX_POINTS, reason: "fix available" }] : []),
    usePart(facts),
    factPart(facts?.exposed, EXPOSED),
  ];
  const sum = parts.reduce((total, { points }) => total + points, 0);
  const reasons = parts.toSorted((a, b) => Math.abs(b.points) - Math.abs(a.points));
  return {
    score: Math.max(0, Math.min(100, Math.round(sum))),
    reasons: reasons.map(({ reason }) => reason).filter((reason) => reason !== ""),
  };
}

/** For each severity: the CVSS scores it stands for, and the score that counts where there is none. */
const BANDS: Readonly<Record<Severity, { low: number; high: number; usual: number }>> = {
  critical: { low: 9, high: 10, usual: 9.5 },
  high: { low: 7, high: 8.9, usual: 8 },
  medium: { low: 4, high: 6.9, usual: 5.5 },
  low: { low: 0.1, high: 3.9, usual: 2.5 },
  negligible: { low: 0, high: 0.1, usual: 0.1 },
  unknown: { low: 0, high: 10, usual: 5 },
};

/** The severity that a score, 0–10 with one decimal, stands for. @see CVSS 3.1, section 5 */
export function severityOfScore(score: number): Severity {
  const words = ["critical", "high", "medium", "low"] as const;
  return words.find((word) => score >= BANDS[word].low) ?? "negligible";
}

const POINTS_PER_SCORE = 3.5;
const FIX_POINTS = 5;
const EPSS_POINTS = 25;
/** So many that a medium flaw that is exploited comes before every critical one that is not. */
const EXPLOITED_POINTS = 55;
const RANSOMWARE_POINTS = 5;
const IN_USE = { yes: 10, no: -15, words: ["in use", "not in use"] } as const;
const EXPOSED = { yes: 10, no: -5, words: ["exposed", "not exposed"] } as const;

/** Below this, the probability explains nothing. */
const EPSS_WORTH_TELLING = 0.01;

/** The score says how bad within what the severity allows: whoever states the severity has the last word. */
function severityPart(severity: Severity, { cvss }: Pick<Vulnerability, "cvss">): Part {
  const score = leadingScore(cvss);
  const { low, high, usual } = BANDS[severity];
  const counted = score === null ? usual : Math.max(low, Math.min(high, score.score));
  const word = severity === "unknown" ? "severity unknown" : severity;
  const reason = score === null ? word : `${word}, CVSS ${score.score.toFixed(1)}`;
  return { points: POINTS_PER_SCORE * counted, reason };
}

/** A listing says that the probability is one. Probabilities are small and uneven, hence the root: 1 % counts a tenth. */
function threatParts({ epss, knownExploited }: PriorityInput["vulnerability"]): Part[] {
  if (knownExploited !== null) {
    const { addedAt, ransomware } = knownExploited;
    const listed = { points: EXPLOITED_POINTS, reason: `known exploited since ${addedAt}` };
    return ransomware
      ? [listed, { points: RANSOMWARE_POINTS, reason: "used by ransomware" }]
      : [listed];
  }
  if (epss === null) return [];
  const probability = Math.max(0, Math.min(1, epss.probability));
  const percent = `${(probability * 100).toFixed(probability < 0.1 ? 1 : 0)} %`;
  const reason =
    probability < EPSS_WORTH_TELLING ? "" : `${percent} likely to be exploited within 30 days`;
  return [{ points: EPSS_POINTS * Math.sqrt(probability), reason }];
}

/** Where it was seen belongs to the reason. */
function usePart(facts: Facts | undefined): Part {
  const { points, reason } = factPart(facts?.inUse, IN_USE);
  const users = facts?.users ?? [];
  return {
    points,
    reason: users.length === 0 ? reason : `${reason} by ${firstOf(users, USERS_MAX)}`,
  };
}

const USERS_MAX = 3;

function factPart(fact: boolean | undefined, weights: typeof IN_USE | typeof EXPOSED): Part {
  if (fact === undefined) return { points: 0, reason: "" };
  const [yes, no] = weights.words;
  return fact ? { points: weights.yes, reason: yes } : { points: weights.no, reason: no };
}
