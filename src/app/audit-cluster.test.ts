// A live cluster over HTTPS, as far as its documentation says how it answers: no real API server can be had from this machine's
// packages.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ClusterStandIn, startClusterApi } from "../../test/lab/cluster-api.ts";
import type { ClusterAudit } from "../model/cluster-audit.ts";
import { auditCluster } from "./audit-cluster.ts";
import type { Surroundings } from "./surroundings.ts";

let cluster: ClusterStandIn;
let home = "";
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "bulwark-audit-cluster-"));
  cluster = await startClusterApi("tools");
});
afterEach(async () => {
  await cluster.stop();
  rmSync(home, { recursive: true });
});

type Members = Readonly<Record<string, unknown>>;

const NODE = "/api/v1/nodes/a";
const CONFIGZ = `${NODE}/proxy/configz`;

function put(path: string, kind: string, metadata: Members, rest: Members = {}): void {
  const [, group = "", version = "v1"] = /^\/apis?\/(?:([^/]+)\/)?(v[^/]+)\//.exec(path) ?? [];
  const apiVersion = group === "" ? version : `${group}/${version}`;
  cluster.put(path, { apiVersion, kind, metadata, ...rest });
}

function pod(name: string, namespace: string, owner: string | null, container: Members): void {
  const ownerReferences = owner === null ? [] : [{ kind: owner, name: "owner" }];
  const spec = { containers: [{ name, image: name, ...container }] };
  put(
    `/api/v1/namespaces/${namespace}/pods/${name}`,
    "Pod",
    { name, namespace, ownerReferences },
    { spec },
  );
}

async function audited(framework: string | null = null): Promise<ClusterAudit> {
  const surroundings: Surroundings = {
    env: { HOME: home, ...cluster.env },
    signal: new AbortController().signal,
    progress: () => undefined,
    warn: () => undefined,
    note: () => undefined,
  };
  const choice = { kubeconfig: null, context: null };
  const nothing = { threshold: null, db: null, exceptions: null, declared: [], registry: false };
  return auditCluster({ from: null, choice, framework, ...nothing }, surroundings);
}

/** `4.2.1`: how it stands. */
function standing(audit: ClusterAudit, id: string): string | undefined {
  return audit.framework?.requirements.find((one) => one.id === id)?.standing;
}

function oneNode(): void {
  put(NODE, "Node", { name: "a" }, { status: { nodeInfo: { kubeletVersion: "v1.33.1" } } });
  const command = ["kube-apiserver", "--anonymous-auth=true", "--authorization-mode=Node,RBAC"];
  pod("kube-apiserver-a", "kube-system", "Node", { command });
  const settings = { authentication: { anonymous: { enabled: false } }, readOnlyPort: 0 };
  cluster.put(CONFIGZ, { kubeletconfig: settings });
}

test("what runs is asked, and a kubelet tells for itself", async () => {
  oneNode();
  const audit = await audited("cis-kubernetes-1.12");
  expect(
    audit.cluster.components.map(({ component, standing: how }) => `${component} ${how}`),
  ).toEqual(
    expect.arrayContaining([
      "kube-apiserver seen",
      "kubelet seen",
      expect.stringMatching(/^etcd nothing/),
    ]),
  );
  const ids = ["1.2.1", "2.1", "4.2.1", "4.2.4", "4.2.7"];
  expect(ids.map((id) => standing(audit, id))).toEqual([
    "fails",
    "unknown",
    "holds",
    "holds",
    "unknown",
  ]);
  expect(cluster.seen.filter((line) => !line.startsWith("GET "))).toEqual([]);
  expect(cluster.seen.filter((line) => /\/secrets/.test(line))).toEqual([]);
});

test("what may not be read is told, and is unknown", async () => {
  oneNode();
  cluster.refused.set(CONFIGZ, 403);
  const audit = await audited("cis-kubernetes-1.12");
  expect(standing(audit, "4.2.1")).toBe("unknown");
  expect(audit.problems.some(({ path }) => path === CONFIGZ)).toBe(true);
});

test("pods of known controllers are not looked at twice, and those of others are", async () => {
  oneNode();
  for (const [name, owner] of [
    ["alone", null],
    ["made", "ReplicaSet"],
    ["custom", "Rollout"],
  ] as const)
    pod(name, "shop", owner, { securityContext: { privileged: true } });
  // More than are in one answer.
  for (let i = 0; i < 300; i += 1) pod(`p${i}`, "bank", "ReplicaSet", {});
  pod("zlast", "zoo", null, { securityContext: { privileged: true } });
  const { findings } = await audited();
  const privileged = findings.filter(({ rule }) => rule.id === "no-privileged");
  expect(privileged.map(({ subject }) => subject.name).sort()).toEqual([
    "alone",
    "custom",
    "zlast",
  ]);
});

test("an application's own etcd is not the cluster's", async () => {
  oneNode();
  pod("etcd", "shop", null, { command: ["etcd", "--client-cert-auth=true"] });
  const { cluster: told } = await audited();
  const etcds = told.components.filter(({ component }) => component === "etcd");
  expect(etcds.map(({ standing: how }) => how).sort()).toEqual([
    expect.stringMatching(/^nothing/),
    "seen",
  ]);
});

test("versions of the API server, of kubelets and of runtimes are matched with advisories", async () => {
  cluster.put("/version", { gitVersion: "v1.22.1", goVersion: "go1.16" });
  const nodeInfo = { kubeletVersion: "v1.22.1", containerRuntimeVersion: "containerd://1.5.0" };
  put(NODE, "Node", { name: "a" }, { status: { nodeInfo } });
  const { cluster: seen, packages } = await audited();
  expect(seen.version).toBe("v1.22.1");
  const found = packages.findings.filter((one) => one.kind === "vulnerability");
  const told = found.map((one) => [one.vulnerability.id, one.package.name, one.fix.version]);
  expect(told).toContainEqual(["CVE-2021-25741", "k8s.io/kubernetes", "1.22.2"]);
  // The built-in data is a part only, which is said.
  expect(packages.problems.map(({ code }) => code)).toContain("data-partial");
});
