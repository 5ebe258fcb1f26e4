// Every decision goes through here into the evidence log: with who made it, where, and in which pipeline.
import { pipelineOf } from "../formats/ci-environment.ts";
import { now } from "../io/clock.ts";
import type { Receipt } from "../io/evidence/chain.ts";
import { EvidenceLog } from "../io/evidence/log.ts";
import { evidenceFolder } from "../io/folders.ts";
import { thisAccount } from "../io/this-account.ts";
import { version } from "../kit/build.ts";
import { AppError } from "../kit/error.ts";
import {
  type Actor,
  boundedDecision,
  type EvidenceDecision,
  type PipelineRun,
} from "../model/evidence-entry.ts";
import type { Surroundings } from "./surroundings.ts";

/** Where decisions are recorded, and what becomes of those that cannot be. */
export interface EvidenceRequest {
  /** `--evidence`; null for `BULWARK_EVIDENCE` or the user's folder. */
  readonly folder: string | null;
  /** A decision that is not recorded counts as failed. Otherwise it stands, with a warning. */
  readonly required: boolean;
}

/** Records decisions for as long as a process runs. Callers may come side by side; they share writes. */
export interface EvidenceRecorder {
  /**
   * Resolves when the decisions are on the disk.
   *
   * @param actor Who asked, where that is not who runs this process.
   * @returns Null when they could not be recorded and need not be; a warning has been given then.
   * @throws {AppError} `evidence-unwritable` when they must be.
   */
  record(decisions: readonly EvidenceDecision[], actor?: Actor): Promise<Receipt | null>;
}

/** Opens the log. Nothing is touched until something is recorded. */
export function evidenceRecorder(
  request: EvidenceRequest,
  surroundings: Surroundings,
): EvidenceRecorder {
  const { env } = surroundings;
  const folder = request.folder ?? evidenceFolder(env);
  const log = new EvidenceLog(folder, { env, now, tool: `bulwark ${version}` });
  const pipeline = pipelineOf(env);
  const runner = runnerOf(pipeline, env);
  return {
    record: async (decisions, actor = runner) => {
      if (decisions.length === 0) return null;
      try {
        const receipt = await log.append(
          decisions.map((decision) => ({
            kind: "decision",
            decision: boundedDecision({ actor, pipeline, ...decision }),
          })),
        );
        // A pipeline's output is kept elsewhere, and proves later that nothing was cut off.
        if (pipeline !== null)
          surroundings.note?.(`recorded as evidence ${receipt.seq}, head ${receipt.hash}`);
        return receipt;
      } catch (error) {
        if (!(error instanceof AppError) || request.required) throw error;
        surroundings.warn(`the decision was not recorded as evidence: ${error.message}`);
        return null;
      }
    },
  };
}

/** Records decisions, once. @throws {AppError} As {@link EvidenceRecorder.record}. */
export function recordDecisions(
  decisions: readonly EvidenceDecision[],
  request: EvidenceRequest,
  surroundings: Surroundings,
): Promise<Receipt | null> {
  return evidenceRecorder(request, surroundings).record(decisions);
}

function runnerOf(pipeline: PipelineRun | null, env: Surroundings["env"]): Actor {
  const { name, host } = thisAccount(env);
  return pipeline === null
    ? { kind: "user", name, host }
    : { kind: "ci", name: pipeline.actor ?? name, host };
}
