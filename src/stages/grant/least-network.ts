// The narrowest NetworkPolicy that lets through what was seen, and the proof that it does.
// Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/
import type { ObservedPeer } from "../../model/observed.ts";
import type { Flow, ObservedUse } from "./observed-use.ts";

/** A NetworkPolicy of networking.k8s.io/v1, as far as we write it. */
export interface LeastNetworkPolicy {
  readonly apiVersion: "networking.k8s.io/v1";
  readonly kind: "NetworkPolicy";
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly podSelector: Selector;
    readonly policyTypes: readonly ["Ingress", "Egress"];
    readonly ingress: readonly {
      readonly from: readonly Peer[];
      readonly ports: readonly Port[];
    }[];
    readonly egress: readonly { readonly to: readonly Peer[]; readonly ports: readonly Port[] }[];
  };
}

interface Selector {
  readonly matchLabels: Readonly<Record<string, string>>;
}

type Peer =
  | { readonly namespaceSelector: Selector; readonly podSelector: Selector }
  | { readonly ipBlock: { readonly cidr: string } };

interface Port {
  readonly protocol: Flow["protocol"];
  readonly port: number;
}

/** A label that the API server itself gives every namespace. */
const NAMESPACE_NAME = "kubernetes.io/metadata.name";

/** Without it nothing finds anything, and one short outage of it is not seen in a recording. */
const DNS_PORTS: readonly Port[] = [
  { protocol: "UDP", port: 53 },
  { protocol: "TCP", port: 53 },
];
const DNS: Peer = {
  namespaceSelector: { matchLabels: { [NAMESPACE_NAME]: "kube-system" } },
  podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
};

/**
 * The policy for one workload; null where no label selects its pods, or nothing of it runs in a cluster.
 *
 * @param uses Those of all its containers: a policy is of pods.
 */
export function leastNetworkPolicy(uses: readonly ObservedUse[]): LeastNetworkPolicy | null {
  const [first] = uses;
  if (first === undefined || first.of.platform !== "kubernetes") return null;
  const { workload, namespace } = first.of;
  if (Object.keys(first.labels).length === 0) return null;
  const flows = uses.flatMap((use) => use.flows);
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: `${workload}-observed`, namespace: namespace ?? "default" },
    spec: {
      podSelector: { matchLabels: first.labels },
      policyTypes: ["Ingress", "Egress"],
      ingress: rulesOf(flows.filter(({ direction }) => direction === "ingress")).map(
        ({ peers, ports }) => ({ from: peers, ports }),
      ),
      egress: [
        { to: [DNS], ports: DNS_PORTS },
        ...rulesOf(flows.filter(({ direction }) => direction === "egress")).map(
          ({ peers, ports }) => ({ to: peers, ports }),
        ),
      ],
    },
  };
}

/** Peers that are called at the same ports share a rule. */
function rulesOf(flows: readonly Flow[]): { peers: Peer[]; ports: Port[] }[] {
  const portsOf = new Map<string, Set<string>>();
  for (const { peer, protocol, port } of flows) {
    const key = JSON.stringify(peerOf(peer));
    const ports = portsOf.get(key) ?? new Set();
    portsOf.set(key, ports.add(JSON.stringify({ protocol, port })));
  }
  const peersOf = new Map<string, string[]>();
  for (const [peer, ports] of portsOf) {
    const key = JSON.stringify([...ports].sort());
    peersOf.set(key, [...(peersOf.get(key) ?? []), peer]);
  }
  return [...peersOf].map(([ports, peers]) => ({
    peers: peers.sort().map((peer) => JSON.parse(peer) as Peer),
    ports: (JSON.parse(ports) as string[]).map((port) => JSON.parse(port) as Port),
  }));
}

function peerOf(peer: ObservedPeer): Peer {
  if (peer.kind === "address")
    return { ipBlock: { cidr: `${peer.address}/${peer.address.includes(":") ? 128 : 32}` } };
  return {
    namespaceSelector: { matchLabels: { [NAMESPACE_NAME]: peer.namespace } },
    podSelector: { matchLabels: peer.labels },
  };
}

/** Whether a policy lets a flow through, by what a policy means and not by how it was made: the proof. */
export function letsThrough({ spec }: LeastNetworkPolicy, flow: Flow): boolean {
  const rules =
    flow.direction === "ingress"
      ? spec.ingress.map(({ from, ports }) => ({ peers: from, ports }))
      : spec.egress.map(({ to, ports }) => ({ peers: to, ports }));
  return rules.some(
    ({ peers, ports }) =>
      ports.some(({ protocol, port }) => protocol === flow.protocol && port === flow.port) &&
      peers.some((peer) => covers(peer, flow.peer)),
  );
}

function covers(peer: Peer, seen: ObservedPeer): boolean {
  if ("ipBlock" in peer)
    return (
      seen.kind === "address" && peer.ipBlock.cidr.replace(/\/(?:32|128)$/, "") === seen.address
    );
  if (seen.kind !== "pod") return false;
  const own = Object.entries(peer.podSelector.matchLabels);
  return (
    peer.namespaceSelector.matchLabels[NAMESPACE_NAME] === seen.namespace &&
    own.every(([name, value]) => seen.labels[name] === value)
  );
}
