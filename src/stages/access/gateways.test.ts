import { expect, test } from "vitest";
import { readClusterObjects } from "../../formats/workload/cluster-object.ts";
import { routedBackends } from "./gateways.ts";

type Members = Readonly<Record<string, unknown>>;

const GROUP = "gateway.networking.k8s.io";

function gateway(listener: Members, spec: Members = {}): Members {
  return {
    apiVersion: `${GROUP}/v1`,
    kind: "Gateway",
    metadata: { name: "edge", namespace: "infra" },
    spec: { listeners: [{ name: "web", port: 80, protocol: "HTTP", ...listener }], ...spec },
  };
}

function route(parent: Members = {}, spec: Members = {}, kind = "HTTPRoute"): Members {
  return {
    apiVersion: `${GROUP}/v1`,
    kind,
    metadata: { name: "web", namespace: "shop" },
    spec: {
      parentRefs: [{ name: "edge", namespace: "infra", ...parent }],
      rules: [{ backendRefs: [{ name: "web", port: 80 }] }],
      ...spec,
    },
  };
}

const OPEN = { allowedRoutes: { namespaces: { from: "All" } } };
const selected = (matchLabels: Members): Members => ({
  allowedRoutes: { namespaces: { from: "Selector", selector: { matchLabels } } },
});
const namespace = (labels: Members): Members => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: "shop", labels },
});
const toBank = { rules: [{ backendRefs: [{ name: "vault", namespace: "bank", port: 80 }] }] };
const grant = (from: Members, to: Members): Members => ({
  apiVersion: `${GROUP}/v1beta1`,
  kind: "ReferenceGrant",
  metadata: { name: "in", namespace: "bank" },
  spec: {
    from: [{ group: GROUP, kind: "HTTPRoute", namespace: "shop", ...from }],
    to: [{ group: "", kind: "Service", ...to }],
  },
});

const IN = ["shop/web"];
const OUT: string[] = [];

test.each<[string, Members[], string[]]>([
  ["all namespaces", [gateway(OPEN), route()], IN],
  ["its own namespace, by default", [gateway({}), route()], OUT],
  ["none", [gateway({ allowedRoutes: { namespaces: { from: "None" } } }), route()], OUT],
  ["labels", [gateway(selected({ a: "b" })), namespace({ a: "b" }), route()], IN],
  ["other labels", [gateway(selected({ a: "b" })), namespace({ a: "c" }), route()], OUT],
  [
    "the name, which is a label of every namespace",
    [gateway(selected({ "kubernetes.io/metadata.name": "shop" })), route()],
    IN,
  ],
  [
    "labels of a namespace that is not among the objects",
    [gateway(selected({ a: "b" })), route()],
    ["shop/web ? Namespace shop has the labels of the listener"],
  ],
  [
    "a gateway that is not among the objects",
    [route()],
    ["shop/web ? Gateway infra/edge takes the route up and is reached"],
  ],
  ["a listener by its name", [gateway(OPEN), route({ sectionName: "web" })], IN],
  ["another listener", [gateway(OPEN), route({ sectionName: "admin" })], OUT],
  ["another port", [gateway(OPEN), route({ port: 8443 })], OUT],
  ["a service of a mesh", [route({ kind: "Service", group: "", name: "web" })], OUT],
  ["a kind that the protocol does not take up", [gateway(OPEN), route({}, {}, "TCPRoute")], OUT],
  [
    "a kind that the listener does not name",
    [
      gateway({ allowedRoutes: { ...OPEN.allowedRoutes, kinds: [{ kind: "GRPCRoute" }] } }),
      route(),
    ],
    OUT,
  ],
  [
    "a host below the listener's",
    [gateway({ ...OPEN, hostname: "*.example.com" }), route({}, { hostnames: ["a.example.com"] })],
    IN,
  ],
  [
    "a host that is not the listener's",
    [gateway({ ...OPEN, hostname: "*.example.com" }), route({}, { hostnames: ["example.com"] })],
    OUT,
  ],
  ["another namespace's service", [gateway(OPEN), route({}, toBank)], OUT],
  ["the same, agreed to", [gateway(OPEN), route({}, toBank), grant({}, {})], ["bank/vault"]],
  [
    "the same, agreed to by name",
    [gateway(OPEN), route({}, toBank), grant({}, { name: "vault" })],
    ["bank/vault"],
  ],
  [
    "agreed for another service",
    [gateway(OPEN), route({}, toBank), grant({}, { name: "shop" })],
    OUT,
  ],
  [
    "agreed for another namespace",
    [gateway(OPEN), route({}, toBank), grant({ namespace: "ops" }, {})],
    OUT,
  ],
  [
    "a copy of the traffic",
    [
      gateway(OPEN),
      route(
        {},
        {
          rules: [
            {
              filters: [{ type: "RequestMirror", requestMirror: { backendRef: { name: "log" } } }],
            },
          ],
        },
      ),
    ],
    ["shop/log"],
  ],
])("%s", (_, documents, wanted) => {
  const found = routedBackends(documents.flatMap(readClusterObjects));
  expect(
    found.map(
      ({ namespace: where, backend, supposed }) =>
        `${where}/${backend.name}${supposed === "" ? "" : ` ? ${supposed}`}`,
    ),
  ).toEqual(wanted);
});
