// The programs that nodes and the API server say they run, as packages, so that advisories can be matched with them.
// Source: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/node-v1/#NodeStatus, nodeInfo
import type { ClusterObject } from "../../model/cluster-object.ts";
import type { Package } from "../../model/package.ts";
import type { Problem } from "../../model/problem.ts";
import { type GoProgram, goProgram } from "../go-programs.ts";

export interface ClusterPackages {
  readonly packages: readonly Package[];
  /** Versions that nothing can be matched with, and that nothing tells. */
  readonly problems: readonly Problem[];
}

interface Running {
  readonly program: GoProgram;
  readonly version: string;
  /** `node a`, `the API server`. */
  readonly on: readonly string[];
}

const PLACES_MAX = 20;

/** @param release What the API server says it is; null where nothing tells. */
export function clusterPackages(
  nodes: readonly ClusterObject[],
  release: string | null,
): ClusterPackages {
  const all = runningOn(nodes, release);
  const problems = all.flatMap(({ program, version, on }): Problem[] => {
    if (numberIn(version) !== null) return [];
    const detail = `${program} ${version || "without a version"} on ${placesOf(on)}: whoever builds it mends it under numbers of their own, with which upstream's advisories cannot be matched`;
    return [{ code: "ecosystem-unsupported", detail }];
  });
  const untold = [
    ...(release === null ? ["nothing tells which version the API server is"] : []),
    ...(nodes.length === 0 ? ["no nodes were told of, so their versions are not known"] : []),
    ...runcUntold(nodes),
  ];
  return {
    packages: all.flatMap(({ program, version, on }) => {
      const number = numberIn(version);
      const locations = on.slice(0, PLACES_MAX).map((path) => ({ path, layer: null }));
      return number === null
        ? []
        : [{ ...goProgram(program, number), cataloger: "cluster", locations }];
    }),
    problems: [
      ...problems,
      ...untold.map((detail): Problem => ({ code: "nothing-recognised", detail })),
    ],
  };
}

/** Each version once, with all that run it. */
function runningOn(nodes: readonly ClusterObject[], release: string | null): Running[] {
  const found = new Map<string, { program: GoProgram; version: string; on: string[] }>();
  const add = (program: GoProgram, version: string, on: string): void => {
    const key = `${program}\n${version}`;
    const one = found.get(key) ?? { program, version, on: [] };
    found.set(key, one);
    one.on.push(on);
  };
  if (release !== null) add("Kubernetes", release, "the API server");
  for (const { name, node } of nodes) {
    if (node === null) continue;
    add("Kubernetes", node.version, `node ${name}`);
    const [, runtime = "", version = ""] = /^([\w-]+):\/\/(.*)$/.exec(node.runtime) ?? [];
    const program = RUNTIMES.get(runtime);
    if (program !== undefined) add(program, version, `node ${name}`);
  }
  return [...found.values()];
}

/** Nodes tell the runtime that the kubelet speaks to, and not the runc with which that starts containers. */
function runcUntold(nodes: readonly ClusterObject[]): string[] {
  const on = nodes.flatMap(({ name, node }) => (node === null ? [] : [`node ${name}`]));
  if (on.length === 0) return [];
  return [
    `which runc runs on ${placesOf(on)} is in no object, so its flaws are not known: bulwark audit host, on the node, tells`,
  ];
}

const RUNTIMES: ReadonlyMap<string, GoProgram> = new Map([
  ["containerd", "containerd"],
  ["cri-o", "CRI-O"],
  ["docker", "Docker"],
]);

/**
 * The number of upstream. k3s and RKE2 build upstream's own, and say so after a plus; all other words come from those who mend what
 * they build: EKS, GKE, distributions.
 */
function numberIn(version: string): string | null {
  const found = /^v?(\d+\.\d+\.\d+(?:-(?:rc|beta|alpha)[.\d]*)?)(?:[+-](?:k3s|rke2r)\d+)?$/.exec(
    version,
  );
  return found?.[1] ?? null;
}

function placesOf(on: readonly string[]): string {
  const [first = "", ...more] = on;
  return more.length === 0 ? first : `${first} and ${more.length} more`;
}
