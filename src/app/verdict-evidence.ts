// What verdicts tell the evidence log.
import type { AppError } from "../kit/error.ts";
import { needsData } from "../model/answer.ts";
import type { EvidenceDecision, EvidenceOutcome } from "../model/evidence-entry.ts";
import type { ScanResult } from "../model/scan.ts";
import { recordDecisions } from "./evidence.ts";
import type { Surroundings } from "./surroundings.ts";

/** What came of a scan. */
interface Scanned {
  readonly results: readonly ScanResult[];
  readonly failures: readonly { readonly target: string; readonly error: AppError }[];
}

/** Who asked for the verdicts. */
export interface Asker {
  /** As in {@link EvidenceDecision}. */
  readonly command: string;
  readonly policy: EvidenceDecision["policy"];
}

/**
 * Records the verdicts of a run.
 *
 * @param folder null for the usual place, if it can be written.
 * @throws {AppError} `evidence-unwritable` when a folder was named for them.
 */
export async function recordVerdicts(
  run: Scanned,
  { command, policy }: Asker,
  folder: string | null,
  surroundings: Surroundings,
): Promise<void> {
  const asked = { action: "gate", command, policy } as const;
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
  await recordDecisions(decisions, { folder, required: folder !== null }, surroundings);
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
    data: needsData(artifact) ? data : null,
  };
}
