// Runs checks over a workload. This is what the command, the gate and the admission webhook share, so it does nothing but ask.
import type { Workload } from "../../model/workload.ts";
import type { Check, CheckAnswer, CheckRun, Doubt, Fault } from "./contract.ts";

/** A check for one version of its standard, chosen once and run many times. */
export interface ReadyCheck {
  readonly check: Check;
  readonly run: CheckRun;
}

/**
 * Readies a check for a minor version of Kubernetes.
 *
 * @param version 30 for v1.30.
 */
export function readied(check: Check, version: number): ReadyCheck {
  const [first] = check.versions;
  const { run } = check.versions.findLast(({ from }) => from <= version) ?? first;
  return { check, run };
}

/** The answers of all checks, in their order. */
export function runChecks(workload: Workload, checks: readonly ReadyCheck[]): CheckAnswer[] {
  return checks.map((ready) => answerOf(workload, ready));
}

function answerOf(workload: Workload, { check, run }: ReadyCheck): CheckAnswer {
  const said = run(workload);
  if (said === "not-applicable")
    return { check, answer: said, faults: NO_FAULTS, doubts: NO_DOUBTS };
  if (said.length === 0 && workload.gaps.length === 0)
    return { check, answer: "pass", faults: NO_FAULTS, doubts: NO_DOUBTS };
  const faults = said.filter((statement) => statement.kind === "fault");
  const doubts = [...said.filter((statement) => statement.kind === "doubt"), ...gapsOf(workload)];
  return { check, answer: faults.length > 0 ? "fault" : "unknown", faults, doubts };
}

const NO_FAULTS: readonly Fault[] = [];
const NO_DOUBTS: readonly Doubt[] = [];

function gapsOf({ gaps }: Workload): Doubt[] {
  return gaps.map(({ at, why }) => ({ kind: "doubt", at, container: null, why }));
}
