// Policies of Cilium: which directions they police, for whom, and who is let through.
import { expect, test } from "vitest";
import { readClusterObjects } from "./cluster-object.ts";

function policiesIn(kind: string, members: object) {
  const object = { apiVersion: "cilium.io/v2", kind, metadata: { name: "p" }, ...members };
  return readClusterObjects(object).map(({ at, policy }) => ({ at, policy }));
}

const all = { endpointSelector: {} };

test.each([
  ["no list", {}, false],
  ["an empty list", { ingress: [] }, false],
  ["an empty rule", { ingress: [{}] }, true],
  ["denials alone", { ingressDeny: [{ fromEntities: ["world"] }] }, true],
  [
    "rules that add to what is open",
    { ingress: [{}], enableDefaultDeny: { ingress: false } },
    false,
  ],
])("%s", (_, rules, isPoliced) => {
  const [one] = policiesIn("CiliumNetworkPolicy", { spec: { ...all, ...rules } });
  expect(one?.policy?.ingress.isPoliced).toBe(isPoliced);
  expect(one?.policy?.egress.isPoliced).toBe(false);
});

test("several in one, each at its place, and none that is for nodes", () => {
  const specs = [{ ...all, egress: [{}] }, { nodeSelector: {} }];
  const found = policiesIn("CiliumClusterwideNetworkPolicy", { specs });
  expect(found.map(({ at, policy }) => [at, policy?.isClusterWide])).toEqual([
    ["/specs/0", true],
    ["/specs/1", undefined],
  ]);
});

test.each([
  [{ fromEntities: ["world"] }, ["0.0.0.0/0"]],
  [{ fromEntities: ["cluster"] }, [null]],
  [{ fromCIDR: ["10.0.0.0/8"] }, ["10.0.0.0/8"]],
  [{ fromCIDRSet: [{ cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] }] }, ["10.0.0.0/8"]],
  [{ fromEndpoints: [{}] }, [null]],
])("peers of %j", (rule, cidrs) => {
  const [one] = policiesIn("CiliumNetworkPolicy", { spec: { ...all, ingress: [rule] } });
  const [opening] = one?.policy?.ingress.rules ?? [];
  expect(opening?.peers.map(({ cidr }) => cidr)).toEqual(cidrs);
  expect(opening?.hasPorts).toBe(false);
});

test("a rule with ports alone is for everybody, and one with nobody for nobody", () => {
  const toPorts = [{ ports: [{ port: "80" }] }];
  const ingress = [{ toPorts }, { fromEndpoints: [] }, {}];
  const [one] = policiesIn("CiliumNetworkPolicy", { spec: { ...all, ingress } });
  expect(one?.policy?.ingress.rules).toEqual([
    { at: "/spec/ingress/0", peers: [], hasPorts: true, ports: [] },
  ]);
});

test("labels are those of pods, whatever their source is called", () => {
  const endpointSelector = {
    matchLabels: { "k8s:app": "a" },
    matchExpressions: [{ key: "any:tier", operator: "Exists" }],
  };
  const [one] = policiesIn("CiliumNetworkPolicy", { spec: { endpointSelector } });
  expect(one?.policy?.selector).toEqual({
    matchLabels: { app: "a" },
    matchExpressions: [{ key: "tier", operator: "Exists" }],
  });
});
