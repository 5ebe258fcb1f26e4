// Who an address of a cluster is. A program connects to the address of a service, and a policy is asked about the pod behind it.
// Source: https://kubernetes.io/docs/reference/networking/virtual-ips/
import { parseAddress, printAddress } from "../../kit/ip-address.ts";
import type { ClusterObject, Service } from "../../model/cluster-object.ts";
import type { ObservedPeer } from "../../model/observed.ts";
import { selects } from "../../model/selector.ts";
import type { Label, Workload } from "../../model/workload.ts";
import { isPrivate, type NetworkEnd, type NetworkPod } from "./network-rules.ts";
import { type Flow, steadyLabels } from "./observed-use.ts";

type Pod = Extract<ObservedPeer, { kind: "pod" }>;

interface NamedService {
  readonly namespace: string;
  readonly name: string;
  readonly service: Service;
}

/** What a cluster's objects tell of addresses; without any, every address stays what it is. */
export class ClusterPlaces {
  readonly #workloads: readonly Workload[];
  readonly #objects: readonly ClusterObject[];
  readonly #pods = new Map<string, Pod>();
  /** Of nodes, which pods that use the host's network have too. */
  readonly #nodes = new Set<string>();
  readonly #services = new Map<string, NamedService>();

  constructor(workloads: readonly Workload[], objects: readonly ClusterObject[]) {
    this.#workloads = workloads;
    this.#objects = objects;
    for (const workload of workloads)
      for (const address of workload.started?.addresses ?? []) this.#pod(workload, address);
    for (const { name, namespace, service } of objects)
      for (const address of service?.clusterAddresses ?? [])
        if (service !== null)
          this.#services.set(plainAddress(address), {
            name,
            namespace: namespace ?? "default",
            service,
          });
  }

  #pod({ namespace, labels, host }: Workload, written: string): void {
    const address = plainAddress(written);
    const isOfNode = host.network.state === "known" && host.network.value;
    if (isOfNode) this.#nodes.add(address);
    else
      this.#pods.set(address, {
        kind: "pod",
        namespace: namespace ?? "default",
        labels: Object.fromEntries(steadyLabels(Object.fromEntries(labels.map(pairOf)))),
      });
  }

  /** The flow as policies look at it: one for each place to which a service leads, and itself where nothing more is known. */
  placed(flow: Flow): readonly Flow[] {
    if (flow.peer.kind !== "address") return [flow];
    const address = plainAddress(flow.peer.address);
    const pod = this.#pods.get(address);
    if (pod !== undefined) return [{ ...flow, peer: pod }];
    const service = flow.direction === "egress" ? this.#services.get(address) : undefined;
    const behind = service === undefined ? [] : this.#behind(service, flow);
    return behind.length > 0 ? behind : [{ ...flow, peer: { kind: "address", address } }];
  }

  #behind({ namespace, name, service }: NamedService, flow: Flow): Flow[] {
    const { selector } = service;
    const forward = service.forwards.find(
      ({ protocol, port }) => protocol === flow.protocol && port === flow.port,
    );
    if (forward === undefined) return [];
    const { target } = forward;
    if (selector === null) {
      if (typeof target !== "number") return [];
      return this.#endpoints(namespace, name).map((address) => ({
        ...flow,
        port: target,
        peer: { kind: "address", address },
      }));
    }
    const peer: Pod = { kind: "pod", namespace, labels: Object.fromEntries(selector.map(pairOf)) };
    const numbers = typeof target === "number" ? [target] : this.#numbers(peer, target, flow);
    return numbers.map((port) => ({ ...flow, port, peer }));
  }

  #numbers(pod: Pod, name: string, { protocol }: Flow): number[] {
    const named = this.#namedPorts(pod) ?? [];
    const fitting = named.filter((one) => one.name === name && one.protocol === protocol);
    return [...new Set(fitting.map(({ port }) => port))];
  }

  /** Of all that have these labels; null when none was read. */
  #namedPorts({ namespace, labels }: Pod): NetworkPod["namedPorts"] {
    const found = this.#workloads.filter(
      (one) =>
        (one.namespace ?? "default") === namespace && selects({ matchLabels: labels }, one.labels),
    );
    if (found.length === 0) return null;
    return found.flatMap(({ containers }) => containers.flatMap((one) => one.namedPorts ?? []));
  }

  #endpoints(namespace: string, name: string): string[] {
    const found = this.#objects.flatMap((one) => {
      if (one.endpoints === null || (one.namespace ?? "default") !== namespace) return [];
      const service = one.labels.find((label) => label.name === "kubernetes.io/service-name");
      return (service?.value ?? one.name) === name ? one.endpoints : [];
    });
    const addresses = found.flatMap((fact) => (fact.state === "known" ? [fact.value] : []));
    return [...new Set(addresses.map(plainAddress))];
  }

  endOf(peer: ObservedPeer): NetworkEnd {
    if (peer.kind === "any") return { pod: null, addresses: [], mayBePod: true };
    if (peer.kind === "pod") return { pod: this.podOf(peer), addresses: [], mayBePod: false };
    const { address } = peer;
    const mayBePod = isPrivate(address) && !this.#nodes.has(address);
    return { pod: null, addresses: [address], mayBePod };
  }

  podOf({ namespace, labels }: Omit<Pod, "kind">): NetworkPod {
    return {
      namespace,
      labels: Object.entries(labels).map(([name, value]) => ({ name, value })),
      namedPorts: this.#namedPorts({ kind: "pod", namespace, labels }),
    };
  }
}

const pairOf = ({ name, value }: Label): [string, string] => [name, value];

/** In its one form; one of IPv4 that is written as IPv6 is one of IPv4. */
export function plainAddress(written: string): string {
  const text = written.replace(/^::ffff:(?=\d+\.)/i, "");
  const address = parseAddress(text);
  return address === null ? text : printAddress(address);
}
