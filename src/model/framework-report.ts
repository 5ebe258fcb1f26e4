/** A standard, requirement by requirement. */
export interface FrameworkReport {
  /** `cis-docker-1.6`. */
  readonly standard: string;
  readonly title: string;
  readonly url: string;
  /** All of them, in the standard's own order. */
  readonly requirements: readonly RequirementReport[];
}

/** What was seen of one requirement. */
export interface RequirementReport {
  /** As the standard numbers it. */
  readonly id: string;
  readonly title: string;
  /**
   * `accepted`: what is against it was decided not to count. `by-hand`: no check of ours answers it, somebody must look.
   * `not-applicable`: nothing that was looked at can have it.
   */
  readonly standing: "holds" | "fails" | "accepted" | "unknown" | "not-applicable" | "by-hand";
  /** The ids of the checks that answer it. */
  readonly checks: readonly string[];
  /** How many times one of them looked at something that can have it. */
  readonly looked: number;
  readonly findings: number;
  readonly accepted: number;
  readonly unknown: number;
}
