// Kubernetes objects that run nothing themselves, in their normal form.
// Source: https://kubernetes.io/docs/reference/kubernetes-api/, groups core, rbac, networking and discovery.
import { ABSENT, type Fact, known, unknown } from "../../kit/fact.ts";
import type {
  Binding,
  ClusterObject,
  Direction,
  Ingress,
  Opening,
  Peer,
  PolicyPort,
  Role,
  Rule,
  Service,
} from "../../model/cluster-object.ts";
import type { EnvironmentVariable, Label } from "../../model/workload.ts";
import { admissionHooksOf } from "./admission-hooks.ts";
import {
  apiEndpointOf,
  CLOUD_CLUSTER,
  CLOUD_GROUP,
  CLUSTER_DESCRIBE,
  cloudClusterName,
  isCloudCluster,
} from "./api-endpoint.ts";
import { CILIUM_GROUP, CILIUM_KINDS, ciliumPolicyOf, ciliumSpecs } from "./cilium-policy.ts";
import { nodeOf } from "./cluster-node.ts";
import {
  auditRulesOf,
  BUILT_IN,
  OTHER_KINDS,
  POD_NETWORK,
  podNetworksOf,
  RELEASE,
  releaseOf,
} from "./cluster-parts.ts";
import {
  ACCESS_ENTRY,
  ACCESS_POLICY,
  EKS_GROUP,
  eksAnswerKind,
  eksNameOf,
  eksPartOf,
  POD_IDENTITY,
} from "./eks-access.ts";
import { ENCRYPTION_KINDS, encryptionRulesOf } from "./encryption.ts";
import {
  booleanAt,
  type Gaps,
  isPlain,
  itemsAt,
  membersAt,
  nameAt,
  numberAt,
  type Place,
  placeAt,
  placesAt,
  textAt,
  textsAt,
} from "./facts.ts";
import { GATEWAY_GROUP, gatewayPartOf, ROUTE_KINDS } from "./gateway-api.ts";
import { ISTIO_NETWORK, istioPartOf } from "./istio.ts";
import { runsContainers } from "./kubernetes.ts";
import {
  CALICO_GROUP,
  isOwnPolicy,
  OWN_POLICY,
  UNREAD_POLICIES,
  unreadPolicyOf,
} from "./unread-policy.ts";

const OBJECTS_MAX = 100_000;
const LIST_DEPTH_MAX = 3;

