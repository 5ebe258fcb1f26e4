// What verdicts tell the evidence log.
import type { AppError } from "../kit/error.ts";
import { needsData } from "../model/answer.ts";
import type { EvidenceDecision, EvidenceOutcome } from "../model/evidence-entry.ts";
import { overrideSubjectsOf } from "../model/override.ts";
import type { ScanResult } from "../model/scan.ts";
import type { Assessed } from "./assess.ts";
import { recordDecisions } from "./evidence.ts";
import { overrideEvidence } from "./override-evidence.ts";
import type { Surroundings } from "./surroundings.ts";

/** What came of a scan. */
interface Scanned {
  readonly assessed: readonly Pick<Assessed, "result" | "override">[];
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
    ...run.assessed.flatMap(({ result, override }) => [
      { ...asked, ...verdictOf(result) },
      ...usesOf(override, result, command),
    ]),
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

/** That an override let something through is found under its own digest, too. */
function usesOf(
  override: Assessed["override"],
  { artifact }: ScanResult,
  command: string,
): EvidenceDecision[] {
  const [subject] = overrideSubjectsOf(artifact);
  if (override === null || subject === undefined) return [];
  return [overrideEvidence(override, { command, outcome: "allow", subject })];
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
