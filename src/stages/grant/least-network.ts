// The narrowest NetworkPolicy that lets through what was seen. network-proof.ts shows that it does.
// Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/
import { firstOf } from "../../kit/phrase.ts";
import type { ObservedPeer } from "../../model/observed.ts";
import type { Flow } from "./observed-use.ts";

/** A NetworkPolicy of networking.k8s.io/v1, as far as we write it. */
export interface LeastNetworkPolicy {
  readonly apiVersion: "networking.k8s.io/v1";
  readonly kind: "NetworkPolicy";
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly podSelector: Selector;
    readonly policyTypes: readonly ["Ingress", "Egress"];
    /** Without `from` and `to` everybody is meant. */
    readonly ingress: readonly {
      readonly from?: readonly Peer[];
      readonly ports: readonly Port[];
    }[];
    readonly egress: readonly { readonly to?: readonly Peer[]; readonly ports: readonly Port[] }[];
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

/** Which names lie behind addresses is nowhere in a policy: whoever reads it has them beside it. */
const NAMES = "bulwark.dev/names-asked-for";
const NAMES_SHOWN = 50;

/** Pods, with all that they were seen to be connected with. */
export interface NetworkUse {
  readonly workload: string;
  readonly namespace: string;
  /** Those that stay, at least one. */
  readonly labels: Readonly<Record<string, string>>;
  readonly flows: readonly Flow[];
  /** That were asked for. */
  readonly names: readonly string[];
}

export function leastNetworkPolicy(use: NetworkUse): LeastNetworkPolicy {
  const { workload, namespace, labels, flows, names } = use;
  const annotations = { [NAMES]: firstOf(names, NAMES_SHOWN) };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: {
      name: `${workload}-observed`,
      namespace,
      ...(names.length === 0 ? {} : { annotations }),
    },
    spec: {
      podSelector: { matchLabels: labels },
      policyTypes: ["Ingress", "Egress"],
      ingress: rulesOf(flows.filter(({ direction }) => direction === "ingress")).map(
        ({ peers, ports }) => ({ ...(peers === null ? {} : { from: peers }), ports }),
      ),
      egress: [
        { to: [DNS], ports: DNS_PORTS },
        ...rulesOf(flows.filter(({ direction }) => direction === "egress")).map(
          ({ peers, ports }) => ({ ...(peers === null ? {} : { to: peers }), ports }),
        ),
      ],
    },
  };
}

/** Peers that are called at the same ports share a rule; a port of everybody needs no others. */
function rulesOf(flows: readonly Flow[]): { peers: Peer[] | null; ports: Port[] }[] {
  const open = new Set(flows.filter(({ peer }) => peer.kind === "any").map(portKey));
  const portsOf = new Map<string, Set<string>>();
  for (const flow of flows) {
    const peer = peerOf(flow.peer);
    if (peer === null || open.has(portKey(flow))) continue;
    const key = JSON.stringify(peer);
    const ports = portsOf.get(key) ?? new Set();
    portsOf.set(key, ports.add(portKey(flow)));
  }
  const peersOf = new Map<string, string[]>();
  for (const [peer, ports] of portsOf) {
    const key = JSON.stringify([...ports].sort());
    peersOf.set(key, [...(peersOf.get(key) ?? []), peer]);
  }
  const portsIn = (keys: Iterable<string>): Port[] =>
    [...keys].map((port) => JSON.parse(port) as Port);
  return [
    ...(open.size === 0 ? [] : [{ peers: null, ports: portsIn([...open].sort()) }]),
    ...[...peersOf].map(([ports, peers]) => ({
      peers: peers.sort().map((peer) => JSON.parse(peer) as Peer),
      ports: portsIn(JSON.parse(ports) as string[]),
    })),
  ];
}

function portKey({ protocol, port }: Flow): string {
  return JSON.stringify({ protocol, port });
}

/** null for everybody. */
function peerOf(peer: ObservedPeer): Peer | null {
  if (peer.kind === "any") return null;
  if (peer.kind === "address")
    return { ipBlock: { cidr: `${peer.address}/${peer.address.includes(":") ? 128 : 32}` } };
  return {
    namespaceSelector: { matchLabels: { [NAMESPACE_NAME]: peer.namespace } },
    podSelector: { matchLabels: peer.labels },
  };
}
