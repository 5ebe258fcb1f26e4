// `bulwark audit host`: whether a host that runs containers is set up as it ought to be, and what runs on it.
import { flawsOf } from "../formats/host/engine-flaws.ts";
import { fixScript } from "../formats/host/fix-script.ts";
import { hostOf } from "../formats/host/host.ts";
import { summaryOfHost } from "../formats/host/host-summary.ts";
import { nodeComponentsOf } from "../formats/host/node-components.ts";
import { nodeFilesOf } from "../formats/host/node-files.ts";
import { placeOf } from "../formats/host/record-file.ts";
import type { Environment } from "../io/folders.ts";
import { AppError } from "../kit/error.ts";
import type { CheckedSubject } from "../model/check-result.ts";
import type { Component } from "../model/component.ts";
import type { Host } from "../model/host.ts";
import { HOST_AUDIT_SCHEMA, type HostAudit } from "../model/host-audit.ts";
import type { HostRecord } from "../model/host-record.ts";
import type { NodeFiles } from "../model/node-files.ts";
import type { Problem } from "../model/problem.ts";
import type { Threshold } from "../model/severity.ts";
import { checks } from "../plugins/checks/index.ts";
import { type Answered, Telling } from "../stages/check/findings.ts";
import { answersTo } from "../stages/check/framework.ts";
import { MINOR_VERSION_MAX } from "../stages/check/packs.ts";
import { type ReadyCheck, readied, runChecks } from "../stages/check/run.ts";
import { exitCodeOf } from "../stages/decide/decide.ts";
import { thresholdQuestion } from "../stages/decide/findings-clause.ts";
import { concluded, namedStandard } from "./check.ts";
import { readDecisions } from "./decisions.ts";
import { type RunningAnswered, runningContainers, summaryOf } from "./examine-configuration.ts";
import { hostPackages } from "./host-packages.ts";
import { comparedWithFiles, type Declaration } from "./pair-containers.ts";
import { recordHost } from "./record-host.ts";
import type { Surroundings } from "./surroundings.ts";

export interface HostAuditRequest extends Declaration {
  /** A folder with the files of a host; null for the host that this program runs on. */
  readonly root: string | null;
  /** Report by the requirements of this standard, and ask only what answers to it. */
  readonly framework: string | null;
  readonly threshold: Threshold | null;
  readonly exceptions: string | null;
  /** Where the advisory store is; null for the usual place. */
  readonly db: string | null;
}

/**
 * Audits a host.
 *
 * @throws {AppError} `usage` for a framework that there is not, `not-found` for the folder, `config-invalid` for exceptions.
 */
export async function auditHost(
  request: HostAuditRequest,
  outside: Surroundings,
): Promise<AuditedHost> {
  const surroundings = { ...outside, env: ofThisHost(outside) };
  const { root, framework, threshold } = request;
  if (root !== null && (request.declared.length > 0 || request.registry)) throw nothingRunsThere();
  const standard = framework === null ? null : namedStandard(framework);
  const wanted = checks.filter((check) => standard === null || answersTo(check, standard));
  const ready = wanted.map((check) => readied(check, MINOR_VERSION_MAX));
  const { exceptions } = await readDecisions({ exceptions: request.exceptions, vex: [] });
  surroundings.progress("looking at the host");
  const record = await recordHost(root, surroundings);
  const running = root === null ? await containersHere(ready, surroundings) : NOTHING_RUNS;
  const compared = await comparedWithFiles(
    {
      containers: running.containers,
      unseen: [...running.problems, ...unseen(record)].map(({ detail }) => detail),
    },
    request,
    ready,
    surroundings,
  );
  const plain = hostOf(record);
  const question = threshold === null ? null : thresholdQuestion(threshold);
  const packages = await hostPackages(
    { host: plain, root: root ?? "/", db: request.db, exceptions, question },
    surroundings,
  );
  surroundings.progress(null);
  const host: Host = { ...plain, flaws: flawsOf(plain, packages) };
  const { telling, subjects } = toldOf([
    answeredOf(host, ready),
    ...[...nodeFilesOf(record), ...nodeComponentsOf(record)].map((one) =>
      answeredIn(record, one, ready),
    ),
    ...running.answered,
    ...compared.answered,
  ]);
  const { findings, problems, tallies } = telling.told();
  const result = concluded(
    {
      findings,
      subjects,
      tallies,
      problems: [...unseen(record), ...running.problems, ...compared.problems, ...problems],
    },
    {
      targets: [root ?? (record.name === "" ? "this host" : record.name)],
      policy: null,
      standard,
      question,
      exceptions,
      baseline: null,
    },
  );
  const audit: HostAudit = {
    ...result,
    schema: HOST_AUDIT_SCHEMA,
    host: summaryOfHost(host, running.answered.length),
    packages,
    exitCode: exitCodeOf([result.exitCode, packages.exitCode]),
  };
  return { audit, record };
}

