import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readClusterObjects } from "../formats/workload/cluster-object.ts";
import { readKubernetes } from "../formats/workload/kubernetes.ts";
import type { ObservedContainer, ObservedEvent, ObservedFlow } from "../model/observed.ts";
import { isPrivate } from "../stages/grant/network-rules.ts";
import { type ObservedUse, observedUses } from "../stages/grant/observed-use.ts";
import { type Declared, leastNetworks } from "./least-networks.ts";

type Plain = Readonly<Record<string, unknown>>;

const WINDOW = {
  kind: "window",
  schema: "bulwark.dev/observed/v1",
  architecture: "amd64",
  from: 0,
  to: 86_400_000,
} as const;

const container = (workload: string, more: Partial<ObservedContainer> = {}): ObservedContainer => ({
  kind: "container",
  id: workload,
  image: null,
  repository: null,
  platform: "kubernetes",
  namespace: "shop",
  workloadKind: "Deployment",
  workload,
  name: "app",
  labels: { app: workload },
  from: 0,
  to: 1,
  sawStart: true,
  sawEnd: true,
  ...more,
});
const flow = (
  of: string,
  direction: ObservedFlow["direction"],
  port: number,
  peer: ObservedFlow["peer"] | string,
): ObservedFlow => ({
  kind: "flow",
  container: of,
  at: 1,
  direction,
  protocol: "TCP",
  port,
  peer: typeof peer === "string" ? { kind: "address", address: peer } : peer,
});
const listen = (of: string, port: number): ObservedEvent => ({
  kind: "listen",
  container: of,
  at: 1,
  protocol: "TCP",
  port,
});
const POD = (app: string) => ({ kind: "pod", namespace: "shop", labels: { app } }) as const;

function groupsOf(...events: readonly ObservedEvent[]): [ObservedUse][] {
  return observedUses([WINDOW, ...events]).uses.map((use) => [use]);
}

function declared(...objects: readonly Plain[]): Declared {
  return {
    workloads: objects.flatMap((one) => readKubernetes(one)),
    objects: objects.flatMap((one) => readClusterObjects(one)),
  };
}
const NONE = declared();

const deployment = (name: string, ports: readonly Plain[] = [], spec: Plain = {}): Plain => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, namespace: "shop" },
  spec: {
    template: {
      metadata: { labels: { app: name } },
      spec: { ...spec, containers: [{ name: "app", image: "i", ports }] },
    },
  },
});
const policy = (name: string, spec: Plain): Plain => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name, namespace: "shop" },
  spec,
});

describe("a network policy", () => {
  test("lets through what was seen, at DNS besides, and has the names that were asked for", () => {
    const [one] = leastNetworks(
      groupsOf(
        container("web"),
        flow("web", "egress", 5432, POD("db")),
        flow("web", "ingress", 80, "203.0.113.7"),
        { kind: "name", container: "web", at: 1, name: "db.shop.svc" },
      ),
      NONE,
    );
    expect(one?.policy).toMatchObject({
      metadata: { annotations: { "bulwark.dev/names-asked-for": "db.shop.svc" } },
      spec: {
        ingress: [{ from: [{ ipBlock: { cidr: "203.0.113.7/32" } }], ports: [{ port: 80 }] }],
        egress: [
          { ports: [{ port: 53 }, { port: 53 }] },
          { to: [{ podSelector: { matchLabels: { app: "db" } } }], ports: [{ port: 5432 }] },
        ],
      },
    });
    expect(one).toMatchObject({ flows: 2, proved: 2, unproved: [] });
  });

  test("is open where there were more peers than are told apart", () => {
    const [one] = leastNetworks(
      groupsOf(
        container("web"),
        flow("web", "ingress", 80, "203.0.113.7"),
        flow("web", "ingress", 80, { kind: "any" }),
      ),
      NONE,
    );
    expect(one?.policy?.spec.ingress).toEqual([{ ports: [{ protocol: "TCP", port: 80 }] }]);
    expect(one).toMatchObject({ flows: 2, proved: 2 });
    expect(one?.doubts).toEqual([
      "1 port had more peers than are told apart, and is open to everybody",
    ]);
  });

  test.each([
    [
      "no label stays",
      container("web", { labels: { "pod-template-hash": "x" } }),
      NONE,
      /no labels/,
    ],
    [
      "it uses the network of its host",
      container("web"),
      declared(deployment("web", [], { hostNetwork: true })),
      /network of its host/,
    ],
  ])("is not there where %s", (_, seen, cluster, reason) => {
    const [one] = leastNetworks(groupsOf(seen), cluster);
    expect(one?.policy).toBeNull();
    expect(one?.reason).toMatch(reason);
  });
});

