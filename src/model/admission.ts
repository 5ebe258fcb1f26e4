// The answer to whoever asks to run something: over what asks, and over every image that it names.
import type { Digest } from "./digest.ts";
import type { ConfigFinding } from "./finding.ts";
import type { AppliedOverride } from "./override.ts";
import type { RuleAnswer, Verdict } from "./verdict.ts";

/** What is said of one image that a workload names. */
export interface ImageAnswer {
  /** As the workload writes it. */
  readonly reference: string;
  /** `registry.example/team/api`; null when the reference cannot be read. */
  readonly name: string | null;
  /** Of the manifest or index that the reference means; null when that cannot be told. */
  readonly digest: Digest | null;
  readonly verdict: Verdict;
  readonly answers: readonly RuleAnswer[];
  /** RFC 3339, UTC. */
  readonly decidedAt: string;
  /** It is let through by an older answer, because it could not be asked again. */
  readonly isLastKnownGood: boolean;
}

/** What is decided about one workload. */
export interface WorkloadDecision {
  /** Over the workload and all of its images. */
  readonly verdict: Verdict;
  /** Of rules about the workload itself; those that deny first. */
  readonly answers: readonly RuleAnswer[];
  /** Each image once, in the order of its containers; empty when nobody asks about images. */
  readonly images: readonly ImageAnswer[];
  readonly findings: readonly ConfigFinding[];
  /** What let it through although it would have been denied. */
  readonly override: AppliedOverride | null;
}
