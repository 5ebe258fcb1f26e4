// Files that say how containers are to run: what the checks that a policy asks say of them.
import type { ConfigFinding } from "../model/finding.ts";
import type { Problem } from "../model/problem.ts";
import { type Answered, told } from "../stages/check/findings.ts";
import { type ReadyCheck, runChecks } from "../stages/check/run.ts";
import { unpinnedIn } from "../stages/pin/unpinned.ts";
import { type Examined, plainExamined } from "./examined.ts";
import { readWorkloads } from "./read-workloads.ts";
import type { Surroundings } from "./surroundings.ts";

/** What is asked of files. */
export interface FilesAsked {
  readonly checks: readonly ReadyCheck[];
  /** Whether what files name must be pinned. */
  readonly demandsPins: boolean;
}

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
  { checks, demandsPins }: FilesAsked,
  surroundings: Surroundings,
): Promise<CheckedFiles> {
  const read =
    checks.length === 0
      ? { workloads: [], problems: [] }
      : await readWorkloads(targets, surroundings);
  const answered = read.workloads.map(
    (one): Answered => ({ ...one, answers: runChecks(one.workload, checks) }),
  );
  const said = told(answered);
  const pins = demandsPins ? await pinsIn(targets) : { findings: [], problems: [] };
  return {
    answered,
    findings: [...said.findings, ...pins.findings],
    problems: [...read.problems, ...said.problems, ...pins.problems],
  };
}

async function pinsIn(targets: readonly string[]): Promise<ReturnType<typeof unpinnedIn>> {
  const { unpinned } = await import("./pin.ts");
  const { files, problems } = await unpinned(targets);
  const said = unpinnedIn(files);
  const unread = problems.map(({ path, reason }): Problem => {
    return { code: "configuration-unreadable", detail: reason, path };
  });
  return { findings: said.findings, problems: [...unread, ...said.problems] };
}

/**
 * The same as one artifact of a run.
 *
 * @param paths What was named, and where it must be pinned; of `files` workloads are known to be read.
 * @param target As the user wrote it.
 */
export async function examineWorkloads(
  { files, paths }: { readonly files: readonly string[]; readonly paths: readonly string[] },
  target: string,
  context: Surroundings & FilesAsked,
): Promise<Examined> {
  const { checks, demandsPins } = context;
  const own = await checkedFiles(files, { checks, demandsPins: false }, context);
  const pins = await checkedFiles(paths, { checks: [], demandsPins }, context);
  const problems = [...own.problems, ...pins.problems];
  const inventory = { distribution: null, packages: [], problems };
  const findings = [...own.findings, ...pins.findings];
  return plainExamined({ kind: "configuration", target }, inventory, findings);
}

/** What checks say of every container that runs on this host, as one artifact. @param target For reports: `--running`. */
export async function examineRunning(
  target: string,
  context: Surroundings & FilesAsked,
): Promise<Examined> {
  const { inspectContainers } = await import("../io/engine/inspect-containers.ts");
  const { containers, problems } = await inspectContainers(context);
  const { readEngine } = await import("../formats/workload/engine-inspect.ts");
  const answered = containers.flatMap(({ engine, name, document }) =>
    readEngine(document).map(
      (workload): Answered => ({
        path: `${engine} container ${name}`,
        workload: { ...workload, evidence: "running" },
        answers: runChecks(workload, context.checks),
        places: () => new Map(),
      }),
    ),
  );
  const said = told(answered);
  const inventory = {
    distribution: null,
    packages: [],
    problems: [...problems, ...said.problems],
  };
  return plainExamined({ kind: "configuration", target }, inventory, said.findings);
}