describe("addresses", () => {
  const service = (spec: Plain): Plain => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "db", namespace: "shop" },
    spec: { clusterIP: "10.96.0.7", ...spec },
  });
  const PORTS = [{ name: "sql", containerPort: 5432 }];
  test.each<[string, Plain[], unknown]>([
    [
      "of a service are those of the pods behind it, at their own port",
      [service({ selector: { app: "db" }, ports: [{ port: 80, targetPort: 5432 }] })],
      { port: 5432, peer: { kind: "pod", labels: { app: "db" } } },
    ],
    [
      "of a service that names a port of its pods",
      [
        service({ selector: { app: "db" }, ports: [{ port: 80, targetPort: "sql" }] }),
        deployment("db", PORTS),
      ],
      { port: 5432, peer: { kind: "pod", labels: { app: "db" } } },
    ],
    [
      "of a service without pods are those of its endpoints",
      [
        service({ ports: [{ port: 80, targetPort: 6443 }] }),
        {
          apiVersion: "v1",
          kind: "Endpoints",
          metadata: { name: "db", namespace: "shop" },
          subsets: [{ addresses: [{ ip: "203.0.113.5" }] }],
        },
      ],
      { port: 6443, peer: { kind: "address", address: "203.0.113.5" } },
    ],
    [
      "of a pod are what selects it",
      [
        {
          apiVersion: "v1",
          kind: "Pod",
          metadata: {
            name: "db-0",
            namespace: "shop",
            labels: { app: "db", "pod-template-hash": "x" },
          },
          spec: { containers: [] },
          status: { podIP: "10.96.0.7" },
        },
      ],
      { port: 80, peer: { kind: "pod", namespace: "shop", labels: { app: "db" } } },
    ],
    ["of nobody that is known stay", [], { port: 80, peer: { address: "10.96.0.7" } }],
  ])("%s", (_, objects, wanted) => {
    const groups = groupsOf(container("web"), flow("web", "egress", 80, "::ffff:10.96.0.7"));
    // Refused by a policy of the other side, so that the flow is told.
    const wall = policy("wall", { podSelector: { matchLabels: { app: "db" } } });
    const [one] = leastNetworks(groups, declared(...objects, wall));
    // A range is not surely for what may be a pod.
    expect(one?.proved).toBe(JSON.stringify(wanted).includes("10.96.0.7") ? 0 : 1);
    const told = one?.unproved[0]?.flow;
    if (told === undefined)
      expect(JSON.stringify(one?.policy)).toMatch(/10\.96\.0\.7|203\.0\.113\.5/);
    else expect(told).toMatchObject(wanted as object);
  });

  test("that may be of pods are a doubt", () => {
    const groups = groupsOf(container("web"), flow("web", "egress", 80, "10.96.0.7"));
    expect(leastNetworks(groups, NONE)[0]?.doubts[0]).toMatch(/^1 private address may be/);
  });
});

