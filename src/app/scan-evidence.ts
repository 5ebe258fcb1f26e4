// What a scan that was asked for a verdict tells the evidence log.
import type { AppError } from "../kit/error.ts";
import type { EvidenceDecision, EvidenceOutcome } from "../model/evidence-entry.ts";
import type { ScanResult } from "../model/scan.ts";
import type { Threshold } from "../model/severity.ts";
import { recordDecisions } from "./evidence.ts";
import type { Surroundings } from "./surroundings.ts";

/** What came of a scan. */
interface Scanned {
  readonly results: readonly ScanResult[];
  readonly failures: readonly { readonly target: string; readonly error: AppError }[];
}

/** What was asked of it. */
interface Asked {
  readonly threshold: Threshold | null;
  readonly onlyFixable: boolean;
  readonly evidence: string | null;
}

/**
 * Records the verdicts of a scan; nothing when nobody asked for one.
 *
 * @throws {AppError} `evidence-unwritable` when a folder was named for them.
 */
export async function recordScan(
  run: Scanned,
  request: Asked,
  surroundings: Surroundings,
): Promise<void> {
  if (request.threshold === null) return;
  const fixable = request.onlyFixable ? " --only-fixable" : "";
  const asked = {
    action: "gate",
    command: `scan --fail-on ${request.threshold}${fixable}`,
    policy: { name: `fail-on ${request.threshold}`, digest: null },
  } as const;
  const decisions: EvidenceDecision[] = [
    ...run.results.map((result) => ({ ...asked, ...verdictOf(result) })),
    ...run.failures.map(({ target, error }) => ({
      ...asked,
      outcome: "failed" as const,
      reasons: [`${error.code}: ${error.message}`],
      subject: { name: target, digest: null },
      data: null,
    })),
  ];
  const { evidence } = request;
  await recordDecisions(decisions, { folder: evidence, required: evidence !== null }, surroundings);
}

function verdictOf({
  artifact,
  data,
  verdict,
}: ScanResult): Pick<EvidenceDecision, "outcome" | "reasons" | "subject" | "data"> {
  const outcome: EvidenceOutcome = verdict.outcome === "none" ? "done" : verdict.outcome;
  return {
    outcome,
    reasons: verdict.reasons,
    subject: { name: artifact.reference ?? artifact.target, digest: artifact.digest },
    data: artifact.kind === "sarif" ? null : data,
  };
}
