// `bulwark access minimize --events`: the least that containers can be given and still do what they were seen to do.
import { join } from "node:path";
import { readObserved } from "../formats/observed-events.ts";
import { yamlText } from "../formats/yaml-text.ts";
import { readNamed } from "../io/named-file.ts";
import type { ClusterObject } from "../model/cluster-object.ts";
import type { ObservedEvent } from "../model/observed.ts";
import type { Problem } from "../model/problem.ts";
import type { Container, Workload } from "../model/workload.ts";
import { type LeastContainer, leastContainer } from "../stages/grant/least-container.ts";
import { type LeastPatch, leastPatch, runOptions } from "../stages/grant/least-patch.ts";
import { type ObservedUse, observedUses } from "../stages/grant/observed-use.ts";
import { type Declared, type LeastNetwork, leastNetworks } from "./least-networks.ts";
import { readSubjects } from "./read-subjects.ts";
import { type StagedProfile, writeLearned } from "./seccomp-stages.ts";
import { enforceProfiles, type TrialRequest } from "./seccomp-trials.ts";
import type { Surroundings } from "./surroundings.ts";
import { writeOutput } from "./write-output.ts";

export const LEAST_SCHEMA = "bulwark.dev/least-containers/v1";

export interface MinimizeContainersRequest {
  /** A recording. */
  readonly events: string;
  /** Files and folders with the workloads as they are declared today; may be empty. */
  readonly manifests: readonly string[];
  /** Where to write profiles, patches and policies; null to write none. */
  readonly folder: string | null;
  /** Asks that profiles of the folder refuse from now on; null to write what was learned. */
  readonly enforce: TrialRequest | null;
}

/** What is proposed for one workload. */
export interface LeastWorkload {
  readonly containers: readonly [LeastContainer, ...LeastContainer[]];
  readonly patch: LeastPatch;
  readonly network: LeastNetwork;
  /** Of a container that somebody starts by hand: options of `docker run` and `podman run`; empty for all else. */
  readonly runOptions: readonly string[];
}

export interface LeastContainers {
  readonly schema: typeof LEAST_SCHEMA;
  readonly events: string;
  readonly workloads: readonly LeastWorkload[];
  readonly problems: readonly Problem[];
  /** Profiles of the folder, with their stages; empty where none was named. */
  readonly profiles: readonly StagedProfile[];
  /** Paths of patches and policies. */
  readonly written: readonly string[];
}

const RECORDING_BYTES_MAX = 256 << 20;

/** @throws {AppError} `document-invalid` for a recording with a fault, `not-found`, `unreadable`, `limit-exceeded`, `output-unwritable`. */
export async function minimizeContainers(
  request: MinimizeContainersRequest,
  surroundings: Surroundings,
): Promise<LeastContainers> {
  const { bytes } = await readNamed("recording", request.events, RECORDING_BYTES_MAX);
  const events = [...readObserved(bytes, request.events)];
  const { uses, strangers, isCut } = observedUses(events);
  const { declared, problems } = await readDeclared(request.manifests, surroundings);
  const groups = byWorkload(uses);
  const networks = leastNetworks(groups, declared);
  const workloads = groups.map((all, i) => ({
    ...leastWorkload(all, declared.workloads, request.folder),
    network: networks[i] as LeastNetwork,
  }));
  return {
    schema: LEAST_SCHEMA,
    events: request.events,
    workloads,
    problems: [...problems, ...recordingProblems(request.events, strangers, isCut)],
    profiles: await profilesOf(request, workloads, events),
    written: request.folder === null ? [] : await written(request.folder, workloads),
  };
}

async function readDeclared(
  manifests: readonly string[],
  surroundings: Surroundings,
): Promise<{ declared: Declared; problems: readonly Problem[] }> {
  const workloads: Workload[] = [];
  const objects: ClusterObject[] = [];
  const problems: Problem[] = [];
  for await (const file of readSubjects(manifests, surroundings)) {
    problems.push(...file.problems);
    workloads.push(...(file.made ?? []));
    for (const { subject } of file.subjects) {
      if (subject.form === "workload") workloads.push(subject);
      else if (subject.form === "object") objects.push(subject);
    }
  }
  return { declared: { workloads, objects }, problems };
}

