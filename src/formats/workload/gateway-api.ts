// Objects of the Gateway API in their normal form.
// Source: https://gateway-api.sigs.k8s.io/reference/spec/, versions v1, v1beta1 and v1alpha2, which do not differ in what is read.
import type { GatewayPart, Listener, RouteBackend, RouteParent } from "../../model/gateway.ts";
import { type Gaps, itemsAt, nameAt, type Place, placeAt, placesAt } from "./facts.ts";

export const GATEWAY_GROUP: RegExp = /^gateway\.networking\.k8s\.io\//;

export const ROUTE_KINDS: readonly string[] = [
  "HTTPRoute",
  "GRPCRoute",
  "TLSRoute",
  "TCPRoute",
  "UDPRoute",
];

const OWN_FILTERS: ReadonlySet<string> = new Set(["ExtensionRef", "ExternalAuth"]);

/** @returns null for any other kind. */
export function gatewayPartOf(kind: string, place: Place, gaps: Gaps): GatewayPart | null {
  const spec = placeAt(place, "spec", gaps);
  if (kind === "Gateway")
    return {
      part: "gateway",
      className: nameAt(spec, "gatewayClassName"),
      listeners: placesAt(spec, "listeners", gaps).map((one) => listenerOf(one, gaps)),
    };
  if (ROUTE_KINDS.includes(kind))
    return {
      part: "route",
      parents: placesAt(spec, "parentRefs", gaps).map(parentOf),
      hostnames: textsOf(spec, "hostnames", gaps),
      backends: placesAt(spec, "rules", gaps).flatMap((rule) => backendsOf(rule, gaps)),
      isFiltered: placesAt(spec, "rules", gaps).some((rule) =>
        placesAt(rule, "filters", gaps).some((one) => OWN_FILTERS.has(nameAt(one, "type"))),
      ),
    };
  if (kind !== "ReferenceGrant") return null;
  return {
    part: "reference grant",
    from: placesAt(spec, "from", gaps)
      .filter((from) => nameAt(from, "group") === "gateway.networking.k8s.io")
      .map((from) => ({ kind: nameAt(from, "kind"), namespace: nameAt(from, "namespace") })),
    services: placesAt(spec, "to", gaps)
      .filter((to) => nameAt(to, "group") === "" && nameAt(to, "kind") === "Service")
      .map((to) => nameAt(to, "name")),
  };
}

function listenerOf(place: Place, gaps: Gaps): Listener {
  const allowed = placeAt(place, "allowedRoutes", gaps);
  const namespaces = placeAt(allowed, "namespaces", gaps);
  return {
    at: place.at,
    name: nameAt(place, "name"),
    port: portOf(place),
    protocol: nameAt(place, "protocol"),
    hostname: nameAt(place, "hostname"),
    namespaces: nameAt(namespaces, "from") || "Same",
    selector: namespaces.value?.["selector"] ?? null,
    kinds: placesAt(allowed, "kinds", gaps).map((kind) => nameAt(kind, "kind")),
  };
}

function parentOf(place: Place): RouteParent {
  return {
    kind: nameAt(place, "kind") || "Gateway",
    name: nameAt(place, "name"),
    namespace: nameAt(place, "namespace") || null,
    listener: nameAt(place, "sectionName"),
    port: portOf(place),
  };
}

/** Where a rule leads its traffic, or a copy of it. */
function backendsOf(rule: Place, gaps: Gaps): RouteBackend[] {
  const mirrors = placesAt(rule, "filters", gaps)
    .map((filter) => placeAt(placeAt(filter, "requestMirror", gaps), "backendRef", gaps))
    .filter(({ value }) => value !== null);
  return [...placesAt(rule, "backendRefs", gaps), ...mirrors]
    .filter(
      (one) => nameAt(one, "group") === "" && (nameAt(one, "kind") || "Service") === "Service",
    )
    .map((one) => ({
      at: one.at,
      name: nameAt(one, "name"),
      namespace: nameAt(one, "namespace") || null,
    }));
}

function portOf({ value }: Place): number {
  const port = value?.["port"];
  return typeof port === "number" ? port : 0;
}

function textsOf(place: Place, name: string, gaps: Gaps): string[] {
  return itemsAt(place, name, gaps).filter((one) => typeof one === "string");
}
