import type { ConfigPlatform } from "./checkable.ts";
import type { ConfigFinding, SuppressedFinding } from "./finding.ts";
import type { FrameworkReport } from "./framework-report.ts";
import type { Problem } from "./problem.ts";
import type { ExemptedAnswer, Verdict } from "./verdict.ts";

export const CHECK_SCHEMA = "bulwark.dev/check/v1";

/** What one run of checks over files found: what is printed and what JSON output is. */
export interface CheckResult {
  readonly schema: typeof CHECK_SCHEMA;
  readonly tool: { readonly name: "bulwark"; readonly version: string };
  /** RFC 3339, UTC. */
  readonly checkedAt: string;
  /** As the user wrote them. */
  readonly targets: readonly string[];
  /** The pack, with its version (`pss-restricted@v1.30`); null when none was named. */
  readonly policy: string | null;
  readonly subjects: readonly CheckedSubject[];
  /** Most severe first. */
  readonly findings: readonly ConfigFinding[];
  readonly suppressed: readonly SuppressedFinding[];
  /** What rules of the policy had to say and was decided not to count. */
  readonly exempted: readonly ExemptedAnswer[];
  readonly problems: readonly Problem[];
  /** The standard that was asked for, requirement by requirement; null when none was. */
  readonly framework: FrameworkReport | null;
  readonly verdict: Verdict;
  readonly exitCode: number;
}

/** What was looked at, and how many checks gave which answer. */
export interface CheckedSubject {
  readonly path: string;
  /** Its normal form: `workload`. */
  readonly form: string;
  readonly platform: ConfigPlatform;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | null;
  readonly passed: number;
  readonly faults: number;
  readonly unknown: number;
  readonly notApplicable: number;
}
