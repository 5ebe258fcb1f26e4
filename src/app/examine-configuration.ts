// Files that say how containers are built and run: what the checks that a policy asks say of them.
import type { InspectedContainer } from "../io/engine/inspect-containers.ts";
import type { CheckedSubject } from "../model/check-result.ts";
import type { ConfigFinding } from "../model/finding.ts";
import type { Problem } from "../model/problem.ts";
import { type Answered, type Tallies, Telling, told } from "../stages/check/findings.ts";
import { type ReadyCheck, runChecks } from "../stages/check/run.ts";
import { unpinnedIn } from "../stages/pin/unpinned.ts";
import { ClusterReading } from "./cluster-reading.ts";
import { type Examined, plainExamined } from "./examined.ts";
import { type ReadFile, type Reading, readSubjects } from "./read-subjects.ts";
import type { Surroundings } from "./surroundings.ts";

/** What is asked of files. */
export interface FilesAsked extends Reading {
  readonly checks: readonly ReadyCheck[];
  /** Whether what files name must be pinned. */
  readonly demandsPins: boolean;
}

/** What checks say of files. */
export interface CheckedFiles {
  readonly subjects: readonly CheckedSubject[];
  readonly tallies: Tallies;
  /** Most severe first. */
  readonly findings: readonly ConfigFinding[];
  /** What could not be read, or told. */
  readonly problems: readonly Problem[];
}

/** @throws {AppError} `not-found`, `unreadable` for what was named; what is wrong with one file is a problem. */
export async function checkedFiles(
  targets: readonly string[],
  { checks, demandsPins, ...reading }: FilesAsked,
  surroundings: Surroundings,
): Promise<CheckedFiles> {
  const files = checks.length === 0 ? NOTHING : readSubjects(targets, surroundings, reading);
  const checked = await checkedSubjects(files, checks, targets[0] ?? "");
  const pins = demandsPins ? await pinsIn(targets) : { findings: [], problems: [] };
  return {
    ...checked,
    findings: [...checked.findings, ...pins.findings],
    problems: [...checked.problems, ...pins.problems],
  };
}

const NOTHING: readonly ReadFile[] = [];

/**
 * What checks say of subjects as they are read.
 *
 * @param all What they are together, for what is about none of them alone.
 * @param more What is to be said in the end, of what all of them were seen to be.
 */
export async function checkedSubjects(
  files: AsyncIterable<ReadFile> | Iterable<ReadFile>,
  checks: readonly ReadyCheck[],
  all: string,
  more: () => Promise<Answers> = () => Promise.resolve(NO_ANSWERS),
): Promise<CheckedFiles> {
  const telling = new Telling();
  const cluster = new ClusterReading(checks);
  const subjects: CheckedSubject[] = [];
  const unread: Problem[] = [];
  for await (const file of files) {
    unread.push(...file.problems);
    for (const read of file.subjects) {
      const one: Answered = { ...read, answers: runChecks(read.subject, checks) };
      telling.add(one);
      cluster.add(read);
      // What stands for something that was not seen lies nowhere: it is a problem, and nothing that was looked at.
      if (read.path !== "") subjects.push(summaryOf(one));
    }
  }
  for (const one of cluster.answered(all)) telling.add(one);
  const rest = await more();
  for (const one of rest.answered) telling.add(one);
  const said = telling.told();
  return {
    subjects,
    tallies: said.tallies,
    findings: said.findings,
    problems: [...unread, ...cluster.problems(all), ...rest.problems, ...said.problems],
  };
}

/** What checks said, and what could not be asked. */
interface Answers {
  readonly answered: readonly Answered[];
  readonly problems: readonly Problem[];
}

const NO_ANSWERS: Answers = { answered: [], problems: [] };

/** What was looked at, in numbers. */
export function summaryOf({ path, subject, answers }: Answered): CheckedSubject {
  const { form, platform, kind, name, namespace } = subject;
  const number = (wanted: string): number =>
    answers.filter(({ answer }) => answer === wanted).length;
  return {
    path,
    form,
    platform,
    kind,
    name,
    namespace,
    passed: number("pass"),
    faults: number("fault"),
    unknown: number("unknown"),
    notApplicable: number("not-applicable"),
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
 * @param paths What was named, and where it must be pinned; of `files` subjects are known to be read.
 * @param target As the user wrote it.
 */
export async function examineConfiguration(
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
  const { answered, problems } = await runningContainers(context);
  const said = told(answered);
  const inventory = {
    distribution: null,
    packages: [],
    problems: [...problems, ...said.problems],
  };
  return plainExamined({ kind: "configuration", target }, inventory, said.findings);
}

/** Every container that runs on this host with what checks say of it, and what could not be asked. */
export async function runningContainers(
  context: Surroundings & { readonly checks: readonly ReadyCheck[] },
): Promise<RunningAnswered> {
  const { inspectContainers } = await import("../io/engine/inspect-containers.ts");
  const { containers, problems } = await inspectContainers(context);
  const { readEngine } = await import("../formats/workload/engine-inspect.ts");
  const answered = containers.flatMap(({ engine, name, document }) =>
    readEngine(document).map(
      (workload): Answered => ({
        path: `${engine} container ${name}`,
        subject: { ...workload, evidence: "running" },
        answers: runChecks(workload, context.checks),
        places: () => new Map(),
      }),
    ),
  );
  return { answered, containers, problems };
}

/** What checks say of what runs, and the engines' own words on it. */
export interface RunningAnswered {
  readonly answered: readonly Answered[];
  readonly containers: readonly InspectedContainer[];
  readonly problems: readonly Problem[];
}
