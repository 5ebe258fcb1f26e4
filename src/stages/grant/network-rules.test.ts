// The semantics of NetworkPolicy, sentence by sentence of its documentation and of the API's comments.
import { describe, expect, test } from "vitest";
import { readClusterObjects } from "../../formats/workload/cluster-object.ts";
import type { NamedPort } from "../../model/workload.ts";
import { type NetworkEnd, NetworkRules } from "./network-rules.ts";

type Plain = Readonly<Record<string, unknown>>;

const policy = (spec: Plain, namespace = "shop", name = "p"): Plain => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name, namespace },
  spec,
});
const namespace = (name: string, labels: Readonly<Record<string, string>>): Plain => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, labels },
});
const cilium = (spec: Plain): Plain => ({
  apiVersion: "cilium.io/v2",
  kind: "CiliumNetworkPolicy",
  metadata: { name: "c", namespace: "shop" },
  spec,
});
const rules = (...objects: readonly Plain[]): NetworkRules =>
  new NetworkRules(objects.flatMap((one) => readClusterObjects(one)));

function pod(app: string, of = "shop", namedPorts: readonly NamedPort[] | null = []): NetworkEnd {
  const labels = [{ name: "app", value: app }];
  return { pod: { namespace: of, labels, namedPorts }, addresses: [], mayBePod: false };
}
const outside = (address: string, mayBePod = false): NetworkEnd => ({
  pod: null,
  addresses: [address],
  mayBePod,
});
const of = (apiVersion: string, kind: string, spec: Plain): Plain => ({
  apiVersion,
  kind,
  metadata: { name: "c", namespace: "shop" },
  spec,
});
const OPEN = policy({ podSelector: {}, ingress: [{}] });
const APP = (app: string): Plain => ({ matchLabels: { app } });

const WEB = pod("web");
const DB = pod("db");
const ask = (all: NetworkRules, from: NetworkEnd, to: NetworkEnd, port = 80, protocol = "TCP") =>
  all.ask({ from, to, port, protocol }).allowance;

