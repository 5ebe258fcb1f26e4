// KubeHound's own expectations for its test cluster. Its nodes are a pod with one container, a role with its binding, a node; ours are
// sets where it has one edge for each member, so an edge of it is a way of ours along edges of its type and of sets alone.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { readClusterObjects } from "../../src/formats/workload/cluster-object.ts";
import { readKubernetes } from "../../src/formats/workload/kubernetes.ts";
import { type AccessGraph, accessGraph } from "../../src/stages/access/build.ts";
import type { EdgeType } from "../../src/stages/access/edge-types.data.ts";
import { describeShared, sharedPath } from "../shared.ts";

interface Expected {
  readonly test: string;
  readonly edge: string;
  readonly pairs: readonly (readonly [string, string])[];
  readonly names: readonly string[];
}

const FOLDER = sharedPath("fixtures/hardening/kubehound");
const CLUSTER = "test/setup/test-cluster";
const LIST = join(FOLDER, "expected-edges.json");
const expected = (existsSync(LIST) ? JSON.parse(readFileSync(LIST, "utf8")) : []) as Expected[];

/** The nodes that its own configuration of the cluster asks for. */
const NODES = ["control-plane", "worker", "worker2"].map((name) => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: {
    name: `kubehound.test.local-${name}`,
    labels: name === "control-plane" ? { "node-role.kubernetes.io/control-plane": "" } : {},
  },
}));

let access: AccessGraph;
beforeAll(() => {
  if (expected.length === 0) return;
  const folder = join(FOLDER, CLUSTER, "attacks");
  const documents = readdirSync(folder).flatMap((name) =>
    parseAllDocuments(readFileSync(join(folder, name), "utf8")).map(
      (one) => one.toJSON() as unknown,
    ),
  );
  const all = [...documents, ...NODES];
  access = accessGraph({
    objects: all.flatMap(readClusterObjects),
    workloads: all.flatMap(readKubernetes),
    admitsTakeover: () => ({ isAdmitted: true, supposed: "", namespace: null }),
  });
});

/** Nodes that an end of an edge of KubeHound may be here. */
function nodesNamed(name: string): number[] {
  const { graph } = access;
  const role = name.split("::", 1)[0] ?? "";
  const isIt = (own: string): boolean =>
    own === `Pod default/${name}` ||
    own.startsWith(`container ${name} of `) ||
    own === `ServiceAccount default/${name}` ||
    own === `Node ${name}` ||
    own === `Group ${name}` ||
    (name.includes("::") &&
      [`ClusterRole ${role}`, `Role default/${role}`, `ClusterRole ${role} in default`].includes(
        own,
      ));
  return graph.nodes.filter((node) => isIt(node.name)).map(({ id }) => id);
}

/** Which of our edges its edges are. */
const TYPES: Readonly<Record<string, readonly EdgeType[]>> = {
  POD_CREATE: ["POD_CREATE"],
  ROLE_BIND: ["ROLE_BIND", "EVERYTHING"],
  IDENTITY_ASSUME: ["IDENTITY_ASSUME", "NODE_IDENTITY"],
};

function isThere(
  from: readonly number[],
  to: ReadonlySet<number>,
  types: readonly EdgeType[],
): boolean {
  const { graph } = access;
  const pending = [...from];
  const seen = new Set(pending);
  for (let node = pending.pop(); node !== undefined; node = pending.pop())
    for (const edge of graph.edges) {
      if (edge.from !== node || (edge.type !== "CONTAINS" && !types.includes(edge.type))) continue;
      if (to.has(edge.to)) return true;
      if (!seen.has(edge.to)) pending.push(edge.to);
      seen.add(edge.to);
    }
  return false;
}

describeShared("every edge that KubeHound expects is there", () => {
  const pairs = expected.flatMap((one) => one.pairs.map((pair) => [one, ...pair] as const));

  test("there are as many as it says", () => {
    expect(pairs).toHaveLength(202);
  });

  test.each(expected.filter((one) => one.pairs.length > 0).map((one) => [one.test, one] as const))(
    "%s",
    (_, one) => {
      const missed = one.pairs.filter(([from, to]) => {
        if (one.edge === "VOLUME_DISCOVER") return !hasFolder(from);
        const ends = new Set(nodesNamed(to));
        // A role that has itself needs no edge.
        if (from.split("::")[0] === to.split("::")[0]) return false;
        const types = TYPES[one.edge] ?? [one.edge as EdgeType];
        return ends.size === 0 || !isThere(nodesNamed(from), ends, types);
      });
      expect(missed).toEqual([]);
    },
  );

  /** Volumes are named by their folder here. */
  function hasFolder(pod: string): boolean {
    const { graph } = access;
    const own = new Set(nodesNamed(pod));
    return graph.edges.some(({ from, type }) => own.has(from) && type === "VOLUME_DISCOVER");
  }
});

describeShared("every attack that KubeHound names by its pod is there", () => {
  const escapes = expected.filter(
    ({ edge, pairs, names }) => /^CE_/.test(edge) && pairs.length === 0 && names.length === 1,
  );

  test.each(escapes.map((one) => [one.edge, one.names[0] ?? ""] as const))(
    "%s of %s",
    (edge, name) => {
      const { graph } = access;
      const own = new Set(nodesNamed(name));
      const folders = graph.edges.filter(
        ({ from, type }) => own.has(from) && type === "VOLUME_DISCOVER",
      );
      const starts = new Set([...own, ...folders.map(({ to }) => to)]);
      expect(graph.edges.some(({ from, type }) => starts.has(from) && type === edge)).toBe(true);
    },
  );

  test("and none of a pod that has nothing", () => {
    const own = new Set(nodesNamed("control-pod"));
    const types = access.graph.edges.filter(({ from }) => own.has(from)).map(({ type }) => type);
    expect(new Set(types)).toEqual(new Set(["CONTAINER_ATTACH", "IDENTITY_ASSUME"]));
  });
});
