// All that files say of a cluster, seen together: who may do what, and what runs.
import { placeOf as recordPlaceOf } from "../formats/host/record-file.ts";
import type { ClusterChoice } from "../io/kubernetes/kubeconfig.ts";
import { AppError } from "../kit/error.ts";
import type { CloudUntold } from "../model/cloud-access.ts";
import type { ClusterObject } from "../model/cluster-object.ts";
import type { Host } from "../model/host.ts";
import type { Problem } from "../model/problem.ts";
import type { Pointer, Workload } from "../model/workload.ts";
import type { HostFacts } from "../stages/access/hosts.ts";
import type { Subject } from "../stages/check/contract.ts";
import type { ReadSubject } from "./file-kind.ts";
import { type ReadFile, readSubjects } from "./read-subjects.ts";
import type { Surroundings } from "./surroundings.ts";

/** Where something is written. */
export interface WrittenAt {
  readonly path: string;
  /** From 1; null where the file does not tell. */
  readonly line: number | null;
}

/** Files and folders, and a cluster that is asked itself; null for none. */
export interface ClusterSources {
  readonly targets: readonly string[];
  readonly live: ClusterChoice | null;
  /** Folders with the files of hosts that run containers; `/` for the one that this program runs on. */
  readonly hosts?: readonly string[];
}

/** What has to do with access beside what every reader of a cluster needs, and is not in every cluster. */
const ALSO = [
  "/api/v1/namespaces/kube-system/configmaps/aws-auth",
  "/apis/gateway.networking.k8s.io/v1/gateways",
  "/apis/gateway.networking.k8s.io/v1/httproutes",
  "/apis/gateway.networking.k8s.io/v1/grpcroutes",
  "/apis/gateway.networking.k8s.io/v1beta1/referencegrants",
  "/apis/eks.services.k8s.aws/v1alpha1/accessentries",
  "/apis/eks.services.k8s.aws/v1alpha1/podidentityassociations",
];

export interface ReadCluster {
  readonly objects: readonly ClusterObject[];
  readonly workloads: readonly Workload[];
  readonly hosts: readonly HostFacts[];
  /** Of an object, or of a pointer into it that was asked for when it was read: a rule, a subject of a binding. */
  placeOf(subject: ClusterObject | Workload | Host, pointer?: Pointer): WrittenAt;
  /** Which document of its file it is of, counted from 0; null where an edit of the file changes nothing. */
  documentOf(subject: ClusterObject | Workload | Host): number | null;
  readonly problems: readonly Problem[];
}

/** Beyond so many, a folder is no cluster's any more. */
const SUBJECTS_MAX = 500_000;

/**
 * Reads a cluster, and files and folders of objects.
 *
 * @throws {AppError} `not-found`, `unreadable` for what was named; `usage` when there is nothing of a cluster in it;
 *   `limit-exceeded`; as `liveCluster`. What is wrong with one file, and what the cluster does not tell, is a problem.
 */
export async function readCluster(
  sources: ClusterSources,
  surroundings: Surroundings,
): Promise<ReadCluster> {
  const places = new Map<ClusterObject | Workload, Places>();
  const problems: Problem[] = [];
  for await (const file of filesOf(sources, surroundings)) {
    problems.push(...file.problems);
    // What a controller made stands for itself here: it runs somewhere.
    for (const pod of file.made ?? [])
      places.set(pod, { path: PODS, document: null, lines: NO_LINES });
    for (const read of file.subjects) problems.push(...taken(read, places));
  }
  const hosts: HostFacts[] = [];
  for (const root of sources.hosts ?? []) {
    const { readHost } = await import("./read-host.ts");
    const read = await readHost(root, surroundings);
    hosts.push(read.facts);
    problems.push(...read.problems);
    for (const { workload, path } of read.containers)
      places.set(workload, { path, document: null, lines: NO_LINES });
  }
  const all = [...places.keys()];
  const objects = all.filter((one) => one.form === "object");
  problems.push(...untoldProblems(objects, places));
  if (places.size + hosts.length === 0 && problems.length === 0)
    throw nothingOfACluster(sources.targets);
  return {
    objects,
    workloads: all.filter((one) => one.form === "workload"),
    problems,
    hosts,
    placeOf: (subject, pointer = "at" in subject ? subject.at : "") => {
      if (subject.form === "host") {
        const { path = "", line = null } = recordPlaceOf(subject.record, pointer) ?? {};
        return { path, line };
      }
      const known = places.get(subject);
      const place = known?.lines.get(pointer) ?? known?.lines.get(subject.at);
      return { path: known?.path ?? "", line: place?.line ?? null };
    },
    documentOf: (subject) =>
      subject.form === "host" ? null : (places.get(subject)?.document ?? null),
  };
}

/** Puts a subject among the others. @returns what of it is not known. */
function taken(
  { path, subject, places: placesOf, editable }: ReadSubject,
  places: Map<ClusterObject | Workload, Places>,
): Problem[] {
  if (!isOfCluster(subject)) return [];
  if (places.size >= SUBJECTS_MAX) throw tooMany(path);
  // The file's own tree is not kept.
  const document = editable?.document ?? null;
  const lines = placesOf(pointersOf(subject));
  places.set(subject, { path, document, lines });
  return unreadGrants(subject, path, (at) => lines.get(at)?.line);
}

function untoldProblems(
  objects: readonly ClusterObject[],
  places: ReadonlyMap<ClusterObject | Workload, Places>,
): Problem[] {
  return untoldOf(objects).map(({ object, at, why }) => {
    const { path = "", lines } = places.get(object) ?? {};
    const line = lines?.get(at)?.line ?? 1;
    return { code: "configuration-unknown", detail: `line ${line}: ${why}`, path };
  });
}

