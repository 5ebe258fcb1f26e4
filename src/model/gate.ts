import type { AdvisoryData } from "./advisory.ts";
import type { ArtifactSummary } from "./artifact.ts";
import type { Digest } from "./digest.ts";
import type { SuppressedFinding } from "./finding.ts";
import type { AppliedOverride } from "./override.ts";
import type { Stage } from "./policy.ts";
import type { Problem } from "./problem.ts";
import type { ExemptedAnswer, RuleAnswer, Verdict } from "./verdict.ts";

export const GATE_SCHEMA = "bulwark.dev/gate/v1";

/** Which policy answered. */
export interface PolicySummary {
  readonly name: string;
  /** Of all that it asks, packs included: the same digest, the same questions. */
  readonly digest: Digest;
  /** The file as it was named; null for a built-in pack. */
  readonly path: string | null;
  readonly rules: number;
  /** How to ask for an exception. */
  readonly ask: string | null;
}

/** A policy's answer about one artifact. */
export interface GateAnswer {
  readonly artifact: ArtifactSummary;
  readonly verdict: Verdict;
  /** What its rules have to say; those that deny first. */
  readonly answers: readonly RuleAnswer[];
  /** What let it through although the rules object; null when nothing had to. */
  readonly override: AppliedOverride | null;
  /** What rules had to say and was decided not to count. */
  readonly exempted: readonly ExemptedAnswer[];
  readonly suppressed: readonly SuppressedFinding[];
  readonly problems: readonly Problem[];
  readonly data: AdvisoryData;
  readonly exitCode: number;
}

/** Everything that one run of the gate has to say. */
export interface GateResult {
  readonly schema: typeof GATE_SCHEMA;
  readonly tool: { readonly name: "bulwark"; readonly version: string };
  /** RFC 3339, UTC. */
  readonly decidedAt: string;
  readonly stage: Stage;
  readonly policy: PolicySummary;
  readonly results: readonly GateAnswer[];
  readonly exitCode: number;
}