/** Group and kind of what is read; of other groups the same words mean something else. */
const KINDS: ReadonlyMap<string, RegExp> = new Map([
  ...OTHER_KINDS.map((kind) => [kind, BUILT_IN] as const),
  [CLUSTER_DESCRIBE, CLOUD_GROUP],
  ["Policy", /^audit\.k8s\.io\//],
  ["Role", /^rbac\./],
  ["ClusterRole", /^rbac\./],
  ["RoleBinding", /^rbac\./],
  ["ClusterRoleBinding", /^rbac\./],
  ["Service", /^v1$/],
  ["Ingress", /^(?:networking\.k8s\.io|extensions)\/|^v1$/],
  ["NetworkPolicy", new RegExp(`${OWN_POLICY.source}|${CALICO_GROUP.source}`)],
  ...UNREAD_POLICIES,
  ["ConfigMap", /^v1$/],
  ["Namespace", /^v1$/],
  ["Node", /^v1$/],
  ["ServiceAccount", /^v1$/],
  ["Endpoints", /^v1$/],
  ["EndpointSlice", /^discovery\.k8s\.io\//],
  [ACCESS_ENTRY, EKS_GROUP],
  [ACCESS_POLICY, EKS_GROUP],
  [POD_IDENTITY, EKS_GROUP],
  ...["ReferenceGrant", ...ROUTE_KINDS].map((kind) => [kind, GATEWAY_GROUP] as const),
  ["Gateway", new RegExp(`${GATEWAY_GROUP.source}|${ISTIO_NETWORK.source}`)],
  ...ENCRYPTION_KINDS,
  ["VirtualService", ISTIO_NETWORK],
  // That there is one is what is known of it.
  ["AuthorizationPolicy", /^security\.istio\.io\//],
  ["SecurityPolicy", /^gateway\.envoyproxy\.io\//],
  ...CILIUM_KINDS.map((kind) => [kind, CILIUM_GROUP] as const),
]);

/**
 * What an object is, and the items of a list, as far as they are of a kind that is known here and run nothing.
 *
 * @param object As `JSON.parse` gives it; may be anything.
 */
export function readClusterObjects(object: unknown): ClusterObject[] {
  const found: ClusterObject[] = [];
  collect({ value: isPlain(object) ? object : null, at: "" }, { kind: "", version: "" }, found, 0);
  return found;
}

/** Items of what the API answers do not say what they are. */
interface Inherited {
  readonly kind: string;
  readonly version: string;
}

function collect(place: Place, inherited: Inherited, found: ClusterObject[], depth: number): void {
  const kind = nameAt(place, "kind") || inherited.kind;
  const version = nameAt(place, "apiVersion") || inherited.version;
  if (kind.endsWith("List") && depth < LIST_DEPTH_MAX) {
    const item = { kind: kind.slice(0, -"List".length), version };
    for (const one of placesAt(place, "items", [])) collect(one, item, found, depth + 1);
    return;
  }
  const plain = kind === "" ? plainKindOf(place) : null;
  if (plain !== null) {
    found.push({
      ...objectOf({ kind: plain, version }, place, []),
      name: plainNameOf(plain, place),
    });
    return;
  }
  if (runsContainers(kind) || KINDS.get(kind)?.test(version) !== true) return;
  if (found.length < OBJECTS_MAX) found.push(...objectsOf({ kind, version }, place));
  else if (found.length === OBJECTS_MAX) {
    const cut = unknown(place.at, `only ${OBJECTS_MAX} objects of a file are read`);
    found.push(objectOf({ kind, version }, place, [cut]));
  }
}

/** A policy of Cilium is as many as it has parts. */
function objectsOf(inherited: Inherited, place: Place): ClusterObject[] {
  const gaps: Gaps = [];
  const object = objectOf(inherited, place, gaps);
  if (!CILIUM_KINDS.includes(inherited.kind)) return [object];
  return ciliumSpecs(place, gaps).map((spec) => {
    return { ...object, at: spec.at, policy: ciliumPolicyOf(inherited.kind, spec, gaps) };
  });
}

/** Of what does not say itself what it is. */
function plainKindOf(place: Place): string | null {
  if (releaseOf(place) !== null) return RELEASE;
  if (place.value?.["cniVersion"] !== undefined) return POD_NETWORK;
  return isCloudCluster(place) ? CLOUD_CLUSTER : eksAnswerKind(place);
}

function plainNameOf(kind: string, place: Place): string {
  if (kind === POD_NETWORK || kind === RELEASE) return "";
  return kind === CLOUD_CLUSTER ? cloudClusterName(place) : eksNameOf(place);
}

function objectOf({ kind, version }: Inherited, place: Place, gaps: Gaps): ClusterObject {
  const metadata = placeAt(place, "metadata", gaps);
  const namespace = nameAt(metadata, "namespace");
  const isClusterWide = kind.startsWith("Cluster");
  return {
    form: "object",
    apiVersion: version,
    platform: "kubernetes",
    kind,
    name: nameAt(metadata, "name") || nameAt(metadata, "generateName"),
    namespace: namespace === "" ? null : namespace,
    at: place.at,
    labels: labelsAt(metadata, "labels", gaps),
    annotations: membersAt(metadata, "annotations", gaps).map(setting),
    role: kind.endsWith("Role") ? roleOf(place, isClusterWide, gaps) : null,
    binding: kind.endsWith("RoleBinding") ? bindingOf(place, isClusterWide, gaps) : null,
    service: kind === "Service" ? serviceOf(placeAt(place, "spec", gaps), gaps) : null,
    ingress: kind === "Ingress" ? ingressOf(placeAt(place, "spec", gaps), gaps) : null,
    gateway: ISTIO_NETWORK.test(version)
      ? istioPartOf(kind, place, gaps)
      : gatewayPartOf(kind, place, gaps),
    policy: isOwnPolicy(kind, version) ? policyOf(placeAt(place, "spec", gaps), gaps) : null,
    unreadPolicy: unreadPolicyOf(kind, version),
    settings: kind === "ConfigMap" ? membersAt(place, "data", gaps).map(setting) : null,
    endpoints: endpointsOf(kind, place, gaps),
    node: kind === "Node" ? nodeOf(place) : null,
    podNetworks: podNetworksOf(kind, place, gaps),
    release: kind === RELEASE ? releaseOf(place) : null,
    encryption: encryptionRulesOf(kind, place, gaps),
    admission: admissionHooksOf({ kind, version }, place, gaps),
    auditRules: kind === "Policy" ? auditRulesOf(place, gaps) : null,
    mountsToken:
      kind === "ServiceAccount" ? booleanAt(place, "automountServiceAccountToken") : ABSENT,
    secretType: kind === "Secret" ? textAt(place, "type") : ABSENT,
    cloud: eksPartOf(kind, place),
    apiEndpoint: apiEndpointOf(kind, place),
    gaps,
  };
}

/** A value may hold anything, templates too: it is taken as it is written. */
function setting(member: {
  readonly name: string;
  readonly value: unknown;
  readonly at: string;
}): EnvironmentVariable {
  const { name, value, at } = member;
  if (typeof value === "string") return { name, at, value: known(value, at) };
  return { name, at, value: value === null ? ABSENT : unknown(at, `${name} is no text`) };
}

function labelsAt(place: Place, name: string, gaps: Gaps): Label[] {
  return membersAt(place, name, gaps).map((member) => ({
    name: member.name,
    value: typeof member.value === "string" ? member.value : "",
  }));
}

function roleOf(place: Place, isClusterWide: boolean, gaps: Gaps): Role {
  const gathered = placeAt(place, "aggregationRule", gaps);
  return {
    isClusterWide,
    rules: placesAt(place, "rules", gaps).map((rule) => ruleOf(rule, gaps)),
    gathers:
      gathered.value === null || !isClusterWide
        ? null
        : itemsAt(gathered, "clusterRoleSelectors", gaps),
  };
}

function ruleOf(place: Place, gaps: Gaps): Rule {
  const texts = (name: string): string[] =>
    textsAt(place, name).flatMap((fact) => {
      if (fact.state === "unknown") gaps.push(fact);
      return fact.state === "known" ? fact.value : [];
    });
  return {
    at: place.at,
    verbs: texts("verbs"),
    groups: texts("apiGroups"),
    resources: texts("resources"),
    names: texts("resourceNames"),
    urls: texts("nonResourceURLs"),
  };
}

function bindingOf(place: Place, isClusterWide: boolean, gaps: Gaps): Binding {
  const role = placeAt(place, "roleRef", gaps);
  return {
    isClusterWide,
    role: { kind: nameAt(role, "kind"), name: nameAt(role, "name"), at: role.at },
    subjects: placesAt(place, "subjects", gaps).map((subject) => ({
      at: subject.at,
      kind: nameAt(subject, "kind"),
      name: nameAt(subject, "name"),
      namespace: nameAt(subject, "namespace") || null,
    })),
  };
}

function serviceOf(spec: Place, gaps: Gaps): Service {
  const hasSelector = isPlain(spec.value?.["selector"]);
  return {
    type: textAt(spec, "type"),
    externalAddresses: textsAt(spec, "externalIPs"),
    sources: textsAt(spec, "loadBalancerSourceRanges"),
    selector: hasSelector ? labelsAt(spec, "selector", gaps) : null,
    ports: placesAt(spec, "ports", gaps).flatMap((port) => [
      numberAt(port, "port"),
      typeof port.value?.["targetPort"] === "number" ? numberAt(port, "targetPort") : ABSENT,
    ]),
    ...forwardingOf(spec, gaps),
  };
}

/** A headless one has `None` for an address. */
function forwardingOf(spec: Place, gaps: Gaps): Pick<Service, "clusterAddresses" | "forwards"> {
  const addresses = [spec.value?.["clusterIP"], ...itemsAt(spec, "clusterIPs", gaps)];
  const isAddress = (one: unknown): one is string => typeof one === "string" && /[.:]/.test(one);
  return {
    clusterAddresses: [...new Set(addresses.filter(isAddress))],
    forwards: placesAt(spec, "ports", []).flatMap((place) => {
      const { port, targetPort } = place.value ?? {};
      const target = targetPort ?? port;
      const isTarget = typeof target === "number" || typeof target === "string";
      return typeof port === "number" && isTarget
        ? { protocol: nameAt(place, "protocol") || "TCP", port, target }
        : [];
    }),
  };
}

function ingressOf(spec: Place, gaps: Gaps): Ingress {
  const rules = placesAt(spec, "rules", gaps);
  const encrypted = placesAt(spec, "tls", gaps).flatMap((entry) => {
    const hosts = itemsAt(entry, "hosts", gaps).filter((host) => typeof host === "string");
    return hosts.length === 0 ? [""] : hosts;
  });
  const fallbacks = ["defaultBackend", "backend"].map((name) => placeAt(spec, name, gaps));
  const backends = rules.flatMap((rule) =>
    placesAt(placeAt(rule, "http", gaps), "paths", gaps).map((path) =>
      placeAt(path, "backend", gaps),
    ),
  );
  const isThere = ({ value }: Place): boolean => value !== null;
  return {
    hosts: [
      ...rules.map((rule) => ({ host: nameAt(rule, "host"), at: rule.at })),
      ...fallbacks.filter(isThere).map(({ at }) => ({ host: "", at })),
    ],
    encrypted,
    backends: [...backends, ...fallbacks].filter(isThere).map((backend) => ({
      name: nameAt(placeAt(backend, "service", gaps), "name") || nameAt(backend, "serviceName"),
      at: backend.at,
    })),
  };
}

/** Without `policyTypes` ingress is policed, and egress where there are rules of it. */
function policyOf(spec: Place, gaps: Gaps): NonNullable<ClusterObject["policy"]> {
  const types = itemsAt(spec, "policyTypes", gaps);
  const isPoliced = (type: string, name: string): boolean =>
    types.length > 0
      ? types.includes(type)
      : name === "ingress" || spec.value?.[name] !== undefined;
  const direction = (type: string, name: string, peers: string): Direction => ({
    isPoliced: isPoliced(type, name),
    hasDenials: false,
    rules: placesAt(spec, name, gaps).map((rule) => openingOf(rule, peers, gaps)),
  });
  return {
    maker: "kubernetes",
    isClusterWide: false,
    hasSelector: isPlain(spec.value?.["podSelector"]),
    selector: spec.value?.["podSelector"] ?? null,
    ingress: direction("Ingress", "ingress", "from"),
    egress: direction("Egress", "egress", "to"),
  };
}

function openingOf(rule: Place, peers: string, gaps: Gaps): Opening {
  return {
    at: rule.at,
    peers: placesAt(rule, peers, gaps).map((peer) => peerOf(peer, gaps)),
    hasPorts: itemsAt(rule, "ports", gaps).length > 0,
    ports: placesAt(rule, "ports", []).map(policyPortOf),
  };
}

function policyPortOf(place: Place): PolicyPort {
  const { port, endPort } = place.value ?? {};
  return {
    protocol: nameAt(place, "protocol") || "TCP",
    port: typeof port === "number" || typeof port === "string" ? port : null,
    endPort: typeof endPort === "number" ? endPort : null,
  };
}

function peerOf(peer: Place, gaps: Gaps): Peer {
  const block = placeAt(peer, "ipBlock", gaps);
  const isEmpty = (name: string): boolean => {
    const selector = peer.value?.[name];
    return isPlain(selector) && Object.keys(selector).length === 0;
  };
  const hasPods = peer.value?.["podSelector"] !== undefined;
  return {
    at: peer.at,
    cidr: nameAt(block, "cidr") || null,
    except: itemsAt(block, "except", gaps).filter((cidr) => typeof cidr === "string"),
    isAnyPod: isEmpty("namespaceSelector") && (!hasPods || isEmpty("podSelector")),
    namespaces: peer.value?.["namespaceSelector"] ?? null,
    pods: peer.value?.["podSelector"] ?? null,
  };
}

function endpointsOf(kind: string, place: Place, gaps: Gaps): Fact<string>[] | null {
  if (kind === "EndpointSlice")
    return placesAt(place, "endpoints", gaps).flatMap((one) => textsAt(one, "addresses"));
  if (kind !== "Endpoints") return null;
  return placesAt(place, "subsets", gaps).flatMap((subset) =>
    placesAt(subset, "addresses", gaps).map((address) => textAt(address, "ip")),
  );
}
