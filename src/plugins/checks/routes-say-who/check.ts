import { list } from "../../../kit/phrase.ts";
import type { ClusterObject } from "../../../model/cluster-object.ts";
import type { RouteBackend } from "../../../model/gateway.ts";
import type { Label, Workload } from "../../../model/workload.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { cluster } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";

const POD = {
  kind: "Pod",
  metadata: { name: "a", labels: { app: "a" } },
  spec: { containers: [{ name: "a", image: "a" }] },
};
const SERVICE = { kind: "Service", metadata: { name: "s" }, spec: { selector: { app: "a" } } };
const ROUTE = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name: "r" },
  spec: { parentRefs: [{ name: "g" }], rules: [{ backendRefs: [{ name: "s", port: 80 }] }] },
};
const virtualService = (gateways: readonly string[]): typeof ROUTE => ({
  ...ROUTE,
  ...{ apiVersion: "networking.istio.io/v1", kind: "VirtualService" },
  spec: { gateways, http: [{ route: [{ destination: { host: "s" } }] }] } as never,
});
const GUARD = {
  apiVersion: "security.istio.io/v1",
  kind: "AuthorizationPolicy",
  metadata: { name: "p" },
};

export const routesSayWho: Check = {
  id: "routes-say-who",
  title: "a route through a gateway says who may come",
  severity: "low",
  why: "a gateway leads everybody from outside to the pods behind its routes, and no list of ingresses or services shows it",
  fix: "have the gateway ask who comes (AuthorizationPolicy, SecurityPolicy, a filter for authorization), or attach the route to an internal one",
  controls: controls({ attack: ["T1190"] }),
  needs: [],
  state: "stable",
  appliesTo: "cluster",
  examples: {
    bad: [cluster(POD, SERVICE, ROUTE), cluster(POD, SERVICE, virtualService(["g"]))],
    good: [
      cluster(POD, SERVICE, virtualService(["mesh"])),
      cluster(POD, SERVICE, virtualService(["g"]), GUARD),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ workloads, objects }) => {
        const routes = objects.flatMap((about) => routeOf(about, objects) ?? []);
        if (routes.length === 0) return "not-applicable";
        const said = new Said();
        for (const { about, backends, isOpen } of routes) {
          const led = backends.filter(
            ({ namespace }) => !isGuarded(namespaceOf(about, namespace), objects),
          );
          if (!isOpen || led.length === 0) continue;
          const names = [
            ...new Set(led.map((one) => namedBehind(one, about, { workloads, objects }))),
          ];
          const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
          const state = `leads from outside to ${list(names.slice(0, 5))}${more}, and nothing that was read says who may come`;
          said.fault(about.at, state, { about });
        }
        return said.all;
      },
    },
  ],
};

interface Led {
  readonly about: ClusterObject;
  readonly backends: readonly RouteBackend[];
  readonly isOpen: boolean;
}

/** null for what is no route through a gateway: programs of a mesh that find each other come from within. */
function routeOf(about: ClusterObject, objects: readonly ClusterObject[]): Led | null {
  const { gateway } = about;
  if (gateway?.part === "route") {
    const isThrough = gateway.parents.some(({ kind }) => kind === "Gateway");
    return { about, backends: gateway.backends, isOpen: isThrough && !gateway.isFiltered };
  }
  if (gateway?.part !== "virtual service") return null;
  const isOpen = gateway.gateways.some((name) => !isInside(name, about, objects));
  return { about, backends: gateway.backends, isOpen };
}

/** A gateway of Istio whose pods only services within the cluster lead to. */
function isInside(name: string, about: ClusterObject, objects: readonly ClusterObject[]): boolean {
  const [, prefix, own = ""] = /^(?:([^/]*)\/)?(.*)$/.exec(name) ?? [];
  const namespace = namespaceOf(about, prefix ?? null);
  const found = objects.find(
    (one) =>
      one.gateway?.part === "istio gateway" &&
      one.name === own &&
      namespaceOf(one, null) === namespace,
  );
  if (found?.gateway?.part !== "istio gateway") return false;
  const { selector } = found.gateway;
  const services = objects.filter(({ service }) => hasAll(service?.selector ?? [], selector));
  return (
    selector.length > 0 &&
    services.length > 0 &&
    services.every(({ service }) => service?.type.state === "absent" || isOf(service, "ClusterIP"))
  );
}

function isOf(service: ClusterObject["service"], type: string): boolean {
  return service?.type.state === "known" && service.type.value === type;
}

/** Whether anything there asks who comes; for whom it asks is not looked at. */
function isGuarded(namespace: string, objects: readonly ClusterObject[]): boolean {
  return objects.some(
    (one) => GUARDS.has(one.kind) && [namespace, MESH].includes(namespaceOf(one, null)),
  );
}

const GUARDS: ReadonlySet<string> = new Set(["AuthorizationPolicy", "SecurityPolicy"]);
/** Policies in Istio's own namespace are for the whole mesh. */
const MESH = "istio-system";

function namedBehind(
  { name, namespace }: RouteBackend,
  about: ClusterObject,
  {
    workloads,
    objects,
  }: { readonly workloads: readonly Workload[]; readonly objects: readonly ClusterObject[] },
): string {
  const own = namespaceOf(about, namespace);
  const service = objects.find(
    (one) => one.service !== null && one.name === name && namespaceOf(one, null) === own,
  );
  const selector = service?.service?.selector ?? [];
  const pods = workloads.filter(
    (one) => (one.namespace ?? "default") === own && hasAll(one.labels, selector),
  );
  const [first] = selector.length === 0 ? [] : pods;
  return first === undefined ? `Service ${name}` : `${first.kind} ${first.name}`;
}

function namespaceOf({ namespace }: ClusterObject, named: string | null): string {
  return named || (namespace ?? "default");
}

function hasAll(labels: readonly Label[], wanted: readonly Label[]): boolean {
  return wanted.every(({ name, value }) =>
    labels.some((label) => label.name === name && label.value === value),
  );
}
