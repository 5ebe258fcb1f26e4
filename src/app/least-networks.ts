// Network policies for workloads that were observed, with the proof: each is read again as a cluster reads it, and asked together
// with the policies that are there.
import { readClusterObjects } from "../formats/workload/cluster-object.ts";
import { count } from "../kit/phrase.ts";
import type { ClusterObject } from "../model/cluster-object.ts";
import { selects } from "../model/selector.ts";
import type { Workload } from "../model/workload.ts";
import { ClusterPlaces } from "../stages/grant/cluster-places.ts";
import {
  type LeastNetworkPolicy,
  leastNetworkPolicy,
  type NetworkUse,
} from "../stages/grant/least-network.ts";
import {
  type Neighbour,
  neighboursOf,
  type Refusal,
  refusals,
  type UnprovedFlow,
  unprovedFlows,
} from "../stages/grant/network-proof.ts";
import { isPrivate, NetworkRules } from "../stages/grant/network-rules.ts";
import type { Flow, Listener, ObservedUse } from "../stages/grant/observed-use.ts";

/** What a cluster has today, as far as it was given. */
export interface Declared {
  readonly workloads: readonly Workload[];
  readonly objects: readonly ClusterObject[];
}

/** What is proposed for the network of one workload, with the proof. */
export interface LeastNetwork {
  /** null where it does not run in a cluster, and for the reason below. */
  readonly policy: LeastNetworkPolicy | null;
  readonly reason: string | null;
  /** That were seen; where a service leads to several places each is one. */
  readonly flows: number;
  /** How many of them this policy alone was shown to let through: all of them, but for private addresses that may be of pods. */
  readonly proved: number;
  /** Those that the policies of today and all proposed ones together would not, or not surely, let through. */
  readonly unproved: readonly UnprovedFlow[];
  /** Who was never seen, could be reached until now, and cannot any more. */
  readonly refused: readonly Refusal[];
  /** Where it waits, and nobody was seen to call. */
  readonly uncalled: readonly Listener[];
  /** What speaks against it. */
  readonly doubts: readonly string[];
}

type Group = readonly [ObservedUse, ...ObservedUse[]];

/** One answer for each group: the containers of one workload. */
export function leastNetworks(groups: readonly Group[], declared: Declared): LeastNetwork[] {
  const places = new ClusterPlaces(declared.workloads, declared.objects);
  const made = mirrored(groups.map((group) => usedBy(group, declared.workloads, places)));
  const policies = made.map(({ use, reason }) =>
    use === null || reason !== null ? null : leastNetworkPolicy(use),
  );
  const proposed = policies.flatMap((policy) => readClusterObjects(policy));
  const kept = declared.objects.filter((one) => !proposed.some((other) => isSame(one, other)));
  const rules = { before: new NetworkRules(kept), after: new NetworkRules([...kept, ...proposed]) };
  const neighbours = neighboursOf(declared.workloads, places, (workload) =>
    groups.flatMap((uses) => (isOf(uses, workload) ? uses.flatMap((use) => use.listeners) : [])),
  );
  return groups.map((uses, i): LeastNetwork => {
    const { use, reason } = made[i] as Made;
    const policy = policies[i] ?? null;
    if (use === null || policy === null) return { ...NOTHING, reason };
    return {
      ...proofOf({ use, uses, policy }, { places, rules, neighbours }),
      policy,
      reason,
      flows: use.flows.length,
    };
  });
}

const NOTHING: LeastNetwork = {
  policy: null,
  reason: null,
  flows: 0,
  proved: 0,
  unproved: [],
  refused: [],
  uncalled: [],
  doubts: [],
};

interface Made {
  /** null where it does not run in a cluster. */
  readonly use: NetworkUse | null;
  /** Why no policy can be for it. */
  readonly reason: string | null;
}

function usedBy(uses: Group, workloads: readonly Workload[], places: ClusterPlaces): Made {
  const [{ of, labels }] = uses;
  if (of.platform !== "kubernetes") return { use: null, reason: null };
  const flows = uses.flatMap((use) => use.flows.flatMap((flow) => places.placed(flow)));
  const use = {
    workload: of.workload,
    namespace: of.namespace ?? "default",
    labels,
    flows: distinct(flows),
    names: [...new Set(uses.flatMap(({ names }) => names))].sort(),
  };
  return { use, reason: reasonAgainst(uses, workloads) };
}

