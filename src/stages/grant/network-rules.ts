// What network policies mean: whether one end may call the other.
// Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/, and the comments of
// k8s.io/api/networking/v1/types.go. Whether a range of addresses counts for pods is left to the network by both: Calico says yes,
// Cilium no. That is unknown here, and so is what only other kinds of policies would tell.
import { type Address, isInNetwork, parseAddress } from "../../kit/ip-address.ts";
import type {
  ClusterObject,
  Direction,
  NetworkPolicy,
  Opening,
  Peer,
  PolicyPort,
} from "../../model/cluster-object.ts";
import { selects } from "../../model/selector.ts";
import type { Label, NamedPort } from "../../model/workload.ts";

/** Who calls, or is called. */
export interface NetworkEnd {
  /** null for what is no pod of the cluster. */
  readonly pod: NetworkPod | null;
  /** All of them; none where they are not known. */
  readonly addresses: readonly string[];
  /** Whether an address without a pod may be that of one all the same. */
  readonly mayBePod: boolean;
}

export interface NetworkPod {
  readonly namespace: string;
  readonly labels: readonly Label[];
  /** null where it is not known which there are. */
  readonly namedPorts: readonly NamedPort[] | null;
}

export interface Attempt {
  readonly from: NetworkEnd;
  readonly to: NetworkEnd;
  readonly protocol: string;
  /** Of who is called: of the pod, and not of a service before it. */
  readonly port: number;
}

export type Allowance = "allowed" | "denied" | "unknown";

export interface NetworkAnswer {
  readonly allowance: Allowance;
  /** The policies that select one of the ends and let nothing of it through; empty when it is allowed. */
  readonly by: readonly ClusterObject[];
}

const NAMESPACE_NAME = "kubernetes.io/metadata.name";

/** Policies and namespaces of one cluster. */
export class NetworkRules {
  readonly #byNamespace = new Map<string, ClusterObject[]>();
  readonly #everywhere: ClusterObject[] = [];
  readonly #unread: ClusterObject[] = [];
  /** Labels of the namespaces that were read. */
  readonly #namespaces = new Map<string, readonly Label[]>();

  /** @param objects Policies and namespaces; all else is passed over. */
  constructor(objects: readonly ClusterObject[]) {
    for (const object of objects) {
      if (object.kind === "Namespace") this.#namespaces.set(object.name, object.labels);
      if (object.unreadPolicy !== null) this.#unread.push(object);
      if (object.policy === null) continue;
      if (object.policy.isClusterWide) this.#everywhere.push(object);
      else {
        const namespace = object.namespace ?? "default";
        const known = this.#byNamespace.get(namespace);
        if (known === undefined) this.#byNamespace.set(namespace, [object]);
        else known.push(object);
      }
    }
  }

  /** Both ends have to allow it: the one that calls by its egress, the one that is called by its ingress. */
  ask(attempt: Attempt): NetworkAnswer {
    const { from, to } = attempt;
    const left = from.pod === null ? FREE : this.#askSide("egress", from.pod, to, attempt);
    const entered = to.pod === null ? FREE : this.#askSide("ingress", to.pod, from, attempt);
    const denied = [left, entered].filter(({ allowance }) => allowance === "denied");
    if (denied.length > 0)
      return { allowance: "denied", by: denied.flatMap((answer) => answer.by) };
    const isSure = left.allowance === "allowed" && entered.allowance === "allowed";
    return isSure ? FREE : { allowance: "unknown", by: [...left.by, ...entered.by] };
  }

  #askSide(
    direction: "ingress" | "egress",
    own: NetworkPod,
    other: NetworkEnd,
    attempt: Attempt,
  ): NetworkAnswer {
    const read = [...(this.#byNamespace.get(own.namespace) ?? []), ...this.#everywhere].filter(
      ({ policy }) => policy !== null && isFor(policy, direction, own),
    );
    const unread = this.#unread.filter(
      ({ unreadPolicy, namespace }) => unreadPolicy === "all" || namespace === own.namespace,
    );
    const policies = [...read, ...unread];
    if (policies.length === 0) return FREE;
    // Of other kinds it is known at most whom they select, and not what they let through or refuse before ours are asked.
    if (unread.length > 0) return { allowance: "unknown", by: policies };
    const isOurs = policies.every(({ policy }) => policy?.maker === "kubernetes");
    const answers = policies.map((object) => this.#letsThrough(object, direction, other, attempt));
    if (isOurs && answers.includes("allowed")) return FREE;
    const isSure = isOurs && answers.every((one) => one === "denied");
    return { allowance: isSure ? "denied" : "unknown", by: policies };
  }

  #letsThrough(
    { policy, gaps }: ClusterObject,
    direction: "ingress" | "egress",
    other: NetworkEnd,
    attempt: Attempt,
  ): Allowance {
    const rules = (policy as NetworkPolicy)[direction] satisfies Direction;
    const answer = anyOf(
      rules.rules.map((rule) =>
        bothOf(portAnswer(rule, attempt), this.#peersAnswer(rule, other, attempt, direction)),
      ),
    );
    // What was not understood may be what lets it through.
    return answer === "denied" && gaps.length > 0 ? "unknown" : answer;
  }

  #peersAnswer(
    { peers }: Opening,
    other: NetworkEnd,
    { from, to }: Attempt,
    direction: "ingress" | "egress",
  ): Allowance {
    if (peers.length === 0) return "allowed";
    const own = (direction === "ingress" ? to : from).pod?.namespace ?? "";
    return anyOf(peers.map((peer) => this.#peerAnswer(peer, other, own)));
  }

  #peerAnswer(peer: Peer, other: NetworkEnd, own: string): Allowance {
    if (peer.cidr !== null) return rangeAnswer(peer, other);
    if (peer.namespaces === null && peer.pods === null) return "unknown";
    const { pod } = other;
    if (pod === null) return other.mayBePod ? "unknown" : "denied";
    if (peer.pods !== null && !selects(peer.pods, pod.labels)) return "denied";
    if (peer.namespaces === null) return pod.namespace === own ? "allowed" : "denied";
    return this.#namespaceAnswer(peer.namespaces, pod.namespace);
  }

  /** Every namespace has its own name for a label; of one that was not read the others are not known. */
  #namespaceAnswer(selector: unknown, name: string): Allowance {
    const known = this.#namespaces.get(name);
    const labels = [{ name: NAMESPACE_NAME, value: name }, ...(known ?? [])];
    if (known === undefined && asksForMore(selector)) return "unknown";
    return selects(selector, labels) ? "allowed" : "denied";
  }
}

