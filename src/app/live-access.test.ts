// Who can become whom in a live cluster over HTTPS, as far as its documentation says how it answers: no real API server can be had
// from this machine's packages.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ClusterStandIn, startClusterApi } from "../../test/lab/cluster-api.ts";
import type { AccessTarget } from "../model/access-target.ts";
import { type AccessPaths, accessPaths } from "./access-graph.ts";
import type { Surroundings } from "./surroundings.ts";

type Members = Readonly<Record<string, unknown>>;

let cluster: ClusterStandIn;
let home = "";
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "bulwark-live-access-"));
  cluster = await startClusterApi("tools");
});
afterEach(async () => {
  await cluster.stop();
  rmSync(home, { recursive: true });
});

const RBAC = "/apis/rbac.authorization.k8s.io/v1";

function put(path: string, kind: string, metadata: Members, rest: Members = {}): void {
  const [, group = "", version = "v1"] = /^\/apis?\/(?:([^/]+)\/)?(v[^/]+)\//.exec(path) ?? [];
  const apiVersion = group === "" ? version : `${group}/${version}`;
  cluster.put(path, { apiVersion, kind, metadata, ...rest });
}

/** A pod that a controller made, on a node. */
function pod(name: string, nodeName: string, spec: Members, container: Members = {}): void {
  const labels = { "pod-template-hash": "1a" };
  const ownerReferences = [{ kind: "ReplicaSet", name: `${name}-1a`, controller: true }];
  put(
    `/api/v1/namespaces/shop/pods/${name}`,
    "Pod",
    { name, namespace: "shop", labels, ownerReferences },
    { spec: { nodeName, containers: [{ name, image: name, ...container }], ...spec }, status: {} },
  );
}

async function ways(
  to: AccessTarget,
  from: string | null,
  targets: readonly string[] = [],
): Promise<AccessPaths> {
  const surroundings: Surroundings = {
    env: { HOME: home, ...cluster.env },
    signal: new AbortController().signal,
    progress: () => undefined,
    warn: () => undefined,
    note: () => undefined,
  };
  const live = { kubeconfig: null, context: null };
  return accessPaths({ targets, live, from, to, against: null, isFix: false }, surroundings);
}

test("pods that controllers made are on their nodes, and no Secret is read", async () => {
  for (const name of ["a", "b"]) put(`/api/v1/nodes/${name}`, "Node", { name });
  const subjects = [{ kind: "ServiceAccount", name: "boss", namespace: "shop" }];
  const roleRef = { kind: "ClusterRole", name: "cluster-admin" };
  put(
    `${RBAC}/clusterrolebindings/boss`,
    "ClusterRoleBinding",
    { name: "boss" },
    { roleRef, subjects },
  );
  const open = { securityContext: { privileged: true } };
  pod("far", "a", { automountServiceAccountToken: false }, open);
  pod("near", "b", { automountServiceAccountToken: false }, open);
  pod("boss", "b", { serviceAccountName: "boss" });
  const { paths, problems } = await ways("cluster-admin", "workload");
  expect(paths.map(({ from }) => from.name).sort()).toEqual(["Pod shop/boss", "Pod shop/near"]);
  expect(paths.flatMap(({ steps }) => steps).filter(({ supposed }) => supposed !== "")).toEqual([]);
  expect(problems).toEqual([]);
  expect(cluster.seen.filter((line) => /secrets|configz/.test(line))).toEqual([]);
});

test("whom EKS lets in is asked, where it says so, beside files of what it answers", async () => {
  const arn = "arn:aws:iam::111122223333:role/ci";
  const data = { mapRoles: `- {rolearn: ${arn}, groups: [system:masters]}` };
  const path = "/api/v1/namespaces/kube-system/configmaps/aws-auth";
  put(path, "ConfigMap", { name: "aws-auth", namespace: "kube-system" }, { data });
  const association = {
    namespace: "shop",
    serviceAccount: "web",
    roleArn: arn,
    associationArn: "x",
  };
  writeFileSync(join(home, "association.json"), JSON.stringify({ association }));
  const { paths } = await ways("cluster-admin", "shop/web", [home]);
  expect(paths.map(({ steps }) => steps.map(({ to }) => to.name))).toEqual([
    [arn, "Group system:masters", "cluster-admin"],
  ]);
});

test("what a cluster refuses is told, and one that refuses everything is no empty one", async () => {
  put("/api/v1/nodes/a", "Node", { name: "a" });
  cluster.refused.set(`${RBAC}/roles`, 403);
  const { problems } = await ways("cluster-admin", null);
  expect(problems.map(({ path }) => path)).toEqual([`${RBAC}/roles`]);
  await cluster.stop();
  const error = await ways("cluster-admin", null).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: "cluster-failed" });
  cluster = await startClusterApi("tools");
});
