import type { Effect, FailMode } from "./policy.ts";

/** The answer of a policy or threshold about one artifact. */
export interface Verdict {
  /** `none`: nobody asked a question (no `--fail-on`, no policy), so nothing was decided. */
  readonly outcome: "allow" | "deny" | "undecided" | "none";
  /** Lower-case sentence parts, most important first. */
  readonly reasons: readonly string[];
}

/** One thing to which a rule objects. */
export interface Violation {
  /** With the values: `CVE-2024-1 in openssl 1.1.1k is critical`. */
  readonly message: string;
  /** The finding's id, for an exception; null when it is about something else. */
  readonly finding: string | null;
  /** Path in the artifact or of the object; null when it has none. */
  readonly place: string | null;
  /** 1-based, where it stands in a file. */
  readonly line?: number;
  /** What to do: a command where there is one. */
  readonly fix: string | null;
}

/** What one rule has to say; a rule that is content says nothing. */
export interface RuleAnswer {
  readonly rule: string;
  readonly effect: Effect;
  /** `unanswered`: it could not be told whether it is violated, which is never a pass. */
  readonly outcome: "violated" | "unanswered";
  /** `2 findings reach high, the worst is critical`. */
  readonly summary: string;
  /** The first ones; `count` says how many there are. */
  readonly violations: readonly Violation[];
  readonly count: number;
  readonly owner: string | null;
  /** What it means at admission that it cannot be answered. */
  readonly failMode: FailMode;
}

/** What a rule had to say, and was decided not to count. */
export interface ExemptedAnswer {
  /** The rule's id, or the code of a problem. */
  readonly rule: string;
  /** What it would have said. */
  readonly summary: string;
  readonly reason: string;
  readonly owner: string;
  /** ISO date after which it counts again. */
  readonly until: string;
}
