// What comes in by the Gateway API: a route leads to services where a listener of its gateway takes it up.
// Source: https://gateway-api.sigs.k8s.io/reference/spec/ and https://gateway-api.sigs.k8s.io/concepts/security-model/
import type { ClusterObject } from "../../model/cluster-object.ts";
import type { Gateway, Listener, Route, RouteBackend, RouteParent } from "../../model/gateway.ts";
import { DEFAULT_NAMESPACE } from "../../model/rbac.ts";
import { selects } from "../../model/selector.ts";
import type { Label } from "../../model/workload.ts";

/** A service that a route leads to. */
export interface RoutedBackend {
  readonly route: ClusterObject;
  /** null where it is not among the objects. */
  readonly gateway: ClusterObject | null;
  readonly backend: RouteBackend;
  /** Of the service. */
  readonly namespace: string;
  /** What is supposed because nothing tells it; `""` when all of it is told. */
  readonly supposed: string;
}

/** Which routes a protocol takes up when its listener does not say. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  HTTP: ["HTTPRoute", "GRPCRoute"],
  HTTPS: ["HTTPRoute", "GRPCRoute"],
  TLS: ["TLSRoute", "TCPRoute"],
  TCP: ["TCPRoute"],
  UDP: ["UDPRoute"],
};

/** Every service that comes in through a gateway, by each of them. */
export function routedBackends(objects: readonly ClusterObject[]): RoutedBackend[] {
  return new Gateways(objects).all();
}

interface Attached {
  readonly gateway: ClusterObject | null;
  readonly supposed: string;
}

class Gateways {
  readonly #objects: readonly ClusterObject[];
  readonly #gateways = new Map<string, ClusterObject>();
  readonly #namespaces = new Map<string, readonly Label[]>();
  /** Services to which another namespace's routes may lead: `KIND FROM TO/NAME`, without a name for all. */
  readonly #agreed = new Set<string>();

  constructor(objects: readonly ClusterObject[]) {
    this.#objects = objects;
    for (const object of objects) {
      const { kind, name, labels, gateway } = object;
      const own = namespaceOf(object);
      if (kind === "Namespace") this.#namespaces.set(name, labels);
      if (gateway?.part === "gateway") this.#gateways.set(`${own}/${name}`, object);
      if (gateway?.part === "reference grant")
        for (const from of gateway.from)
          for (const service of gateway.services)
            this.#agreed.add(`${from.kind} ${from.namespace} ${own}/${service}`);
    }
  }

  all(): RoutedBackend[] {
    return this.#objects.flatMap((object) =>
      object.gateway?.part === "route" ? this.#backends(object, object.gateway) : [],
    );
  }

  #backends(object: ClusterObject, route: Route): RoutedBackend[] {
    const attached = route.parents.flatMap((parent) => this.#attached(object, route, parent) ?? []);
    return route.backends.flatMap((backend) => {
      const own = namespaceOf(object);
      const namespace = backend.namespace ?? own;
      if (namespace !== own && !this.#isAgreed(object.kind, own, namespace, backend.name))
        return [];
      return attached.map((by) => ({ route: object, backend, namespace, ...by }));
    });
  }

  #isAgreed(kind: string, from: string, to: string, name: string): boolean {
    return [name, ""].some((service) => this.#agreed.has(`${kind} ${from} ${to}/${service}`));
  }

  /** @returns null where no listener takes the route up. */
  #attached(object: ClusterObject, route: Route, parent: RouteParent): Attached | null {
    // Other parents, as services of a mesh, let nobody in from outside.
    if (parent.kind !== "Gateway") return null;
    const where = `${parent.namespace ?? namespaceOf(object)}/${parent.name}`;
    const gateway = this.#gateways.get(where);
    if (gateway === undefined)
      return { gateway: null, supposed: `Gateway ${where} takes the route up and is reached` };
    const { listeners } = gateway.gateway as Gateway;
    const taking = listeners.flatMap((listener) =>
      isMeant(listener, parent) && isFit(listener, object.kind, route)
        ? (this.#opens(listener, gateway, namespaceOf(object)) ?? [])
        : [],
    );
    if (taking.length === 0) return null;
    return { gateway, supposed: taking.includes("") ? "" : (taking[0] ?? "") };
  }

  /** Whether a listener takes routes of a namespace up: what is supposed then; null when it does not. */
  #opens(listener: Listener, gateway: ClusterObject, namespace: string): string | null {
    const { namespaces, selector } = listener;
    if (namespaces === "All") return "";
    if (namespaces === "Same") return namespace === namespaceOf(gateway) ? "" : null;
    if (namespaces !== "Selector") return null;
    const labels = this.#namespaces.get(namespace);
    // Every namespace has its name for a label.
    const own = { name: "kubernetes.io/metadata.name", value: namespace };
    if (selects(selector, [...(labels ?? []), own])) return "";
    return labels === undefined ? `Namespace ${namespace} has the labels of the listener` : null;
  }
}

function isMeant({ name, port }: Listener, parent: RouteParent): boolean {
  const isNamed = parent.listener === "" || parent.listener === name;
  return isNamed && (parent.port === 0 || parent.port === port);
}

function isFit({ protocol, kinds, hostname }: Listener, kind: string, route: Route): boolean {
  // What an implementation calls by a name of its own may take anything up.
  const taken = kinds.length > 0 ? kinds : (KINDS[protocol] ?? [kind]);
  if (!taken.includes(kind)) return false;
  if (hostname === "" || route.hostnames.length === 0) return true;
  return route.hostnames.some((own) => covers(hostname, own) || covers(own, hostname));
}

/** `*.example.com` is any name below it, in any depth. */
function covers(wide: string, name: string): boolean {
  return wide === name || (wide.startsWith("*.") && name.endsWith(wide.slice(1)));
}

function namespaceOf({ namespace }: ClusterObject): string {
  return namespace ?? DEFAULT_NAMESPACE;
}