function recordingProblems(path: string, strangers: number, isCut: boolean): Problem[] {
  const partial = (detail: string): Problem => ({ code: "document-partial", detail, path });
  return [
    ...(strangers === 0
      ? []
      : [partial(`${strangers} events are of containers that the recording does not introduce`)]),
    ...(isCut ? [partial("more was seen of a container than is kept")] : []),
  ];
}

/** Containers of one workload together, because policies and patches are of all. */
function byWorkload(uses: readonly ObservedUse[]): [ObservedUse, ...ObservedUse[]][] {
  const groups = new Map<string, [ObservedUse, ...ObservedUse[]]>();
  for (const use of uses) {
    const { platform, namespace, workloadKind, workload } = use.of;
    const key = JSON.stringify([platform, namespace, workloadKind, workload]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [use]);
    else group.push(use);
  }
  return [...groups.values()];
}

function leastWorkload(
  uses: readonly [ObservedUse, ...ObservedUse[]],
  declared: readonly Workload[],
  folder: string | null,
): Omit<LeastWorkload, "network"> {
  const [first, ...rest] = uses;
  const least = (use: ObservedUse): LeastContainer =>
    leastContainer(use, declaredOf(use, declared));
  const containers: LeastWorkload["containers"] = [least(first), ...rest.map(least)];
  return {
    containers,
    patch: leastPatch(containers, (one) =>
      first.of.platform === "kubernetes" ? `bulwark/${profileName(one)}` : `./${profileName(one)}`,
    ),
    runOptions:
      first.of.platform === "engine"
        ? runOptions(containers[0], join(folder ?? "", profileName(containers[0])))
        : [],
  };
}

function declaredOf({ of }: ObservedUse, declared: readonly Workload[]): Container | null {
  const workload = declared.find(
    (one) =>
      one.name === of.workload &&
      one.platform === of.platform &&
      (one.namespace ?? "default") === (of.namespace ?? "default") &&
      one.kind.toLowerCase() === of.workloadKind.toLowerCase(),
  );
  return workload?.containers.find(({ name }) => name === of.name) ?? null;
}

function profileName({ use }: LeastContainer): string {
  return `${fileName(use)}-${safe(use.of.name)}.seccomp.json`;
}

function fileName({ of }: ObservedUse): string {
  return [of.namespace, of.workload]
    .filter((part) => part !== null)
    .map(safe)
    .join("-");
}

/** A name of strangers as a part of a file name. */
function safe(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 80);
}

async function profilesOf(
  { folder, enforce }: MinimizeContainersRequest,
  workloads: readonly LeastWorkload[],
  events: readonly ObservedEvent[],
): Promise<readonly StagedProfile[]> {
  if (folder === null) return [];
  const subjects = workloads.flatMap(({ containers }) =>
    containers.map((one) => ({
      use: one.use,
      profile: one.seccomp,
      path: join(folder, profileName(one)),
    })),
  );
  if (enforce !== null) return enforceProfiles(subjects, events, enforce);
  const staged: StagedProfile[] = [];
  for (const { path, profile } of subjects) staged.push(await writeLearned(path, profile));
  return staged;
}

async function written(folder: string, workloads: readonly LeastWorkload[]): Promise<string[]> {
  const paths: string[] = [];
  const write = async (name: string, text: string): Promise<void> => {
    const path = join(folder, name);
    await writeOutput(path, text);
    paths.push(path);
  };
  for (const { containers, patch, network } of workloads) {
    const name = fileName(containers[0].use);
    await write(
      `${name}.${patch.form === "compose" ? "compose" : "patch"}.yaml`,
      yamlText([patch.document]),
    );
    if (network.policy !== null)
      await write(`${name}.networkpolicy.yaml`, yamlText([network.policy]));
  }
  return paths;
}
