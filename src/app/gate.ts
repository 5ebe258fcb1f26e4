// `bulwark gate`: what a policy says of what the user named.
import { now } from "../io/clock.ts";
import { version } from "../kit/build.ts";
import { AppError, ERROR_CODES } from "../kit/error.ts";
import { GATE_SCHEMA, type GateResult } from "../model/gate.ts";
import { overrideSubjectsOf, overrideText } from "../model/override.ts";
import type { Stage } from "../model/policy.ts";
import { exitCodeOf } from "../stages/decide/decide.ts";
import type { OverrideFor } from "./assess.ts";
import type { AttestableResult, AttestedVerdicts } from "./attest-verdicts.ts";
import { type LoadedPolicy, loadPolicy } from "./policy.ts";
import { trustFor } from "./policy-trust.ts";
import { assessTargets, type FailedTarget, type TargetsRequest } from "./scan.ts";
import type { SealRequest } from "./seal.ts";
import type { Signing } from "./sign.ts";
import type { Surroundings } from "./surroundings.ts";

export interface GateRequest extends TargetsRequest {
  /** A file, or a built-in pack; null for `bulwark.yaml`, else `startup`. */
  readonly policy: string | null;
  readonly stage: Stage;
  /** The trust file; null for the one that the policy names. */
  readonly trust: string | null;
  /** With what to sign the verdicts and attach them; null to attach none. */
  readonly attest: SealRequest | null;
  /** Nothing is decided: the answers are not recorded as evidence. */
  readonly isPreview: boolean;
  readonly overrides: {
    readonly files: readonly string[];
    /** Files of public keys that count beside those of the policy. */
    readonly keys: readonly string[];
  };
}

export interface GateRun {
  /** Verdicts that were attached. */
  readonly attested: readonly Signing[];
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
  const { checks, demandsPins } = policy.checksAt(request.stage);
  const asked = {
    question: policy.questionAt(request.stage),
    trust: await trustFor(policy, request.stage, request.trust),
    checks,
    demandsPins,
    demandsSecrets: policy.asksSecrets(request.stage),
    asker: request.isPreview
      ? null
      : { command: `gate --stage ${request.stage}`, policy: { name, digest } },
    overrideFor: await overridesOf(request, policy, surroundings),
  };
  const attesting = await attestingOf(request, surroundings);
  const run = await assessTargets(request, asked, surroundings);
  const results = run.assessed.map(({ result, answers, exempted, override }) => {
    const { artifact, verdict, suppressed, problems, data, exitCode } = result;
    return { artifact, verdict, answers, override, exempted, suppressed, problems, data, exitCode };
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
  if (attesting === null) return { gate, failures: run.failures, attested: [] };
  const { attested, failures } = await attesting(
    run.assessed.map(({ result: { artifact, verdict }, override, used }) => ({
      artifact,
      verdict,
      override,
      used,
    })),
    gate,
    policy,
  );
  const exitCode = exitCodeOf([run.exitCode, ...failures.map(exitCodeOfFailure)]);
  return { gate: { ...gate, exitCode }, failures: [...run.failures, ...failures], attested };
}

type Attesting = (
  results: readonly AttestableResult[],
  gate: GateResult,
  policy: LoadedPolicy,
) => Promise<AttestedVerdicts>;

/** Opens the key before anything is scanned: who cannot sign learns it at once. */
async function attestingOf(
  { attest, offline, evidence }: GateRequest,
  surroundings: Surroundings,
): Promise<Attesting | null> {
  if (attest === null) return null;
  const [{ openSeal }, { attestVerdicts }] = await Promise.all([
    import("./seal.ts"),
    import("./attest-verdicts.ts"),
  ]);
  const seal = await openSeal({ ...attest, offline, withOldTag: false }, surroundings);
  return (results, gate, policy) =>
    attestVerdicts(results, gate, policy, { seal, offline, evidence }, surroundings);
}

function exitCodeOfFailure({ error }: FailedTarget): number {
  return ERROR_CODES[error.code].exitCode;
}

/** What does not hold where something is denied is told: somebody counted on it. */
async function overridesOf(
  { overrides: { files, keys } }: GateRequest,
  { policy }: LoadedPolicy,
  { warn }: Surroundings,
): Promise<OverrideFor> {
  if (files.length === 0) return () => null;
  const trusted = [...keys, ...policy.overrides.keys];
  if (trusted.length === 0)
    throw new AppError("usage", "cannot use an override: nobody is named whose override counts", {
      hint: "give --override-key FILE, or keys under overrides in the policy",
    });
  const { overridesFor } = await import("./overrides.ts");
  const { daysMax } = policy.overrides;
  const overrides = await overridesFor({ files, folder: null, keys: trusted, daysMax }, warn);
  return (artifact) => {
    const question = {
      subjects: overrideSubjectsOf(artifact),
      action: "gate" as const,
      now: now(),
    };
    const applied = overrides.find(question);
    const name = artifact.reference ?? artifact.target;
    if (applied === null)
      for (const refusal of overrides.refusals(question)) warn(`${name}: ${refusal}`);
    else warn(`${name} is let through by ${overrideText(applied)}`);
    return applied;
  };
}
