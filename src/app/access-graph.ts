// `bulwark access graph|paths`: who can become whom, from the objects of a cluster and the containers of engines.
import { AppError } from "../kit/error.ts";
import type { AccessTarget } from "../model/access-target.ts";
import { cloudKey } from "../model/cloud-access.ts";
import type { ClusterObject } from "../model/cluster-object.ts";
import { blocksVerdict, type Problem } from "../model/problem.ts";
import { identityKey } from "../model/rbac.ts";
import { type AccessGraph, type Admits, accessGraph } from "../stages/access/build.ts";
import { EDGE_TYPES, type EdgeType } from "../stages/access/edge-types.data.ts";
import type { Cause, GraphEdge, NodeKind } from "../stages/access/graph.ts";
import { type AccessPath, pathsTo } from "../stages/access/paths.ts";
import { type AccessPatch, accessPatch } from "./access-patch.ts";
import { subjectNamed } from "./explain-access.ts";
import {
  type ClusterSources,
  type ReadCluster,
  readCluster,
  type WrittenAt,
} from "./read-cluster.ts";
import type { Surroundings } from "./surroundings.ts";
import { missingProblems } from "./who-can.ts";

export const ACCESS_PATHS_SCHEMA = "bulwark.dev/access-paths/v1";
export const ACCESS_GRAPH_SCHEMA = "bulwark.dev/access-graph/v1";

export interface AccessPathsRequest extends ClusterSources {
  /** `internet`, `network`, `workload`, or a subject as `access explain` takes it; null for all of them. */
  readonly from: string | null;
  readonly to: AccessTarget;
  /** Files and folders of what it was before; null to compare with nothing. */
  readonly against: string | null;
  /** Whether the changes are told as a patch, too. */
  readonly isFix: boolean;
}

/** One step of a path. */
export interface PathStep {
  readonly type: EdgeType;
  /** After the name of who takes it: `acts in its name, …`. */
  readonly does: string;
  readonly to: { readonly kind: NodeKind; readonly name: string };
  /** null for what holds by how Kubernetes is made. */
  readonly at: WrittenAt | null;
  /** `""` where nobody can end it. */
  readonly fix: string;
  readonly supposed: string;
}

export interface ToldPath {
  readonly from: { readonly kind: NodeKind; readonly name: string };
  readonly steps: readonly PathStep[];
  /** Whether it was not there in what it is compared with; null when it is compared with nothing. */
  readonly isNew: boolean | null;
}

export interface ToldCut {
  readonly fix: string;
  readonly at: WrittenAt | null;
  readonly ends: number;
}

export interface AccessPaths {
  readonly schema: typeof ACCESS_PATHS_SCHEMA;
  readonly to: AccessTarget;
  readonly from: string | null;
  /** People and groups who were made cluster-admin by name: they are no finding, and are not among the sources. */
  readonly administrators: readonly string[];
  /** How many were asked about, besides. */
  readonly sources: number;
  readonly paths: readonly ToldPath[];
  readonly cuts: readonly ToldCut[];
  /** How many come there still after all of {@link cuts}. */
  readonly left: number;
  /** null when it was not asked for. */
  readonly patch: AccessPatch | null;
  readonly problems: readonly Problem[];
  /** 3 when something is new, 4 when that cannot be told, 0 otherwise. */
  readonly exitCode: 0 | 3 | 4;
}

/** The graph, and where everything of it is written. */
export interface ReadGraph {
  readonly access: AccessGraph;
  readonly cluster: ReadCluster;
  readonly problems: readonly Problem[];
}

/** @throws {AppError} as `readCluster`. */
export async function readGraph(
  sources: ClusterSources,
  surroundings: Surroundings,
): Promise<ReadGraph> {
  const cluster = await readCluster(sources, surroundings);
  const { objects, workloads, hosts } = cluster;
  const access = accessGraph({ objects, workloads, hosts, admitsTakeover: admission(objects) });
  const hasRoles = objects.some(({ role }) => role !== null);
  const hasNodes = objects.some(({ kind }) => kind === "Node");
  const problems = [
    ...cluster.problems,
    ...missingProblems(access.rbac.missing, cluster),
    ...(hasRoles && !hasNodes ? [NO_NODES] : []),
  ];
  return { access, cluster, problems };
}

const NO_NODES: Problem = {
  code: "configuration-unknown",
  detail:
    "no node is among the objects: whether one that holds the cluster's own keys can be reached is not known (kubectl get nodes -o yaml)",
};

