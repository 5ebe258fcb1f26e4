// Files that say how containers are to run: what the checks that a policy asks say of them.
import type { ConfigFinding } from "../model/finding.ts";
import type { Problem } from "../model/problem.ts";
import { type Answered, told } from "../stages/check/findings.ts";
import { type ReadyCheck, runChecks } from "../stages/check/run.ts";
import { type Examined, plainExamined } from "./examined.ts";
import { readWorkloads } from "./read-workloads.ts";
import type { Surroundings } from "./surroundings.ts";

/** What checks say of files. */
export interface CheckedFiles {
  readonly answered: readonly Answered[];
  /** Most severe first. */
  readonly findings: readonly ConfigFinding[];
  /** What could not be read, or told. */
  readonly problems: readonly Problem[];
}

/** @throws {AppError} `not-found`, `unreadable` for what was named; what is wrong with one file is a problem. */
export async function checkedFiles(
  targets: readonly string[],
  checks: readonly ReadyCheck[],
  surroundings: Surroundings,
): Promise<CheckedFiles> {
  const read = await readWorkloads(targets, surroundings);
  const answered = read.workloads.map(
    (one): Answered => ({ ...one, answers: runChecks(one.workload, checks) }),
  );
  const { findings, problems } = told(answered);
  return { answered, findings, problems: [...read.problems, ...problems] };
}

/** The same as one artifact of a run. @param target As the user wrote it. */
export async function examineWorkloads(
  files: readonly string[],
  target: string,
  context: Surroundings & { readonly checks: readonly ReadyCheck[] },
): Promise<Examined> {
  const { findings, problems } = await checkedFiles(files, context.checks, context);
  const inventory = { distribution: null, packages: [], problems };
  return plainExamined({ kind: "configuration", target }, inventory, findings);
}