describe("who may call whom", () => {
  test.each<[string, readonly Plain[], NetworkEnd, NetworkEnd, string]>([
    ["everybody where nothing is said", [], WEB, DB, "allowed"],
    [
      "nobody once a policy selects, and says nothing",
      [policy({ podSelector: {} })],
      WEB,
      DB,
      "denied",
    ],
    ["others whom it does not select", [policy({ podSelector: APP("x") })], WEB, DB, "allowed"],
    ["those of another namespace", [policy({ podSelector: {} }, "bank")], WEB, DB, "allowed"],
    [
      "nobody that egress refuses, though ingress would let it in",
      [policy({ podSelector: APP("web"), policyTypes: ["Egress"] })],
      WEB,
      DB,
      "denied",
    ],
    [
      "in the other direction all the same",
      [policy({ podSelector: APP("web"), policyTypes: ["Egress"] })],
      DB,
      WEB,
      "allowed",
    ],
    [
      "egress that is written without policyTypes is policed",
      [policy({ podSelector: APP("web"), egress: [] })],
      WEB,
      outside("203.0.113.9"),
      "denied",
    ],
    [
      "with an empty rule everybody",
      [policy({ podSelector: {}, ingress: [{}] })],
      WEB,
      DB,
      "allowed",
    ],
    [
      "with an empty list of peers everybody",
      [policy({ podSelector: {}, ingress: [{ from: [], ports: [{ port: 80 }] }] })],
      outside("203.0.113.9"),
      DB,
      "allowed",
    ],
    [
      "policies add up",
      [
        policy({ podSelector: {} }, "shop", "deny"),
        policy({ podSelector: APP("db"), ingress: [{ from: [{ podSelector: APP("web") }] }] }),
      ],
      WEB,
      DB,
      "allowed",
    ],
    [
      "pods without a namespace are those of the policy's own",
      [policy({ podSelector: APP("db"), ingress: [{ from: [{ podSelector: APP("web") }] }] })],
      pod("web", "bank"),
      DB,
      "denied",
    ],
    [
      "both selectors of one peer have to fit",
      [
        namespace("bank", { team: "a" }),
        policy({
          podSelector: APP("db"),
          ingress: [
            {
              from: [{ namespaceSelector: { matchLabels: { team: "a" } }, podSelector: APP("x") }],
            },
          ],
        }),
      ],
      pod("web", "bank"),
      DB,
      "denied",
    ],
    [
      "either of two peers may",
      [
        namespace("bank", { team: "a" }),
        policy({
          podSelector: APP("db"),
          ingress: [
            {
              from: [
                { podSelector: APP("x") },
                { namespaceSelector: { matchLabels: { team: "a" } } },
              ],
            },
          ],
        }),
      ],
      pod("web", "bank"),
      DB,
      "allowed",
    ],
    [
      "labels of a namespace that was not read are not known",
      [
        policy({
          podSelector: APP("db"),
          ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: "a" } } }] }],
        }),
      ],
      pod("web", "bank"),
      DB,
      "unknown",
    ],
    [
      "but its name is",
      [
        policy({
          podSelector: APP("db"),
          ingress: [
            {
              from: [
                { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "bank" } } },
              ],
            },
          ],
        }),
      ],
      pod("web", "bank"),
      DB,
      "allowed",
    ],
    [
      "a selector of pods means nobody outside",
      [policy({ podSelector: APP("db"), ingress: [{ from: [{ podSelector: {} }] }] })],
      outside("203.0.113.9"),
      DB,
      "denied",
    ],
    [
      "unless an address may be that of a pod",
      [policy({ podSelector: APP("db"), ingress: [{ from: [{ podSelector: {} }] }] })],
      outside("10.1.2.3", true),
      DB,
      "unknown",
    ],
    [
      "what another kind of policy says is not known",
      [cilium({ endpointSelector: APP("db"), ingress: [{ fromEntities: ["world"] }] })],
      WEB,
      DB,
      "unknown",
    ],
    [
      "nor what a rule of Cilium's denies where all else is let through",
      [
        cilium({
          endpointSelector: APP("db"),
          ingressDeny: [{}],
          enableDefaultDeny: { ingress: false },
        }),
      ],
      WEB,
      DB,
      "unknown",
    ],
    [
      "nor whom it selects by what the pod itself does not tell",
      [
        cilium({
          endpointSelector: {
            matchLabels: { "k8s:io.cilium.k8s.namespace.labels.team": "a" },
          },
          ingress: [{}],
        }),
      ],
      WEB,
      DB,
      "unknown",
    ],
    [
      "Calico's may deny before",
      [OPEN, of("projectcalico.org/v3", "NetworkPolicy", { ingress: [{ action: "Deny" }] })],
      WEB,
      DB,
      "unknown",
    ],
    [
      "Calico's for all pods, too",
      [OPEN, of("crd.projectcalico.org/v1", "GlobalNetworkPolicy", {})],
      pod("web", "bank"),
      pod("db", "bank"),
      "unknown",
    ],
    [
      "but not in another namespace",
      [of("projectcalico.org/v3", "NetworkPolicy", {})],
      pod("web", "bank"),
      pod("db", "bank"),
      "allowed",
    ],
    [
      "administrators' may let through what others deny",
      [
        policy({ podSelector: {} }),
        of("policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy", {}),
      ],
      WEB,
      DB,
      "unknown",
    ],
    [
      "what cannot be read may be what lets it through",
      [policy({ podSelector: APP("db"), ingress: [{ from: ["web"], ports: [{ port: 1 }] }, "x"] })],
      WEB,
      DB,
      "unknown",
    ],
  ])("%s", (_, objects, from, to, wanted) => {
    expect(ask(rules(...objects), from, to)).toBe(wanted);
  });
});

