// What is reached from outside: services that lead there, ways in that lead to services, ports of the host.
import type { ClusterObject } from "../../model/cluster-object.ts";
import { DEFAULT_NAMESPACE } from "../../model/rbac.ts";
import type { Label, Pointer, Workload } from "../../model/workload.ts";
import { type RoutedBackend, routedBackends } from "./gateways.ts";
import { isInternal } from "./internal.data.ts";
import { titleOf } from "./pods.ts";

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
  /** Whether only the cloud's own network reaches it. */
  readonly isInternal: boolean;
  /** `""` when all of it is told. */
  readonly supposed: string;
}

interface Seen {
  readonly objects: readonly ClusterObject[];
  readonly workloads: readonly Workload[];
}

/** @param pods The number of each workload, in their order. */
export function exposures({ objects, workloads }: Seen, pods: readonly number[]): Exposure[] {
  const behind = new Behind(workloads, pods);
  const services = new Map<string, ClusterObject>();
  for (const one of objects) if (one.service !== null) services.set(placeOf(one), one);
  return [
    ...objects.flatMap((object) => waysIn(object, services, behind)),
    ...routedBackends(objects).map((routed) => routeIn(routed, services, behind)),
    ...objects.filter(isOpen).map((object) => openService(object, behind)),
    ...behind.ports(),
  ];
}

function placeOf({ namespace, name }: ClusterObject): string {
  return `${namespace ?? DEFAULT_NAMESPACE}/${name}`;
}

function waysIn(
  object: ClusterObject,
  services: ReadonlyMap<string, ClusterObject>,
  behind: Behind,
): Exposure[] {
  const title = `${object.kind} ${placeOf(object)}`;
  const backends = object.ingress?.backends.filter(({ name }) => name !== "") ?? [];
  return backends.map(({ name, at }) => ({
    endpoint: `${title} ${name}`,
    name: title,
    of: object,
    at,
    pods: behind.service(services.get(`${object.namespace ?? DEFAULT_NAMESPACE}/${name}`)),
    fix: `take Service ${name} out of ${title}, or ask who comes in front of it`,
    isInternal: isInternal(object),
    supposed: "",
  }));
}

function routeIn(
  { route, gateway, backend, namespace, supposed }: RoutedBackend,
  services: ReadonlyMap<string, ClusterObject>,
  behind: Behind,
): Exposure {
  const title = `${route.kind} ${placeOf(route)}`;
  const service = `${namespace}/${backend.name}`;
  const by = gateway === null ? "" : ` through Gateway ${placeOf(gateway)}`;
  return {
    endpoint: `${title}${by} ${service}`,
    name: `${title}${by}`,
    of: route,
    at: backend.at,
    pods: behind.service(services.get(service)),
    fix: `take Service ${service} out of ${title}, or ask who comes in front of it`,
    isInternal: gateway !== null && isInternal(gateway),
    supposed,
  };
}

function openService(object: ClusterObject, behind: Behind): Exposure {
  const title = `Service ${placeOf(object)}`;
  return {
    endpoint: title,
    name: title,
    of: object,
    at: object.at,
    pods: behind.service(object),
    fix: `make ${title} a ClusterIP, or say who may come in loadBalancerSourceRanges`,
    // Its other addresses are no balancer's.
    isInternal: isInternal(object) && object.service?.externalAddresses.length === 0,
    supposed: "",
  };
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

/** A workload, and the number of its pod. */
interface NumberedWorkload {
  readonly workload: Workload;
  readonly pod: number;
}

function labelKey(namespace: string, { name, value }: Label): string {
  return `${namespace}\n${name}\n${value}`;
}

class Behind {
  readonly #all: NumberedWorkload[] = [];
  /** So that a service is asked of those that may be meant, and not of all pods of its namespace. */
  readonly #byLabel = new Map<string, NumberedWorkload[]>();

  constructor(workloads: readonly Workload[], pods: readonly number[]) {
    for (const [at, workload] of workloads.entries()) {
      const isPod = workload.platform === "kubernetes";
      const namespace = isPod ? (workload.namespace ?? DEFAULT_NAMESPACE) : "";
      const one = { workload, pod: pods[at] ?? 0 };
      this.#all.push(one);
      for (const label of workload.labels) {
        const key = labelKey(namespace, label);
        const known = this.#byLabel.get(key);
        if (known === undefined) this.#byLabel.set(key, [one]);
        else known.push(one);
      }
    }
  }

  service(service: ClusterObject | undefined): number[] {
    const selector = service?.service?.selector ?? null;
    if (selector === null || selector.length === 0) return [];
    const namespace = service?.namespace ?? DEFAULT_NAMESPACE;
    const lists = selector.map((label) => this.#byLabel.get(labelKey(namespace, label)) ?? []);
    const fewest = lists.reduce((a, b) => (b.length < a.length ? b : a));
    return fewest.filter(({ workload }) => has(workload.labels, selector)).map(({ pod }) => pod);
  }

  /** Ports of the host, and what an engine publishes to more than its own machine. */
  ports(): Exposure[] {
    return this.#all.flatMap(({ workload, pod }) =>
      workload.containers.flatMap((container): Exposure[] => {
        const ports = [
          ...container.hostPorts.filter(({ state }) => state === "known"),
          ...container.published.filter(({ address }) => !isLocal(address)).map(({ port }) => port),
        ];
        if (ports.length === 0) return [];
        const owner = titleOf(workload);
        return [
          {
            endpoint: `port ${pod} ${container.name}`,
            name: `a port of the host to container ${container.name} of ${owner}`,
            of: workload,
            at: container.at,
            pods: [pod],
            fix: `publish no port of the host for container ${container.name} of ${owner}`,
            isInternal: false,
            supposed: "",
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