const FREE: NetworkAnswer = { allowance: "allowed", by: [] };

function isFor(
  { selector, maker, ...of }: NetworkPolicy,
  direction: "ingress" | "egress",
  { namespace, labels }: NetworkPod,
): boolean {
  if (!of[direction].isPoliced && !of[direction].hasDenials) return false;
  // Of its namespace, its service account, or what Cilium found out itself.
  if (maker === "cilium" && keysOf(selector).some((key) => /^io\.cilium\.|:/.test(key)))
    return true;
  // Cilium knows its namespace as a label.
  return selects(selector, [...labels, { name: "io.kubernetes.pod.namespace", value: namespace }]);
}

function anyOf(answers: readonly Allowance[]): Allowance {
  if (answers.includes("allowed")) return "allowed";
  return answers.includes("unknown") ? "unknown" : "denied";
}

function bothOf(one: Allowance, other: Allowance): Allowance {
  if (one === "denied" || other === "denied") return "denied";
  return one === "allowed" ? other : one;
}

/** Whether a selector asks for labels other than the name. */
function asksForMore(selector: unknown): boolean {
  return keysOf(selector).some((name) => name !== NAMESPACE_NAME);
}

function keysOf(selector: unknown): string[] {
  if (typeof selector !== "object" || selector === null) return [];
  const { matchLabels, matchExpressions } = selector as Readonly<Record<string, unknown>>;
  const names = Object.keys(
    typeof matchLabels === "object" && matchLabels !== null ? matchLabels : {},
  );
  const keys = (Array.isArray(matchExpressions) ? matchExpressions : []).map(
    (one: { readonly key?: unknown } | null) => one?.key,
  );
  return [...names, ...keys.filter((key) => typeof key === "string")];
}

function rangeAnswer(peer: Peer, { pod, addresses, mayBePod }: NetworkEnd): Allowance {
  // Whose address is not known may be in any range in which pods are.
  if (addresses.length === 0) return mayHoldPods(peer.cidr ?? "") ? "unknown" : "denied";
  const isSure = pod === null && !mayBePod;
  const answer = anyOf(addresses.map((address) => addressAnswer(peer, address)));
  return answer === "allowed" && !isSure ? "unknown" : answer;
}

function addressAnswer({ cidr, except }: Peer, address: string): Allowance {
  const holds = isIn(cidr ?? "", address);
  if (holds !== true) return holds === false ? "denied" : "unknown";
  const isExcepted = except.map((one) => isIn(one, address));
  if (isExcepted.includes(true)) return "denied";
  return isExcepted.includes(null) ? "unknown" : "allowed";
}

interface Range {
  readonly base: Address;
  readonly bits: number;
}

/** null for what is no range. */
function rangeOf(written: string): Range | null {
  const [, text = "", length = ""] = /^([0-9a-fA-F:.]{2,45})\/(\d{1,3})$/.exec(written) ?? [];
  const base = parseAddress(text);
  const bits = Number(length);
  return base === null || bits > (base.family === 4 ? 32 : 128) ? null : { base, bits };
}

/** null for what is no range, or no address. */
function isIn(range: string, address: string): boolean | null {
  const network = rangeOf(range);
  const one = parseAddress(address);
  return network === null || one === null ? null : isInNetwork(one, network.base, network.bits);
}

/** Of networks that nobody routes to (RFC 1918, RFC 6598, RFC 4193): pods have such addresses, mostly. */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"]
  .map(rangeOf)
  .filter((range) => range !== null);

export function isPrivate(written: string): boolean {
  const address = parseAddress(written);
  return address !== null && PRIVATE.some(({ base, bits }) => isInNetwork(address, base, bits));
}

/** Public addresses are given to pods where there is IPv6 alone. */
function mayHoldPods(written: string): boolean {
  const range = rangeOf(written);
  if (range === null || range.base.family === 6) return true;
  return PRIVATE.some(
    ({ base, bits }) =>
      isInNetwork(range.base, base, bits) || isInNetwork(base, range.base, range.bits),
  );
}

function portAnswer({ hasPorts, ports }: Opening, { protocol, port, to }: Attempt): Allowance {
  if (!hasPorts) return "allowed";
  if (ports.length === 0) return "unknown";
  return anyOf(
    ports.map((one) =>
      one.protocol === protocol ? numberAnswer(one, port, to.pod?.namedPorts ?? null) : "denied",
    ),
  );
}

function numberAnswer(
  { protocol, port, endPort }: PolicyPort,
  wanted: number,
  names: readonly NamedPort[] | null,
): Allowance {
  if (port === null) return "allowed";
  if (typeof port === "number") {
    const isIn = endPort === null ? wanted === port : wanted >= port && wanted <= endPort;
    return isIn ? "allowed" : "denied";
  }
  if (names === null) return "unknown";
  const isNamed = names.some(
    (one) => one.name === port && one.protocol === protocol && one.port === wanted,
  );
  return isNamed ? "allowed" : "denied";
}
