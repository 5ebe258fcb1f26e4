// What runs on a host beside the Compose files and Quadlet units that declare it.
import { basename, dirname, resolve } from "node:path";
import { engineInstance } from "../formats/workload/engine-instance.ts";
import { type DeclaredService, type Paired, paired } from "../formats/workload/pairings.ts";
import type { InspectedContainer } from "../io/engine/inspect-containers.ts";
import type { Environment } from "../io/folders.ts";
import { AppError } from "../kit/error.ts";
import { known } from "../kit/fact.ts";
import type { Problem } from "../model/problem.ts";
import type { Workload } from "../model/workload.ts";
import type { Answered } from "../stages/check/findings.ts";
import { type ReadyCheck, runChecks } from "../stages/check/run.ts";
import type { ReadSubject } from "./file-kind.ts";
import { readSubjects } from "./read-subjects.ts";
import { askedTags, tagsOf, withAnswers } from "./registry-tags.ts";
import type { Surroundings } from "./surroundings.ts";

/** What is compared with what runs. */
export interface Declaration {
  /** Files and folders that declare what ought to run; none when nobody says. */
  readonly declared: readonly string[];
  /** Whether registries are asked what tags mean now. */
  readonly registry: boolean;
}

/** What runs, and why there may be more of it. */
export interface RunningHere {
  readonly containers: readonly InspectedContainer[];
  readonly unseen: readonly string[];
}

/** What checks say of pairings. */
export interface Compared {
  readonly answered: readonly Answered[];
  readonly problems: readonly Problem[];
}

/**
 * Compares what runs with what is declared, its containers with each other, and their tags with what they mean now.
 *
 * @throws {AppError} `not-found`, `unreadable` for what was named; `usage` when no service is in it.
 */
export async function comparedWithFiles(
  { containers, unseen }: RunningHere,
  { declared: targets, registry }: Declaration,
  checks: readonly ReadyCheck[],
  surroundings: Surroundings,
): Promise<Compared> {
  const problems: Problem[] = [];
  const declared = await declaredIn(targets, problems, surroundings);
  const running = containers.flatMap((one) => {
    const name = `${one.engine} container ${one.name}`;
    const instance = engineInstance(one);
    return instance === null ? [] : [{ ...instance, path: name }];
  });
  const tags = registry ? running.flatMap(({ instance }) => tagsOf(instance)) : [];
  const answers = await askedTags(tags, surroundings);
  const looked = running.map((one) => ({
    ...one,
    instance: withAnswers(one.instance, answers),
  }));
  const paths = new Map(running.map(({ instance, path }) => [instance.name, path]));
  const services = targets.length === 0 ? null : [...declared.keys()];
  const answered = paired(services, looked, unseen).map(
    ({ service, pairing }: Paired): Answered => {
      const read = service === null ? undefined : declared.get(service);
      const path = read?.path ?? paths.get(pairing.instances[0]?.name ?? "") ?? "";
      const places = read?.places ?? (() => new Map());
      return { path, places, subject: pairing, answers: runChecks(pairing, checks) };
    },
  );
  return { answered, problems };
}

async function declaredIn(
  targets: readonly string[],
  problems: Problem[],
  surroundings: Surroundings,
): Promise<Map<DeclaredService, ReadSubject>> {
  const services = new Map<DeclaredService, ReadSubject>();
  for await (const file of readSubjects(targets, surroundings)) {
    problems.push(...file.problems);
    for (const read of file.subjects) {
      const { subject, path } = read;
      if (subject.form !== "workload" || !DECLARING.has(subject.platform)) continue;
      const whole = resolve(path);
      const workload = withWholePaths(subject, dirname(whole), surroundings.env);
      services.set({ workload, file: whole, project: projectOf(whole, surroundings.env) }, read);
    }
  }
  if (targets.length > 0 && services.size === 0 && problems.length === 0) {
    const named = targets.map((target) => JSON.stringify(target)).join(", ");
    throw new AppError("usage", `cannot compare with ${named}: no service is in it`, {
      hint: "name Compose files or Quadlet units, or folders with some",
    });
  }
  return services;
}

/** Files of whose services containers of engines are. */
const DECLARING: ReadonlySet<string> = new Set(["compose", "quadlet"]);

/** @see https://docs.docker.com/compose/how-tos/project-name/ */
function projectOf(file: string, env: Environment): string {
  const given = env["COMPOSE_PROJECT_NAME"] ?? "";
  const name = given === "" ? basename(dirname(file)) : given;
  return name
    .toLowerCase()
    .replace(/[^-_a-z0-9]/g, "")
    .replace(/^[-_]+/, "");
}

/** Compose and Quadlet take paths from the folder of their file. */
function withWholePaths(workload: Workload, folder: string, env: Environment): Workload {
  const volumes = workload.volumes.map((volume) => {
    const { hostPath } = volume;
    if (hostPath.state !== "known") return volume;
    const path = hostPath.value.replace(/^~(?=\/|$)/, env["HOME"] ?? "~");
    return { ...volume, hostPath: known(resolve(folder, path), hostPath.at) };
  });
  return { ...workload, volumes };
}
