import type { AdvisoryData } from "./advisory.ts";
import type { ArtifactSummary } from "./artifact.ts";
import type { Distribution, EndOfLife } from "./distribution.ts";
import type { Finding, SuppressedFinding } from "./finding.ts";
import type { Package } from "./package.ts";
import type { Problem } from "./problem.ts";
import type { Verdict } from "./verdict.ts";

export const SCAN_SCHEMA = "bulwark.dev/scan/v1";

/** Several results in one document; one result alone stands for itself. */
export const SCANS_SCHEMA = "bulwark.dev/scans/v1";

/** Everything one scan of one target found: what reporters print, what is saved, what JSON output is. */
export interface ScanResult {
  readonly schema: typeof SCAN_SCHEMA;
  readonly tool: { readonly name: "bulwark"; readonly version: string };
  /** RFC 3339, UTC. */
  readonly scannedAt: string;
  readonly artifact: ArtifactSummary;
  readonly distribution: (Distribution & { readonly endOfLife: EndOfLife | null }) | null;
  readonly data: AdvisoryData;
  readonly packages: readonly Package[];
  /** Highest priority first. */
  readonly findings: readonly Finding[];
  readonly suppressed: readonly SuppressedFinding[];
  readonly problems: readonly Problem[];
  readonly verdict: Verdict;
  /** What the process exits with on account of this result. */
  readonly exitCode: number;
}