describe("ranges of addresses", () => {
  const open = (ipBlock: Plain) =>
    rules(
      policy({ podSelector: APP("web"), policyTypes: ["Egress"], egress: [{ to: [{ ipBlock }] }] }),
    );
  test.each<[Plain, NetworkEnd, string]>([
    [{ cidr: "203.0.113.0/24" }, outside("203.0.113.9"), "allowed"],
    [{ cidr: "203.0.113.0/24" }, outside("203.0.114.9"), "denied"],
    [{ cidr: "203.0.113.0/24", except: ["203.0.113.8/31"] }, outside("203.0.113.9"), "denied"],
    [{ cidr: "203.0.113.0/24", except: ["203.0.113.8/31"] }, outside("203.0.113.10"), "allowed"],
    [{ cidr: "0.0.0.0/0" }, outside("2001:db8::1"), "denied"],
    [{ cidr: "2001:db8::/32" }, outside("2001:db8::1"), "allowed"],
    [{ cidr: "203.0.113.0/24" }, DB, "denied"],
    // Networks differ in whether a range counts for pods.
    [{ cidr: "0.0.0.0/0" }, DB, "unknown"],
    [{ cidr: "10.0.0.0/8" }, outside("10.1.2.3", true), "unknown"],
    [{ cidr: "10.0.0.0/8" }, outside("10.1.2.3"), "allowed"],
    [{ cidr: "10.0.0.0/8" }, outside("192.168.0.1", true), "denied"],
    [{ cidr: "fd00::/8" }, { ...DB, addresses: ["10.0.0.7", "fd00::7"] }, "unknown"],
    [{ cidr: "fd00::/8" }, { ...DB, addresses: ["10.0.0.7"] }, "denied"],
    [{ cidr: "{{ .range }}" }, outside("203.0.113.9"), "unknown"],
  ])("%j to %j: %s", (block, to, wanted) => {
    expect(ask(open(block), WEB, to)).toBe(wanted);
  });
});

describe("ports", () => {
  const open = (...ports: readonly Plain[]) =>
    rules(policy({ podSelector: APP("db"), ingress: [{ ports }] }));
  const named = pod("db", "shop", [{ name: "sql", protocol: "TCP", port: 5432 }]);
  test.each<[readonly Plain[], NetworkEnd, number, string, string]>([
    [[{ port: 80 }], DB, 80, "TCP", "allowed"],
    [[{ port: 80 }], DB, 81, "TCP", "denied"],
    [[{ port: 80 }], DB, 80, "UDP", "denied"],
    [[{ protocol: "UDP", port: 80 }], DB, 80, "UDP", "allowed"],
    [[{ protocol: "UDP" }], DB, 9, "UDP", "allowed"],
    [[{ protocol: "SCTP" }], DB, 9, "TCP", "denied"],
    [[{ port: 8000, endPort: 8080 }], DB, 8080, "TCP", "allowed"],
    [[{ port: 8000, endPort: 8080 }], DB, 8081, "TCP", "denied"],
    [[{ port: 8000, endPort: 8080 }], DB, 7999, "TCP", "denied"],
    [[{ port: "sql" }], named, 5432, "TCP", "allowed"],
    [[{ port: "sql" }], named, 80, "TCP", "denied"],
    [[{ port: "sql" }], pod("db", "shop", null), 5432, "TCP", "unknown"],
    [[], DB, 9, "TCP", "allowed"],
  ])("%j at %j %i %s: %s", (ports, to, port, protocol, wanted) => {
    expect(ask(open(...ports), WEB, to, port, protocol)).toBe(wanted);
  });
});

test("the policies that refuse are named", () => {
  const all = rules(policy({ podSelector: {} }, "shop", "deny"));
  const { by } = all.ask({ from: WEB, to: DB, port: 80, protocol: "TCP" });
  expect(by.map(({ name }) => name)).toEqual(["deny"]);
});
