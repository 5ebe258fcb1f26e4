// `bulwark gate`: what a policy says of what the user named.
import { now } from "../io/clock.ts";
import { version } from "../kit/build.ts";
import { GATE_SCHEMA, type GateResult } from "../model/gate.ts";
import type { Stage } from "../model/policy.ts";
import { loadPolicy } from "./policy.ts";
import { assessTargets, type FailedTarget, type TargetsRequest } from "./scan.ts";
import type { Surroundings } from "./surroundings.ts";

export interface GateRequest extends TargetsRequest {
  /** A file, or a built-in pack; null for `bulwark.yaml`, else `startup`. */
  readonly policy: string | null;
  readonly stage: Stage;
  /** Nothing is decided: the answers are not recorded as evidence. */
  readonly isPreview: boolean;
}

export interface GateRun {
  readonly gate: GateResult;
  readonly failures: readonly FailedTarget[];
}

/**
 * Asks a policy about every target. The policy is read first: who has none that can be read has no gate.
 *
 * @throws {AppError} as `loadPolicy` and `runScan` do.
 */
export async function runGate(request: GateRequest, surroundings: Surroundings): Promise<GateRun> {
  const policy = await loadPolicy(request.policy);
  const { name, digest } = policy.summary;
  const asked = {
    question: policy.questionAt(request.stage),
    checks: policy.checksAt(request.stage).checks,
    asker: request.isPreview
      ? null
      : { command: `gate --stage ${request.stage}`, policy: { name, digest } },
  };
  const run = await assessTargets(request, asked, surroundings);
  const results = run.assessed.map(({ result, answers }) => {
    const { artifact, verdict, suppressed, problems, data, exitCode } = result;
    return { artifact, verdict, answers, suppressed, problems, data, exitCode };
  });
  const gate: GateResult = {
    schema: GATE_SCHEMA,
    tool: { name: "bulwark", version },
    decidedAt: now(),
    stage: request.stage,
    policy: policy.summary,
    results,
    exitCode: run.exitCode,
  };
  return { gate, failures: run.failures };
}
