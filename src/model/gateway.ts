// The normal form of what the Gateway API lets into a cluster: ways in, what is led through them, and who agreed to that.
// Source: https://gateway-api.sigs.k8s.io/reference/spec/
import type { Label, Pointer } from "./workload.ts";

/** What an object of the Gateway API, or of Istio, is. */
export type GatewayPart = Gateway | Route | ReferenceGrant | IstioGateway | VirtualService;

export interface Gateway {
  readonly part: "gateway";
  /** `gke-l7-rilb`; decides which program answers. */
  readonly className: string;
  readonly listeners: readonly Listener[];
}

/** A port of a {@link Gateway}, and whose routes may use it. */
export interface Listener {
  readonly at: Pointer;
  readonly name: string;
  /** 0 where none is written. */
  readonly port: number;
  /** `HTTP`, `HTTPS`, `TLS`, `TCP`, `UDP`. */
  readonly protocol: string;
  /** `""` for any. */
  readonly hostname: string;
  /** `Same`, which is the default, `All`, `Selector`, `None`. */
  readonly namespaces: string;
  /** As it is written. */
  readonly selector: unknown;
  /** Empty for those of the protocol. */
  readonly kinds: readonly string[];
}

export interface Route {
  readonly part: "route";
  readonly parents: readonly RouteParent[];
  /** Empty for any. */
  readonly hostnames: readonly string[];
  readonly backends: readonly RouteBackend[];
  /** Whether a rule of it asks somebody else about requests: filters of an implementation's own, or for authorization. */
  readonly isFiltered: boolean;
}

/** A way in of Istio's: the pods with these labels answer. */
export interface IstioGateway {
  readonly part: "istio gateway";
  readonly selector: readonly Label[];
}

/** What is led through gateways of Istio. */
export interface VirtualService {
  readonly part: "virtual service";
  /** `gateway` or `namespace/gateway`; empty where it is only for programs of the mesh. */
  readonly gateways: readonly string[];
  readonly backends: readonly RouteBackend[];
}

export interface RouteParent {
  /** `Gateway` where none is written. */
  readonly kind: string;
  readonly name: string;
  /** null for that of the route. */
  readonly namespace: string | null;
  /** `""` for all listeners. */
  readonly listener: string;
  /** 0 for all ports. */
  readonly port: number;
}

/** A service behind a route. */
export interface RouteBackend {
  readonly at: Pointer;
  readonly name: string;
  /** null for that of the route. */
  readonly namespace: string | null;
}

/** Agreement of a namespace that others refer to what is in it. */
export interface ReferenceGrant {
  readonly part: "reference grant";
  readonly from: readonly { readonly kind: string; readonly namespace: string }[];
  /** Names of services; `""` for all of them. */
  readonly services: readonly string[];
}
