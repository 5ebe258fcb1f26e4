import { describe, expect, test } from "vitest";
import { readClusterObjects } from "../../formats/workload/cluster-object.ts";
import { readKubernetes } from "../../formats/workload/kubernetes.ts";
import type { AccessTarget } from "../../model/access-target.ts";
import type { Host } from "../../model/host.ts";
import { type AccessGraph, accessGraph } from "./build.ts";
import type { HostFacts } from "./hosts.ts";
import { pathsTo } from "./paths.ts";

type Members = Readonly<Record<string, unknown>>;

function graphOf(documents: readonly Members[], hosts: readonly HostFacts[] = []): AccessGraph {
  return accessGraph({
    hosts,
    objects: documents.flatMap(readClusterObjects),
    workloads: documents.flatMap(readKubernetes),
    admitsTakeover: () => ({ isAdmitted: false, supposed: "", namespace: null }),
  });
}

const BOUND: Members = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRoleBinding",
  metadata: { name: "boss" },
  roleRef: { kind: "ClusterRole", name: "cluster-admin" },
  subjects: [{ kind: "ServiceAccount", name: "boss", namespace: "shop" }],
};

function node(name: string, labels: Members = {}): Members {
  return { apiVersion: "v1", kind: "Node", metadata: { name, labels } };
}

/** @param by The Deployment that made it. */
function pod(name: string, spec: Members, by: string | null = null): Members {
  const owner = { kind: "ReplicaSet", name: `${by}-1a`, controller: true };
  const made =
    by === null ? {} : { labels: { "pod-template-hash": "1a" }, ownerReferences: [owner] };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "shop", ...made },
    spec: { ...spec, containers: [{ name, image: name, ...containerOf(spec) }] },
    status: { phase: "Running" },
  };
}

function containerOf({ open }: Members): Members {
  return open === true ? { securityContext: { privileged: true } } : {};
}

function deployment(name: string, spec: Members): Members {
  const metadata = { name, namespace: "shop" };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata,
    spec: { template: pod(name, spec) },
  };
}

const web = (where: Members): Members =>
  pod("web", { open: true, automountServiceAccountToken: false, ...where });
const boss = (where: Members): Members => pod("boss", { serviceAccountName: "boss", ...where });
const on = (nodeName: string): Members => ({ nodeName });
const among = (pool: string): Members => ({ nodeSelector: { pool } });
const POOLS = [node("a", { pool: "x" }), node("b", { pool: "y" }), node("c", { pool: "x" })];

function way(documents: readonly Members[], from: string, to: AccessTarget): string | null {
  return wayIn(graphOf(documents), from, to);
}

function wayIn(access: AccessGraph, from: string, to: AccessTarget): string | null {
  const source = access.graph.nodes.find(({ name }) => name === from)?.id ?? -1;
  const [path] = pathsTo(access, [source], access.targets[to]).paths;
  if (path === undefined) return null;
  const supposed = path.edges.map(({ cause }) => cause?.supposed ?? "").filter((one) => one !== "");
  return supposed.join("; ");
}