describe("the proof", () => {
  test("tells a flow that a policy of today denies, and by which", () => {
    const cluster = declared(
      policy("wall", { podSelector: { matchLabels: { app: "db" } }, policyTypes: ["Ingress"] }),
    );
    const groups = groupsOf(container("web"), flow("web", "egress", 5432, POD("db")));
    expect(leastNetworks(groups, cluster)[0]?.unproved).toMatchObject([
      {
        text: "to pods with app=db of shop at TCP 5432",
        allowance: "denied",
        by: ["NetworkPolicy shop/wall"],
      },
    ]);
  });

  test("holds at both ends, where both were observed", () => {
    const groups = groupsOf(
      container("web"),
      container("db"),
      flow("web", "egress", 5432, POD("db")),
      flow("db", "ingress", 5432, "10.0.0.9"),
    );
    const [web, db] = leastNetworks(groups, NONE);
    expect(web?.unproved).toEqual([]);
    expect(db?.policy?.spec.ingress[0]?.from).toHaveLength(2);
  });

  test("puts a policy that was proposed before aside", () => {
    const cluster = declared(
      policy("web-observed", { podSelector: { matchLabels: { app: "web" } }, egress: [{}] }),
      deployment("db", [{ containerPort: 5432 }]),
    );
    const [one] = leastNetworks(groupsOf(container("web")), cluster);
    expect(one?.refused.map(({ neighbour }) => neighbour)).toContain("Deployment shop/db");
  });
});

describe("what it would deny", () => {
  const cluster = declared(
    deployment("web", [{ containerPort: 80 }]),
    deployment("db", [{ containerPort: 5432 }]),
    deployment("job"),
    deployment("agent", [{ containerPort: 9100 }], { hostNetwork: true }),
  );
  const groups = groupsOf(
    container("web"),
    listen("web", 80),
    listen("web", 9090),
    flow("web", "ingress", 80, POD("job")),
  );
  const [one] = leastNetworks(groups, cluster);

  test("is every neighbour that was not seen, at the ports where somebody waits", () => {
    expect(one?.refused).toEqual([
      { direction: "ingress", neighbour: "Deployment shop/db", ports: ["TCP 80", "TCP 9090"] },
      { direction: "egress", neighbour: "Deployment shop/db", ports: ["TCP 5432"] },
      { direction: "ingress", neighbour: "Deployment shop/job", ports: ["TCP 9090"] },
      {
        direction: "ingress",
        neighbour: "the rest of the internet",
        ports: ["TCP 80", "TCP 9090"],
      },
      { direction: "egress", neighbour: "the rest of the internet", ports: ["TCP 443"] },
      {
        direction: "egress",
        neighbour: "the cloud's metadata (169.254.169.254)",
        ports: ["TCP 80"],
      },
    ]);
  });

  test("is every port at which nobody was seen to call", () => {
    expect(one?.uncalled).toEqual([{ protocol: "TCP", port: 9090 }]);
  });

  test("is not what was denied before", () => {
    const walled = {
      ...cluster,
      objects: readClusterObjects(
        policy("wall", { podSelector: {}, policyTypes: ["Egress", "Ingress"] }),
      ),
    };
    expect(leastNetworks(groups, walled)[0]?.refused).toEqual([]);
  });
});

const isInPrivate = (peer: ObservedFlow["peer"]): boolean =>
  peer.kind === "address" && isPrivate(peer.address);
const PEER = fc.oneof(
  fc.record({
    kind: fc.constant("address" as const),
    address: fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom("10.1.2.3", "fd00::7")),
  }),
  fc.record({
    kind: fc.constant("pod" as const),
    namespace: fc.constantFrom("shop", "data"),
    labels: fc.dictionary(fc.constantFrom("app", "tier"), fc.constantFrom("a", "b")),
  }),
  fc.constant({ kind: "any" as const }),
);
const FLOWS = fc.array(
  fc
    .record({
      of: fc.constantFrom("web", "db"),
      direction: fc.constantFrom("ingress" as const, "egress" as const),
      port: fc.integer({ min: 1, max: 3 }),
      peer: PEER,
    })
    .map(({ of, direction, port, peer }) => flow(of, direction, port, peer)),
  { maxLength: 20 },
);

test("every flow that was seen is proved, but with what may be a pod, alone and together", () => {
  fc.assert(
    fc.property(FLOWS, (flows) => {
      const found = leastNetworks(groupsOf(container("web"), container("db"), ...flows), NONE);
      for (const { flows: all, proved, unproved } of found) {
        expect(unproved.every(({ flow: { peer } }) => isInPrivate(peer))).toBe(true);
        expect(unproved.filter(({ allowance }) => allowance === "denied")).toEqual([]);
        expect(proved).toBe(all - unproved.length);
      }
    }),
  );
});