const LEVEL = "pod-security.kubernetes.io/enforce";

/** Pod Security: only the level `privileged`, which is the default, lets a pod in that takes over its node. */
function admission(objects: readonly ClusterObject[]): (namespace: string) => Admits {
  const byName = new Map<string, ClusterObject>();
  for (const object of objects) if (object.kind === "Namespace") byName.set(object.name, object);
  return (name) => {
    const namespace = byName.get(name) ?? null;
    if (namespace === null)
      return {
        isAdmitted: true,
        supposed: `Namespace ${name} has no level of Pod Security`,
        namespace,
      };
    const level = namespace.labels.find((label) => label.name === LEVEL)?.value ?? "privileged";
    return { isAdmitted: level !== "baseline" && level !== "restricted", supposed: "", namespace };
  };
}

/** The whole graph, with every place. */
export interface ToldGraph {
  readonly schema: typeof ACCESS_GRAPH_SCHEMA;
  readonly nodes: readonly {
    readonly id: number;
    readonly kind: NodeKind;
    readonly name: string;
  }[];
  readonly edges: readonly (Omit<PathStep, "does" | "to"> & {
    readonly from: number;
    readonly to: number;
  })[];
  /** How many edges there are of each type, most first; sets apart. */
  readonly types: readonly {
    readonly type: EdgeType;
    readonly edges: number;
    readonly does: string;
  }[];
  readonly problems: readonly Problem[];
}

/** @throws {AppError} as `readGraph`. */
export async function toldGraph(
  sources: ClusterSources,
  surroundings: Surroundings,
): Promise<ToldGraph> {
  const { access, cluster, problems } = await readGraph(sources, surroundings);
  return {
    schema: ACCESS_GRAPH_SCHEMA,
    nodes: access.graph.nodes.map(({ id, kind, name }) => ({ id, kind, name })),
    edges: access.graph.edges.map((edge) => {
      const { does: _, ...step } = stepOf(edge, cluster);
      return { ...step, from: edge.from, to: edge.to };
    }),
    types: typesOf(access.graph.edges),
    problems,
  };
}

function typesOf(edges: readonly GraphEdge[]): ToldGraph["types"] {
  const counts = new Map<EdgeType, number>();
  for (const { type } of edges)
    if (type !== "CONTAINS") counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([type, number]) => ({ type, edges: number, does: EDGE_TYPES[type] }));
}

/** @throws {AppError} as `readGraph`; `usage` for a source that there is not. */
export async function accessPaths(
  { from, to, against, isFix, ...read }: AccessPathsRequest,
  surroundings: Surroundings,
): Promise<AccessPaths> {
  const graph = await readGraph(read, surroundings);
  const asked = sourcesOf(graph, from);
  const administrators = new Set(administratorsIn(graph.access));
  const sources = asked.filter((node) => !administrators.has(node));
  const { paths, cuts, left } = pathsTo(graph.access, sources, graph.access.targets[to]);
  const before = against === null ? null : await comingBefore(against, { from, to }, surroundings);
  const told = paths.map((path) => toldPath(path, graph.cluster, before?.names ?? null));
  // What neither of two inputs tells is said once.
  const problems = distinct([...graph.problems, ...(before?.problems ?? [])]);
  return {
    schema: ACCESS_PATHS_SCHEMA,
    to,
    from,
    administrators: asked
      .filter((node) => administrators.has(node))
      .map((node) => graph.access.graph.nodes[node]?.name ?? ""),
    sources: sources.length,
    paths: told,
    cuts: cuts.map(({ cause, ends }) => ({
      fix: cause.fix,
      at: placeOf(cause, graph.cluster),
      ends,
    })),
    left,
    patch: isFix ? await accessPatch(causesOf(cuts), graph.cluster) : null,
    problems,
    exitCode: exitCodeOf(told, unsettled(graph.problems, before?.problems ?? []), before !== null),
  };
}

function causesOf(cuts: readonly { readonly cause: Cause }[]): Cause[] {
  return cuts.map(({ cause }) => cause);
}

function exitCodeOf(
  paths: readonly ToldPath[],
  problems: readonly Problem[],
  isCompared: boolean,
): AccessPaths["exitCode"] {
  if (!isCompared) return 0;
  if (paths.some(({ isNew }) => isNew)) return 3;
  return problems.some(blocksVerdict) ? 4 : 0;
}