function reasonAgainst(uses: Group, workloads: readonly Workload[]): string | null {
  const found = workloads.find((one) => isOf(uses, one));
  const network = found?.host.network;
  if (network?.state === "known" && network.value)
    return "it uses the network of its host, for which policies are not";
  return Object.keys(uses[0].labels).length === 0 ? "its pods have no labels that stay" : null;
}

function isOf([{ of }]: Group, workload: Workload): boolean {
  return (
    workload.name === of.workload &&
    workload.platform === of.platform &&
    (workload.namespace ?? "default") === (of.namespace ?? "default") &&
    workload.kind.toLowerCase() === of.workloadKind.toLowerCase()
  );
}

/** What was seen from one end is let through at the other one, too, where both are policed. */
function mirrored(made: readonly Made[]): readonly Made[] {
  return made.map(({ use, reason }) => {
    if (use === null) return { use, reason };
    const from = made.flatMap((other) => (other.use === null ? [] : flowsInto(use, other.use)));
    return { use: { ...use, flows: distinct([...use.flows, ...from]) }, reason };
  });
}

function flowsInto({ namespace, labels }: NetworkUse, other: NetworkUse): Flow[] {
  const own = Object.entries(labels).map(([name, value]) => ({ name, value }));
  return other.flows.flatMap((flow): Flow[] => {
    const { peer, direction } = flow;
    if (peer.kind !== "pod" || peer.namespace !== namespace) return [];
    if (!selects({ matchLabels: peer.labels }, own)) return [];
    return [
      {
        ...flow,
        direction: direction === "egress" ? "ingress" : "egress",
        peer: { kind: "pod", namespace: other.namespace, labels: other.labels },
      },
    ];
  });
}

function distinct(flows: readonly Flow[]): Flow[] {
  const found = new Map<string, Flow>();
  for (const flow of flows) {
    const { direction, protocol, port, peer } = flow;
    found.set(JSON.stringify([direction, protocol, port, peer]), flow);
  }
  return [...found.values()];
}

/** The same object, written before. */
function isSame(one: ClusterObject, other: ClusterObject): boolean {
  return (
    one.kind === other.kind &&
    one.unreadPolicy === other.unreadPolicy &&
    one.name === other.name &&
    (one.namespace ?? "default") === (other.namespace ?? "default")
  );
}

interface Proposal {
  readonly use: NetworkUse;
  readonly uses: Group;
  readonly policy: LeastNetworkPolicy;
}

interface Scene {
  readonly places: ClusterPlaces;
  readonly rules: { readonly before: NetworkRules; readonly after: NetworkRules };
  readonly neighbours: readonly Neighbour[];
}

function proofOf(
  { use, uses, policy }: Proposal,
  { places, rules, neighbours }: Scene,
): Pick<LeastNetwork, "proved" | "unproved" | "refused" | "uncalled" | "doubts"> {
  const alone = new NetworkRules(readClusterObjects(policy));
  const listeners = distinctPorts(uses.flatMap((one) => one.listeners));
  const called = use.flows.filter(({ direction }) => direction === "ingress");
  const uncalled = listeners.filter(
    ({ protocol, port }) => !called.some((one) => one.protocol === protocol && one.port === port),
  );
  return {
    proved: use.flows.length - unprovedFlows(use, alone, places).length,
    unproved: unprovedFlows(use, rules.after, places),
    refused: refusals(use, distinctPorts([...listeners, ...called]), neighbours, places, rules),
    uncalled,
    doubts: doubtsOf(use, places),
  };
}

function distinctPorts(ports: readonly Listener[]): Listener[] {
  return [
    ...new Map(
      ports.map(({ protocol, port }) => [`${protocol} ${port}`, { protocol, port }]),
    ).values(),
  ];
}

function doubtsOf({ flows }: NetworkUse, places: ClusterPlaces): string[] {
  const addresses = flows.flatMap(({ peer }) =>
    peer.kind === "address" && isPrivate(peer.address) && places.endOf(peer).mayBePod
      ? [peer.address]
      : [],
  );
  const unknown = new Set(addresses).size;
  const open = flows.filter(({ peer }) => peer.kind === "any").length;
  return [
    ...(unknown === 0
      ? []
      : [
          `${count(unknown, "private address", "private addresses")} may be of pods or services, which change: name a folder with what kubectl get pods,services,endpointslices,namespaces -A -o yaml prints`,
        ]),
    ...(open === 0
      ? []
      : [`${count(open, "port")} had more peers than are told apart, and is open to everybody`]),
  ];
}
