// Runs checks over what they look at. This is what the command, the gate and the admission webhook share, so it does nothing but ask.
import type {
  Check,
  CheckAnswer,
  CheckRun,
  CheckSettings,
  Doubt,
  Fault,
  Subject,
} from "./contract.ts";

/** A check for one version of its standard, chosen once and run many times. */
export interface ReadyCheck {
  readonly check: Check;
  /** Asked only of subjects of the check's own form. */
  readonly run: CheckRun<Subject>;
  readonly settings: CheckSettings;
}

/** Where no policy says anything that a check goes by. */
export const NO_SETTINGS: CheckSettings = { registries: null };

/**
 * Readies a check for a minor version of Kubernetes.
 *
 * @param version 30 for v1.30.
 * @param settings What the policy says that asks it.
 */
export function readied(
  check: Check,
  version: number,
  settings: CheckSettings = NO_SETTINGS,
): ReadyCheck {
  const [first] = check.versions;
  const { run } = check.versions.findLast(({ from }) => from <= version) ?? first;
  return { check, run: run as CheckRun<Subject>, settings };
}

/** The answers of those of the checks that look at what the subject is, in their order. */
export function runChecks(subject: Subject, checks: readonly ReadyCheck[]): CheckAnswer[] {
  return checks
    .filter(({ check }) => check.appliesTo === subject.form)
    .map((ready) => answerOf(subject, ready));
}

function answerOf(subject: Subject, { check, run, settings }: ReadyCheck): CheckAnswer {
  const said = run(subject, settings);
  const nothing = { faults: NO_FAULTS, doubts: NO_DOUBTS, inapplicable: NO_ASPECTS };
  if (said === "not-applicable") return { check, answer: said, ...nothing };
  if (said.length === 0 && subject.gaps.length === 0) return { check, answer: "pass", ...nothing };
  const inapplicable = said.flatMap((one) => (one.kind === "inapplicable" ? [one.aspect] : []));
  const faults = said.filter((statement) => statement.kind === "fault");
  const doubts = [...said.filter((statement) => statement.kind === "doubt"), ...gapsOf(subject)];
  const answer = faults.length > 0 ? "fault" : doubts.length > 0 ? "unknown" : "pass";
  return { check, answer, faults, doubts, inapplicable };
}

const NO_FAULTS: readonly Fault[] = [];
const NO_DOUBTS: readonly Doubt[] = [];
const NO_ASPECTS: readonly string[] = [];

function gapsOf({ gaps }: Subject): Doubt[] {
  return gaps.map(({ at, why }) => ({ kind: "doubt", at, container: null, why }));
}
