// What the checks of grants say that their examples cannot show.
import { describe, expect, test } from "vitest";
import { readClusterObjects } from "../../formats/workload/cluster-object.ts";
import { readKubernetes } from "../../formats/workload/kubernetes.ts";
import { clusterOf } from "../../model/cluster.ts";
import type { Check, Statement } from "../../stages/check/contract.ts";
import { MINOR_VERSION_MAX } from "../../stages/check/packs.ts";
import { readied, runChecks } from "../../stages/check/run.ts";
import { daemonSetWithinNode } from "./daemon-set-within-node/check.ts";
import { gatheredRoleHarmless } from "./gathered-role-harmless/check.ts";
import { grantsLeadSomewhere } from "./grants-lead-somewhere/check.ts";
import { noTakeoverTokens } from "./no-takeover-tokens/check.ts";
import { serviceAccountOfOne } from "./service-account-of-one/check.ts";
import { boundEverywhere, cluster, clusterRole, runsAs } from "./shared/cluster-examples.ts";

type Members = Readonly<Record<string, unknown>>;

function said(check: Check, ...objects: readonly Members[]): string[] {
  const { document } = cluster(...objects);
  const found = readClusterObjects(document);
  const subjects =
    check.appliesTo === "object" ? found : [clusterOf([...readKubernetes(document), ...found])];
  return subjects
    .flatMap((subject) => runChecks(subject, [readied(check, MINOR_VERSION_MAX)]))
    .flatMap(({ faults, doubts }): Statement[] => [...faults, ...doubts])
    .map((one) => (one.kind === "fault" ? one.state : one.kind === "doubt" ? `? ${one.why}` : ""));
}

const SECRETS = { apiGroups: [""], resources: ["secrets"], verbs: ["get"] };

function boundIn(namespace: string, kind: string, role: string, subject: Members): Members {
  return {
    kind: "RoleBinding",
    metadata: { name: "b", namespace },
    roleRef: { kind, name: role },
    subjects: [subject],
  };
}

describe("grants-lead-somewhere", () => {
  test("does not know what a role grants that is not among a part of the cluster", () => {
    expect(said(grantsLeadSomewhere, boundEverywhere("gone", "app"))).toEqual([
      "? binds ClusterRole gone, which is not among what is read",
    ]);
  });

  test("knows the roles that Kubernetes makes", () => {
    expect(said(grantsLeadSomewhere, boundEverywhere("view", "app"))).toEqual([]);
  });

  test("looks for an account without a namespace where the binding is", () => {
    const account = (namespace: string, name: string): Members => {
      return { kind: "ServiceAccount", metadata: { namespace, name } };
    };
    const binding = boundIn("shop", "ClusterRole", "view", { kind: "ServiceAccount", name: "bot" });
    expect(said(grantsLeadSomewhere, account("shop", "default"), binding)).toEqual([
      "grants to service account shop/bot, which is not among those read of shop",
    ]);
    const both = [account("shop", "default"), account("shop", "bot")];
    expect(said(grantsLeadSomewhere, ...both, binding)).toEqual([]);
    expect(said(grantsLeadSomewhere, account("ops", "default"), binding)).toEqual([]);
  });
});

describe("daemon-set-within-node", () => {
  const set = runsAs("DaemonSet", "agent", "agent");
  const bot = { kind: "ServiceAccount", name: "agent", namespace: "shop" };

  test.each([
    ["kube-system", ["allows to read secrets in kube-system"]],
    ["shop", []],
  ])("minds a grant in %s", (namespace, expected) => {
    const binding = boundIn(namespace, "ClusterRole", "r", bot);
    const found = said(daemonSetWithinNode, set, clusterRole("r", SECRETS), binding);
    expect(found.map((text) => text.replace(/^.*RoleBinding b /, ""))).toEqual(expected);
  });

  test("does not know what a role grants that is not among what is read", () => {
    expect(said(daemonSetWithinNode, set, boundEverywhere("gone", "agent"))).toEqual([
      "? ClusterRole gone is bound to it, and not among what is read",
    ]);
    const all = { kind: "Group", name: "system:serviceaccounts:shop" };
    expect(said(daemonSetWithinNode, set, boundIn("kube-system", "Role", "r", all))).toEqual([
      "? Role r is bound to it, and not among what is read",
    ]);
    // What holds in its own namespace alone reaches no other node's.
    expect(said(daemonSetWithinNode, set, boundIn("shop", "Role", "r", all))).toEqual([]);
    const others = { kind: "Group", name: "system:serviceaccounts:ops" };
    expect(said(daemonSetWithinNode, set, boundIn("kube-system", "Role", "r", others))).toEqual([]);
  });

  test("does not know whose account a template names", () => {
    const spec = { serviceAccountName: 7, containers: [] };
    const odd = { kind: "DaemonSet", metadata: { name: "x" }, spec: { template: { spec } } };
    expect(said(daemonSetWithinNode, odd).every((text) => text.startsWith("? "))).toBe(true);
    expect(said(daemonSetWithinNode, odd)).toHaveLength(1);
  });
});

test("an account in two namespaces is two, and what a controller has made does not count", () => {
  const pod = {
    kind: "Pod",
    metadata: { name: "web-1", namespace: "shop" },
    spec: { serviceAccountName: "app", containers: [] },
  };
  const elsewhere = { ...runsAs("Deployment", "web", "app"), metadata: { name: "web" } };
  const web = runsAs("Deployment", "web", "app");
  const binding = boundEverywhere("view", "app");
  expect(said(serviceAccountOfOne, web, pod, elsewhere, binding)).toEqual([]);
  expect(said(serviceAccountOfOne, web, runsAs("DaemonSet", "log", "app"), binding)).toEqual([
    "shop/app, to which roles are bound, is the account of Deployment web and DaemonSet log",
  ]);
});

test.each([
  ["view", "true", ["as a part of view, allows to read secrets"]],
  ["edit", "true", []],
  ["admin", "true", []],
  ["view", "false", []],
])("secrets are news in %s (%s)", (target, value, expected) => {
  const labels = { [`rbac.authorization.k8s.io/aggregate-to-${target}`]: value };
  const role = { ...clusterRole("r", SECRETS), metadata: { name: "r", labels } };
  expect(said(gatheredRoleHarmless, role)).toEqual(expected);
});

test("a token that leads to the cluster is told once, however many have it", () => {
  const found = said(
    noTakeoverTokens,
    ...["a", "b", "c", "d"].map((name) => runsAs("Deployment", name, "app")),
    runsAs("Deployment", "e", "other"),
    clusterRole("r", SECRETS),
    boundEverywhere("r", "app"),
  );
  expect(found).toEqual([
    expect.stringContaining("whose token Deployment a, Deployment b, Deployment c and 1 more have"),
  ]);
});