function nothingRunsThere(): AppError {
  return new AppError("usage", "cannot compare what is declared with a host that does not run", {
    hint: "leave --root out, or --declared and --registry",
  });
}

/** An engine of another machine that somebody chose for the command line is no part of this host. */
function ofThisHost({ env, warn }: Surroundings): Environment {
  const own: Record<string, string | undefined> = { ...env, DOCKER_CONTEXT: "default" };
  for (const name of ["DOCKER_HOST", "CONTAINER_HOST"]) {
    const address = env[name] ?? "";
    if (address === "" || /^(?:unix:\/\/|\/)/.test(address)) continue;
    warn(`${name} names another machine, which is not asked`);
    own[name] = undefined;
  }
  return own;
}

/** The result, and what it was judged from. */
export interface AuditedHost {
  readonly audit: HostAudit;
  readonly record: HostRecord;
}

/** A script that does away with what was found, where nobody has to be asked. @param root As in the request. */
export function scriptFor({ audit, record }: AuditedHost, root: string | null): string {
  const remedies = audit.findings.flatMap(({ rule, severity, message, steps = [] }) =>
    steps.map((step) => ({ finding: `${rule.id} (${severity}): ${message}`, step })),
  );
  return fixScript(remedies, { record, root: root ?? "", at: audit.checkedAt });
}

const NOTHING_RUNS: RunningAnswered = { answered: [], containers: [], problems: [] };

function containersHere(
  ready: readonly ReadyCheck[],
  around: Surroundings,
): Promise<RunningAnswered> {
  return runningContainers({ ...around, checks: ready });
}

/** What checks say of a host as it was recorded; its places are those of the host. */
export function answeredOf(host: Host, ready: readonly ReadyCheck[]): Answered {
  return answeredIn(host.record, host, ready);
}

function answeredIn(
  record: HostRecord,
  subject: Host | NodeFiles | Component,
  ready: readonly ReadyCheck[],
): Answered {
  return {
    path: record.name === "" ? "host" : record.name,
    subject,
    answers: runChecks(subject, ready),
    places: (pointers) =>
      new Map(
        pointers.flatMap((pointer) => {
          const place = placeOf(record, pointer);
          return place === null ? [] : [[pointer, place] as const];
        }),
      ),
  };
}

/** What is compared with each other is no further subject. */
function toldOf(all: readonly Answered[]): { telling: Telling; subjects: CheckedSubject[] } {
  const telling = new Telling();
  for (const one of all) telling.add(one);
  return {
    telling,
    subjects: all.filter(({ subject }) => subject.form !== "pairing").map(summaryOf),
  };
}

/** Engines that are there and did not answer: what they would say is not known. */
function unseen({ engines }: HostRecord): Problem[] {
  return engines.flatMap(({ engine, error }): Problem[] =>
    error === null
      ? []
      : [{ code: "configuration-unreadable", detail: `cannot ask ${engine}: ${error}` }],
  );
}