describe("who escapes onto a node has the tokens of what else runs there", () => {
  const SAME = "that they run on the same node";
  const ONE = "that it runs on this one of them";
  const cases: [string, Members[], string | null][] = [
    ["on the same node", [web(on("a")), boss(on("a"))], ""],
    ["on another node", [web(on("a")), boss(on("b"))], null],
    ["where neither is told", [web({}), boss({})], SAME],
    ["where one is not told", [web(on("a")), boss({})], SAME],
    ["where the other is not told", [web({}), boss(on("a"))], SAME],
    ["among nodes of a label, and on one of them", [...POOLS, web(among("x")), boss(on("c"))], ONE],
    ["among nodes of a label, and on another", [...POOLS, web(among("x")), boss(on("b"))], null],
    [
      "among nodes of one label both",
      [...POOLS, web(among("x")), boss(among("x"))],
      `${ONE}; ${SAME}`,
    ],
    ["among nodes of two labels", [...POOLS, web(among("x")), boss(among("y"))], null],
    ["on a node, and among those of its label", [...POOLS, web(on("a")), boss(among("x"))], SAME],
    [
      "on a node, and among those of another label",
      [...POOLS, web(on("a")), boss(among("y"))],
      null,
    ],
    ["among nodes of which nothing is known", [web(among("x")), boss(on("a"))], SAME],
    ["where the node is a template", [web(on("{{ .node }}")), boss(on("a"))], SAME],
    [
      "with pods of both Deployments on one node",
      [
        deployment("web", { open: true, automountServiceAccountToken: false }),
        pod("web-1a-x", { open: true, automountServiceAccountToken: false, ...on("a") }, "web"),
        deployment("boss", { serviceAccountName: "boss" }),
        pod("boss-1a-x", { serviceAccountName: "boss", ...on("a") }, "boss"),
      ],
      "",
    ],
    [
      "with their pods on several nodes, and none in common",
      [
        deployment("web", { open: true, automountServiceAccountToken: false }),
        pod("web-1a-x", { open: true, automountServiceAccountToken: false, ...on("a") }, "web"),
        pod("web-1a-y", { open: true, automountServiceAccountToken: false, ...on("b") }, "web"),
        deployment("boss", { serviceAccountName: "boss" }),
        pod("boss-1a-x", { serviceAccountName: "boss", ...on("c") }, "boss"),
      ],
      null,
    ],
  ];
  test.each(cases)("%s", (_, documents, wanted) => {
    const isPod = documents.every(({ kind }) => kind !== "Deployment");
    const found = way(
      [BOUND, ...documents],
      `${isPod ? "Pod" : "Deployment"} shop/web`,
      "cluster-admin",
    );
    expect(found).toBe(wanted);
  });
});

test("a host that is called as a node is that node", () => {
  const host = { name: "a", record: {} } as unknown as Host;
  const who = { kind: "user", name: "ann" } as const;
  const access = [{ who, group: "docker", at: "", fix: "take ann out", supposed: "" }];
  const source = "User ann of a";
  for (const [where, wanted] of [
    ["a", ""],
    ["b", null],
  ] as const) {
    const graph = graphOf([BOUND, boss(on(where))], [{ host, access }]);
    expect(wayIn(graph, source, "cluster-admin")).toBe(wanted);
    expect(wayIn(graph, source, "node-root")).toBe("");
  }
});

test("a folder of the host with tokens has those of its own node", () => {
  const volumes = [{ name: "t", hostPath: { path: "/var/lib/kubelet/pods" } }];
  const reader = (where: Members): Members => {
    const containers = [
      { name: "r", image: "r", volumeMounts: [{ name: "t", mountPath: "/t", readOnly: true }] },
    ];
    const spec = { automountServiceAccountToken: false, volumes, ...where, containers };
    return { apiVersion: "v1", kind: "Pod", metadata: { name: "r", namespace: "shop" }, spec };
  };
  expect(way([BOUND, reader(on("a")), boss(on("a"))], "Pod shop/r", "cluster-admin")).toBe("");
  expect(way([BOUND, reader(on("a")), boss(on("b"))], "Pod shop/r", "cluster-admin")).toBe(null);
});

test("a pod that escapes where the control plane runs is cluster-admin", () => {
  const plane = node("cp", { "node-role.kubernetes.io/control-plane": "" });
  expect(way([plane, node("a"), web(on("cp"))], "Pod shop/web", "cluster-admin")).toBe("");
  expect(way([plane, node("a"), web(on("a"))], "Pod shop/web", "cluster-admin")).toBe(null);
  expect(way([plane, node("a"), web(on("a"))], "Pod shop/web", "node-root")).toBe("");
});

test("the graph of pods that ask for thousands of labels grows with them, and not with their square", () => {
  const size = (count: number): number => {
    const nodes = Array.from({ length: count }, (_, i) =>
      node(`n${i}`, { host: `h${i}`, all: "1" }),
    );
    const pods = Array.from({ length: count }, (_, i) =>
      pod(`p${i}`, { open: true, nodeSelector: { all: "1", host: `h${i}` } }),
    );
    return graphOf([...nodes, ...pods]).graph.edges.length;
  };
  expect(size(2000)).toBeLessThan(size(1000) * 2.1);
});
