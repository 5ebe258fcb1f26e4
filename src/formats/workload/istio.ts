// Istio's gateways and what leads through them, in the normal form of ways in.
// Source: https://istio.io/latest/docs/reference/config/networking/virtual-service and .../gateway
import type { IstioGateway, RouteBackend, VirtualService } from "../../model/gateway.ts";
import {
  type Gaps,
  isPlain,
  itemsAt,
  membersAt,
  nameAt,
  type Place,
  placeAt,
  placesAt,
} from "./facts.ts";

export const ISTIO_NETWORK: RegExp = /^networking\.istio\.io\//;

export function istioPartOf(
  kind: string,
  place: Place,
  gaps: Gaps,
): IstioGateway | VirtualService | null {
  const spec = placeAt(place, "spec", gaps);
  if (kind === "VirtualService") return virtualServiceOf(spec, gaps);
  if (kind !== "Gateway") return null;
  const selector = membersAt(spec, "selector", gaps).map(({ name, value }) => {
    return { name, value: typeof value === "string" ? value : "" };
  });
  return { part: "istio gateway", selector };
}

function virtualServiceOf(spec: Place, gaps: Gaps): VirtualService {
  const written = itemsAt(spec, "gateways", gaps).filter((one) => typeof one === "string");
  return {
    part: "virtual service",
    // Without any it is for the programs of the mesh.
    gateways: written.filter((name) => name !== "mesh"),
    backends: ["http", "tls", "tcp"].flatMap((protocol) =>
      placesAt(spec, protocol, gaps).flatMap((rule) => destinationsOf(rule, gaps)),
    ),
  };
}

function destinationsOf(rule: Place, gaps: Gaps): RouteBackend[] {
  const routes = placesAt(rule, "route", gaps).map((one) => placeAt(one, "destination", gaps));
  const mirrors = ["mirror"].map((name) => placeAt(rule, name, gaps));
  return [...routes, ...mirrors].flatMap((one) => backendOf(one) ?? []);
}

/** A name of one word is a service beside the route; others are services where they end as such. */
function backendOf(place: Place): RouteBackend | null {
  if (!isPlain(place.value)) return null;
  const host = nameAt(place, "host");
  const [, name, namespace] = /^([^.*]+)(?:\.([^.]+)\.svc(?:\..+)?)?$/.exec(host) ?? [];
  return name === undefined ? null : { at: place.at, name, namespace: namespace ?? null };
}
