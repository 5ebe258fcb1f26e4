// What is reached from outside: services that lead there, ways in that lead to services, ports of the host.
import type { ClusterObject } from "../../model/cluster-object.ts";
import { DEFAULT_NAMESPACE } from "../../model/rbac.ts";
import type { Label, Pointer, Workload } from "../../model/workload.ts";

/** Something that answers from outside. */
export interface Exposure {
  /** One text for each. */
  readonly endpoint: string;
  readonly name: string;
  readonly of: ClusterObject | Workload;
  readonly at: Pointer;
  /** The numbers of the pods behind it. */
  readonly pods: readonly number[];
  readonly fix: string;
}

interface Seen {
  readonly objects: readonly ClusterObject[];
  readonly workloads: readonly Workload[];
}

/** @param pods The number of each workload, in their order. */
export function exposures({ objects, workloads }: Seen, pods: readonly number[]): Exposure[] {
  const behind = new Behind(workloads, pods);
  const reached = new Set<string>();
  const found: Exposure[] = [];
  for (const object of objects) {
    const namespace = object.namespace ?? DEFAULT_NAMESPACE;
    for (const { name, at } of object.ingress?.backends ?? []) {
      if (name === "") continue;
      reached.add(`${namespace}/${name}`);
      const service = objects.find((one) => isService(one, name, namespace));
      found.push({
        endpoint: `${object.kind} ${namespace}/${object.name} ${name}`,
        name: `${object.kind} ${namespace}/${object.name}`,
        of: object,
        at,
        pods: behind.service(service),
        fix: `take Service ${name} out of ${object.kind} ${namespace}/${object.name}, or ask who comes in front of it`,
      });
    }
  }
  for (const object of objects) {
    const namespace = object.namespace ?? DEFAULT_NAMESPACE;
    if (object.service === null || !isOpen(object)) continue;
    found.push({
      endpoint: `Service ${namespace}/${object.name}`,
      name: `Service ${namespace}/${object.name}`,
      of: object,
      at: object.at,
      pods: behind.service(object),
      fix: `make Service ${namespace}/${object.name} a ClusterIP, or say who may come in loadBalancerSourceRanges`,
    });
  }
  return [...found, ...behind.ports()];
}

function isService(one: ClusterObject, name: string, namespace: string): boolean {
  return (
    one.service !== null && one.name === name && (one.namespace ?? DEFAULT_NAMESPACE) === namespace
  );
}

function isOpen({ service }: ClusterObject): boolean {
  if (service === null) return false;
  const { type, externalAddresses, sources } = service;
  if (externalAddresses.length > 0) return true;
  if (type.state !== "known") return false;
  if (type.value === "NodePort") return true;
  return type.value === "LoadBalancer" && (sources.length === 0 || sources.some(isEverybody));
}

function isEverybody(source: { readonly state: string; readonly value?: string }): boolean {
  return source.value === "0.0.0.0/0" || source.value === "::/0";
}

class Behind {
  readonly #byNamespace = new Map<string, { workload: Workload; pod: number }[]>();

  constructor(workloads: readonly Workload[], pods: readonly number[]) {
    for (const [at, workload] of workloads.entries()) {
      const isPod = workload.platform === "kubernetes";
      const namespace = isPod ? (workload.namespace ?? DEFAULT_NAMESPACE) : "";
      const list = this.#byNamespace.get(namespace) ?? [];
      if (list.length === 0) this.#byNamespace.set(namespace, list);
      list.push({ workload, pod: pods[at] ?? 0 });
    }
  }

  service(service: ClusterObject | undefined): number[] {
    const selector = service?.service?.selector ?? null;
    if (selector === null || selector.length === 0) return [];
    const all = this.#byNamespace.get(service?.namespace ?? DEFAULT_NAMESPACE) ?? [];
    return all.filter(({ workload }) => has(workload.labels, selector)).map(({ pod }) => pod);
  }

  /** Ports of the host, and what an engine publishes to more than its own machine. */
  ports(): Exposure[] {
    return [...this.#byNamespace.values()].flat().flatMap(({ workload, pod }) =>
      workload.containers.flatMap((container): Exposure[] => {
        const ports = [
          ...container.hostPorts.filter(({ state }) => state === "known"),
          ...container.published.filter(({ address }) => !isLocal(address)).map(({ port }) => port),
        ];
        if (ports.length === 0) return [];
        const owner = `${workload.kind} ${workload.name}`;
        return [
          {
            endpoint: `port ${pod} ${container.name}`,
            name: `a port of the host to container ${container.name} of ${owner}`,
            of: workload,
            at: container.at,
            pods: [pod],
            fix: `publish no port of the host for container ${container.name} of ${owner}`,
          },
        ];
      }),
    );
  }
}

function isLocal(address: { readonly state: string; readonly value?: string }): boolean {
  return /^(?:127\.|::1$|localhost$)/.test(address.value ?? "");
}

function has(labels: readonly Label[], wanted: readonly Label[]): boolean {
  return wanted.every(({ name, value }) =>
    labels.some((label) => label.name === name && label.value === value),
  );
}
