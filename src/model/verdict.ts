/** The answer of a policy or threshold about one artifact. */
export interface Verdict {
  /** `none`: nobody asked a question (no `--fail-on`, no policy), so nothing was decided. */
  readonly outcome: "allow" | "deny" | "undecided" | "none";
  /** Lower-case sentence parts, most important first. */
  readonly reasons: readonly string[];
}
