// What checks of admission and of datastores say that their examples cannot show.
import { describe, expect, test } from "vitest";
import { readClusterObjects } from "../../formats/workload/cluster-object.ts";
import { readKubernetes } from "../../formats/workload/kubernetes.ts";
import { clusterOf } from "../../model/cluster.ts";
import type { Check, Statement } from "../../stages/check/contract.ts";
import { MINOR_VERSION_MAX } from "../../stages/check/packs.ts";
import { readied, runChecks } from "../../stages/check/run.ts";
import { datastoreNamespaceClosed } from "./datastore-namespace-closed/check.ts";
import { imagesVouchedAtAdmission } from "./images-vouched-at-admission/check.ts";
import { cluster, webhook } from "./shared/cluster-examples.ts";

type Members = Readonly<Record<string, unknown>>;

function said(check: Check, ...objects: readonly Members[]): Statement["kind"][] {
  const { document } = cluster(...objects);
  const subject = clusterOf([...readKubernetes(document), ...readClusterObjects(document)]);
  return runChecks(subject, [readied(check, MINOR_VERSION_MAX)]).flatMap(({ faults, doubts }) =>
    [...faults, ...doubts].map(({ kind }) => kind),
  );
}

const NODE = { kind: "Node", metadata: { name: "a" } };

describe("a webhook that verifies images", () => {
  const names = (operator: string, ...values: readonly string[]): Members => ({
    namespaceSelector: {
      matchExpressions: [{ key: "kubernetes.io/metadata.name", operator, values }],
    },
  });
  test.each<[string, Members, string[]]>([
    ["that fails closed, and is asked about all", {}, []],
    ["that leaves out what has to be", names("NotIn", "kube-system", "policy"), []],
    ["that lets past it", { failurePolicy: "Ignore" }, ["doubt"]],
    ["that leaves out more", names("NotIn", "kube-system", "shop"), ["doubt"]],
    ["that is for some by name", names("In", "shop"), ["doubt"]],
    [
      "that namespaces ask for",
      { namespaceSelector: { matchLabels: { "policy.sigstore.dev/include": "true" } } },
      ["doubt"],
    ],
    ["that is for some pods", { objectSelector: { matchLabels: { a: "b" } } }, ["doubt"]],
    ["that has conditions", { matchConditions: [{ name: "a", expression: "false" }] }, ["doubt"]],
  ])("%s", (_, more, wanted) => {
    const { webhooks, ...hook } = webhook(
      "ValidatingWebhookConfiguration",
      "pods",
      "policy.sigstore.dev",
    );
    const [one] = webhooks as readonly Members[];
    const changed = { ...hook, webhooks: [{ ...one, ...more }] };
    expect(said(imagesVouchedAtAdmission, NODE, changed)).toEqual(wanted);
  });
});

describe("a datastore of which everybody may reach", () => {
  const store = (container: Members): Members => ({
    kind: "Pod",
    metadata: { name: "db", namespace: "shop" },
    spec: { containers: [{ name: "db", image: "postgres:17", ...container }] },
  });
  const opens = (...ports: readonly Members[]): Members => ({
    kind: "NetworkPolicy",
    metadata: { name: "p", namespace: "shop" },
    spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{ ports }] },
  });
  const named = { ports: [{ name: "sql", containerPort: 5432 }] };
  test.each<[string, Members, Members, string[]]>([
    ["its port", {}, opens({ port: 5432 }), ["fault"]],
    ["all of TCP", {}, opens({ protocol: "TCP" }), ["fault"]],
    ["its port over UDP", {}, opens({ protocol: "UDP", port: 5432 }), []],
    ["another port", {}, opens({ port: 9187 }), []],
    ["a port by its name", named, opens({ port: "sql" }), ["fault"]],
    ["a port of another name", named, opens({ port: "metrics" }), []],
    ["where it was moved to", { args: ["-p", "9187"] }, opens({ port: 9187 }), ["fault"]],
    ["what it declares", { ports: [{ containerPort: 6000 }] }, opens({ port: 6000 }), ["fault"]],
    ["what is beside it", named, opens({ port: 6000 }), []],
  ])("%s", (_, container, policy, wanted) => {
    expect(said(datastoreNamespaceClosed, store(container), policy)).toEqual(wanted);
  });

  test("ports that are not read", () => {
    const policy = {
      apiVersion: "cilium.io/v2",
      kind: "CiliumNetworkPolicy",
      metadata: { name: "p", namespace: "shop" },
      spec: { endpointSelector: {}, ingress: [{ toPorts: [{ ports: [{ port: "9187" }] }] }] },
    };
    expect(said(datastoreNamespaceClosed, store({}), policy)).toEqual(["doubt"]);
  });
});