/** What leaves a comparison open: what cannot be told on both sides alike is as it was before. */
function unsettled(now: readonly Problem[], before: readonly Problem[]): Problem[] {
  const isIn = (problems: readonly Problem[], { code, detail }: Problem): boolean =>
    code !== "configuration-unreadable" &&
    problems.some((one) => one.code === code && one.detail === detail);
  return [
    ...now.filter((problem) => !isIn(before, problem)),
    ...before.filter((problem) => !isIn(now, problem)),
  ];
}

async function comingBefore(
  against: string,
  { from, to }: Pick<AccessPathsRequest, "from" | "to">,
  surroundings: Surroundings,
): Promise<{ names: ReadonlySet<string>; problems: readonly Problem[] }> {
  const { access, problems } = await readGraph({ targets: [against], live: null }, surroundings);
  const sources = sourcesIn(access, from);
  const ways = access.graph.waysTo(access.targets[to]);
  const coming = sources.filter((source) => ways.leadsFrom(source));
  return { problems, names: new Set(coming.map((node) => access.graph.nodes[node]?.name ?? "")) };
}

function sourcesOf({ access }: ReadGraph, from: string | null): number[] {
  const sources = sourcesIn(access, from);
  if (sources.length > 0 || from === null) return sources;
  throw new AppError(
    "usage",
    `cannot look for paths from ${JSON.stringify(from)}: nothing names it`,
    {
      hint: "internet, network, workload, NAMESPACE/NAME of a service account, user:NAME, group:NAME",
    },
  );
}

function sourcesIn(access: AccessGraph, from: string | null): number[] {
  const { internet, network, pods, identities, graph } = access;
  if (from === "internet") return [internet];
  const outside = network === null ? [] : [network];
  if (from === "network") return outside;
  if (from === "workload") return [...pods];
  if (from === null) {
    const own = identities.filter((node) => !OF_CLUSTER.test(graph.nodes[node]?.name ?? ""));
    return [internet, ...outside, ...pods, ...own];
  }
  const byName = identities.filter((node) => graph.nodes[node]?.name === from);
  if (byName.length > 0) return byName;
  const who = subjectNamed(from);
  const wanted = who.kind === "CloudIdentity" ? cloudKey(who.name) : identityKey(who);
  return identities.filter((node) => {
    const { kind, name = "" } = graph.nodes[node] ?? {};
    return (kind === "cloud identity" ? cloudKey(name) : name) === wanted;
  });
}

/** Users and groups whose own binding is to a role for everything, everywhere. */
function administratorsIn({ graph, identities, targets }: AccessGraph): number[] {
  const [admin] = targets["cluster-admin"];
  const roles = new Set<number>();
  for (const { from, to, type } of graph.edges)
    if (type === "EVERYTHING" && to === admin) roles.add(from);
  const found = new Set<number>();
  for (const { from, to, type } of graph.edges)
    if (type === "PERMISSION_DISCOVER" && roles.has(to)) found.add(from);
  return identities.filter((node) => {
    return found.has(node) && NAMED_PEOPLE.test(graph.nodes[node]?.name ?? "");
  });
}

/** Everybody, or whoever it may be, was not made administrator by name. */
const NAMED_PEOPLE =
  /^arn:|^(?:User|Group) (?!system:(?:anonymous$|unauthenticated$|authenticated$|serviceaccounts(?::|$)))/;

/** The cluster's own parts may do what they may do. */
const OF_CLUSTER =
  /^(?:User|Group) system:(?!anonymous$|unauthenticated$|authenticated$|serviceaccounts(?::|$))|^ServiceAccount kube-system\//;

function toldPath(
  { from, edges }: AccessPath,
  cluster: ReadCluster,
  before: ReadonlySet<string> | null,
): ToldPath {
  return {
    from: { kind: from.kind, name: from.name },
    steps: edges.map((edge) => stepOf(edge, cluster)),
    isNew: before === null ? null : !before.has(from.name),
  };
}

function stepOf({ type, toNode, cause }: GraphEdge, cluster: ReadCluster): PathStep {
  return {
    type,
    does: EDGE_TYPES[type],
    to: { kind: toNode.kind, name: toNode.name },
    at: cause === null ? null : placeOf(cause, cluster),
    fix: cause?.fix ?? "",
    supposed: cause?.supposed ?? "",
  };
}

function placeOf({ evidence }: Cause, cluster: ReadCluster): WrittenAt | null {
  return evidence === null ? null : cluster.placeOf(evidence.of, evidence.at);
}

function distinct(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((one) => [JSON.stringify(one), one])).values()];
}