async function* filesOf(
  { targets, live }: ClusterSources,
  surroundings: Surroundings,
): AsyncGenerator<ReadFile> {
  if (live !== null) {
    const { liveCluster } = await import("./live-cluster.ts");
    const { files } = await liveCluster(live, surroundings, { kubelets: false, also: ALSO });
    yield* somethingOf(files);
    surroundings.progress(null);
  }
  yield* readSubjects(targets, surroundings);
}

/** @throws {AppError} `cluster-failed` when there is nothing in any file: then nobody answered. */
async function* somethingOf(files: AsyncIterable<ReadFile>): AsyncGenerator<ReadFile> {
  let isAnswered = false;
  let first = "";
  for await (const file of files) {
    isAnswered ||= file.subjects.length > 0;
    first ||= file.problems[0]?.detail ?? "";
    yield file;
  }
  if (!isAnswered && first !== "")
    throw new AppError("cluster-failed", `cannot read the cluster: ${first}`);
}

const PODS = "/api/v1/pods";
const NO_LINES: Places["lines"] = new Map();

function isOfCluster(subject: Subject): subject is ClusterObject | Workload {
  // Containers of engines belong to it as well: they are on hosts.
  return subject.form === "workload" || subject.form === "object";
}

/** What of a grant could not be read: what it allows is not known, and must not look like nothing. */
function unreadGrants(
  subject: ClusterObject | Workload,
  path: string,
  lineOf: (at: Pointer) => number | undefined,
): Problem[] {
  if (subject.form !== "object" || !grants(subject)) return [];
  const { kind, name } = subject;
  return gapsOfGrants(subject).map(({ at, why }) => {
    const line = lineOf(at) ?? lineOf(subject.at) ?? 1;
    const detail = `line ${line}: ${kind} ${JSON.stringify(name)}: ${why}`;
    return { code: "configuration-unknown", detail, path };
  });
}

function gapsOfGrants({ gaps, cloud }: ClusterObject): ClusterObject["gaps"] {
  return [...gaps, ...(cloud?.gaps ?? [])];
}

function grants({ role, binding, cloud }: ClusterObject): boolean {
  return role !== null || binding !== null || cloud !== null;
}

function tooMany(path: string): AppError {
  return new AppError("limit-exceeded", `cannot read more than ${SUBJECTS_MAX} objects`, {
    subject: path,
    hint: "name the folder of one cluster",
  });
}

interface Places {
  readonly path: string;
  readonly document: number | null;
  readonly lines: ReadonlyMap<string, { readonly line?: number }>;
}

function pointersOf(subject: ClusterObject | Workload): Pointer[] {
  if (subject.form === "workload") {
    const containers = subject.containers.flatMap(({ at, security }) => [
      at,
      ...[security.privileged, ...security.capabilitiesAdded].flatMap((fact) =>
        fact.state === "known" ? [fact.at] : [],
      ),
    ]);
    return [subject.at, subject.podAt, ...containers, ...subject.volumes.map(({ at }) => at)];
  }
  return [
    subject.at,
    ...subject.annotations.map(({ at }) => at),
    ...(subject.ingress?.backends ?? []).map(({ at }) => at),
    ...(subject.role?.rules ?? []).map(({ at }) => at),
    ...(subject.binding?.subjects ?? []).map(({ at }) => at),
    ...(grants(subject) ? gapsOfGrants(subject).map(({ at }) => at) : []),
    ...cloudPointers(subject.cloud),
  ];
}

interface Untold extends CloudUntold {
  readonly object: ClusterObject;
}

/** Whom objects only name, or tell half of, and no other object says more of. */
function untoldOf(objects: readonly ClusterObject[]): Untold[] {
  const told = new Set<string>();
  for (const { cloud } of objects) {
    for (const { name, groups, policies } of cloud?.principals ?? []) {
      told.add(name);
      if (groups !== null) told.add(`groups ${name}`);
      if (policies !== null) told.add(`policies ${name}`);
    }
    for (const { namespace, account } of cloud?.accounts ?? []) told.add(`${namespace}/${account}`);
  }
  return objects.flatMap((object) => [
    ...(object.cloud?.untold ?? [])
      .filter(({ who }) => !told.has(who))
      .map((untold): Untold => ({ ...untold, object })),
    ...(object.cloud?.principals ?? []).flatMap(({ name: who, at }) =>
      HALVES.filter(([half]) => !told.has(`${half} ${who}`)).map(([half, answer]): Untold => {
        const why = `which ${half} ${JSON.stringify(who)} has is not told: aws eks ${answer} tells`;
        return { at, who, why, object };
      }),
    ),
  ]);
}

const HALVES = [
  ["groups", "describe-access-entry"],
  ["policies", "list-associated-access-policies"],
] as const;

function cloudPointers(cloud: ClusterObject["cloud"]): Pointer[] {
  if (cloud === null) return [];
  const principals = cloud.principals.flatMap(({ at, groups, policies }) => {
    return [at, ...[...(groups ?? []), ...(policies ?? [])].map((one) => one.at)];
  });
  return [...principals, ...[...cloud.accounts, ...cloud.untold].map(({ at }) => at)];
}

function nothingOfACluster(targets: readonly string[]): AppError {
  const named = targets.map((target) => JSON.stringify(target)).join(", ");
  return new AppError("usage", `cannot look at access in ${named}: nothing in it is of a cluster`, {
    hint: "kubectl get -A -o yaml clusterroles,clusterrolebindings,roles,rolebindings,serviceaccounts,pods writes what is needed",
  });
}
