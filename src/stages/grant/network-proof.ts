// The proof of network policies: what was seen is asked again of what policies mean, and then what was never seen.
import { list } from "../../kit/phrase.ts";
import type { ClusterObject } from "../../model/cluster-object.ts";
import { selects } from "../../model/selector.ts";
import type { Container, Workload } from "../../model/workload.ts";
import type { ClusterPlaces } from "./cluster-places.ts";
import type { NetworkUse } from "./least-network.ts";
import type { Attempt, NetworkAnswer, NetworkEnd, NetworkRules } from "./network-rules.ts";
import type { Flow, Listener } from "./observed-use.ts";

/** A connection that was seen, and that does not surely come through. */
export interface UnprovedFlow {
  readonly flow: Flow;
  /** For people: `to pods with app=db of shop at TCP 5432`. */
  readonly text: string;
  readonly allowance: "denied" | "unknown";
  /** `NetworkPolicy shop/deny-all`. */
  readonly by: readonly string[];
}

/** Somebody who was not seen to call, or to be called, and from now on cannot. */
export interface Refusal {
  readonly direction: "ingress" | "egress";
  /** `Deployment shop/api`, `the rest of the internet`. */
  readonly neighbour: string;
  /** `TCP 5432`. */
  readonly ports: readonly string[];
}

/** What was seen, asked again: what of it is denied or unknown. */
export function unprovedFlows(
  use: NetworkUse,
  rules: NetworkRules,
  places: ClusterPlaces,
): UnprovedFlow[] {
  return use.flows.flatMap((flow) => {
    const { allowance, by } = rules.ask(attemptOf(use, flow, places));
    return allowance === "allowed"
      ? []
      : [{ flow, text: textOf(flow), allowance, by: namesOf(by) }];
  });
}

function attemptOf(use: NetworkUse, flow: Flow, places: ClusterPlaces): Attempt {
  const own: NetworkEnd = { pod: places.podOf(use), addresses: [], mayBePod: false };
  const other = places.endOf(flow.peer);
  const [from, to] = flow.direction === "egress" ? [own, other] : [other, own];
  return { from, to, protocol: flow.protocol, port: flow.port };
}

function namesOf(by: NetworkAnswer["by"]): string[] {
  const isForAll = ({ policy, unreadPolicy }: ClusterObject): boolean =>
    policy?.isClusterWide === true || unreadPolicy === "all";
  return [...new Set(by.map((one) => (isForAll(one) ? `${one.kind} ${one.name}` : nameOf(one))))];
}

function nameOf({ kind, namespace, name }: Pick<ClusterObject, "kind" | "namespace" | "name">) {
  return `${kind} ${namespace ?? "default"}/${name}`;
}

/** Somebody in or outside of the cluster, and where they can be called. */
export interface Neighbour {
  readonly name: string;
  readonly end: NetworkEnd;
  readonly ports: readonly Listener[];
}

/** Addresses that stand for others: of documentation (RFC 5737), and of what clouds tell machines about themselves. */
const INTERNET: Neighbour = {
  name: "the rest of the internet",
  end: { pod: null, addresses: ["203.0.113.254"], mayBePod: false },
  ports: [{ protocol: "TCP", port: 443 }],
};
const METADATA: Neighbour = {
  name: "the cloud's metadata (169.254.169.254)",
  end: { pod: null, addresses: ["169.254.169.254"], mayBePod: false },
  ports: [{ protocol: "TCP", port: 80 }],
};

const NEIGHBOURS_MAX = 5_000;

/**
 * Who is about: workloads of a cluster, each once, without those that use the network of their host, for which policies are not.
 *
 * @param listenersOf Where a workload was seen to wait, beside what it says itself.
 */
export function neighboursOf(
  workloads: readonly Workload[],
  places: ClusterPlaces,
  listenersOf: (workload: Workload) => readonly Listener[],
): readonly Neighbour[] {
  const found = new Map<string, Neighbour>();
  for (const workload of workloads) {
    const { platform, host, namespace, labels } = workload;
    if (platform !== "kubernetes" || found.size >= NEIGHBOURS_MAX) continue;
    if (host.network.state === "known" && host.network.value) continue;
    const { kind, name } = workload.started?.controller ?? workload;
    const pod = places.podOf({
      namespace: namespace ?? "default",
      labels: Object.fromEntries(labels.map((one) => [one.name, one.value])),
    });
    const called = nameOf({ kind, name, namespace });
    const end = { pod, addresses: workload.started?.addresses ?? [], mayBePod: false };
    found.set(called, { name: called, end, ports: portsOf(workload, listenersOf(workload)) });
  }
  return [...found.values(), INTERNET, METADATA];
}

/** What a container says it listens on is TCP unless it has a name and says so. */
function portsOf({ containers }: Workload, seen: readonly Listener[]): Listener[] {
  const all = new Map<string, Listener>();
  for (const one of [...containers.flatMap(declaredPorts), ...seen])
    all.set(`${one.protocol} ${one.port}`, one);
  return [...all.values()];
}

/** Of one container, as far as it is known. */
export function declaredPorts({ ports, namedPorts = [] }: Container): Listener[] {
  return [
    ...namedPorts.map(({ protocol, port }) => ({
      protocol: protocol as Listener["protocol"],
      port,
    })),
    ...ports
      .flatMap((fact) => (fact.state === "known" ? [fact.value] : []))
      .filter((port) => !namedPorts.some((named) => named.port === port))
      .map((port): Listener => ({ protocol: "TCP", port })),
  ];
}

/** Of one workload: who is refused now, and was not before. */
export function refusals(
  use: NetworkUse,
  ports: readonly Listener[],
  neighbours: readonly Neighbour[],
  places: ClusterPlaces,
  { before, after }: { readonly before: NetworkRules; readonly after: NetworkRules },
): Refusal[] {
  const own: NetworkEnd = { pod: places.podOf(use), addresses: [], mayBePod: false };
  const refused = (attempt: Attempt): boolean =>
    after.ask(attempt).allowance === "denied" && before.ask(attempt).allowance !== "denied";
  return neighbours
    .filter(({ end }) => !isCopy(use, end))
    .flatMap(({ name, end, ports: theirs }): Refusal[] => {
      const called = ports.filter((one) => refused({ from: end, to: own, ...one }));
      const calls = theirs.filter((one) => refused({ from: own, to: end, ...one }));
      return [
        // What tells machines about themselves calls nobody.
        ...(called.length === 0 || end === METADATA.end ? [] : [refusal("ingress", name, called)]),
        ...(calls.length === 0 ? [] : [refusal("egress", name, calls)]),
      ];
    });
}

function refusal(
  direction: Refusal["direction"],
  neighbour: string,
  ports: readonly Listener[],
): Refusal {
  return { direction, neighbour, ports: ports.map(({ protocol, port }) => `${protocol} ${port}`) };
}

function isCopy({ namespace, labels }: NetworkUse, { pod }: NetworkEnd): boolean {
  return pod?.namespace === namespace && selects({ matchLabels: labels }, pod.labels);
}

function textOf({ direction, protocol, port, peer }: Flow): string {
  return `${direction === "ingress" ? "from" : "to"} ${peerText(peer)} at ${protocol} ${port}`;
}

function peerText(peer: Flow["peer"]): string {
  if (peer.kind === "any") return "everybody";
  if (peer.kind === "address") return peer.address;
  const labels = Object.entries(peer.labels).map(([name, value]) => `${name}=${value}`);
  return `pods ${labels.length === 0 ? "" : `with ${list(labels)} `}of ${peer.namespace}`;
}
