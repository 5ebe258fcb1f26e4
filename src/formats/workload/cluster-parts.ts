// Parts of objects that only one kind has, and kinds of which nothing is read but who they are.
import type { AuditRule, ClusterObject, PodNetwork } from "../../model/cluster-object.ts";
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

/** Kinds that Kubernetes itself has, beside those whose parts are read: for where they lie, and by which version. */
export const OTHER_KINDS: readonly string[] = [
  "APIService",
  "CertificateSigningRequest",
  "CSIDriver",
  "CSINode",
  "CSIStorageCapacity",
  "CustomResourceDefinition",
  "FlowSchema",
  "HorizontalPodAutoscaler",
  "IngressClass",
  "Lease",
  "LimitRange",
  "MutatingWebhookConfiguration",
  "PersistentVolumeClaim",
  "PodDisruptionBudget",
  "PodSecurityPolicy",
  "PriorityClass",
  "PriorityLevelConfiguration",
  "ResourceQuota",
  "RuntimeClass",
  "Secret",
  "StorageClass",
  "ValidatingWebhookConfiguration",
  "VolumeAttachment",
];

/** Groups that are Kubernetes' own. */
export const BUILT_IN: RegExp =
  /^(?:v1|(?:apps|autoscaling|batch|extensions|policy|[a-z]+(?:\.[a-z]+)*\.k8s\.io)\/v\w+)$/;

/** The kind of a file that configures the network of pods, which has no word for it itself. */
export const POD_NETWORK = "CNI configuration";

/** The kind of what `/version` answers, and `kubectl version -o json`. */
export const RELEASE = "version of the API server";

/** The version that the API server says it has; null for what is no such answer. */
export function releaseOf(place: Place): string | null {
  const { gitVersion, goVersion } = place.value ?? {};
  if (typeof gitVersion === "string" && typeof goVersion === "string") return gitVersion;
  const server = placeAt(place, "serverVersion", []);
  return nameAt(server, "gitVersion") || null;
}

const NETWORK_BYTES_MAX = 64 * 1024;

/**
 * Networks of a file of the CNI, or of the ConfigMap from which a program writes such a file.
 *
 * @see https://www.cni.dev/docs/spec/#configuration-format
 */
export function podNetworksOf(kind: string, place: Place, gaps: Gaps): PodNetwork[] | null {
  if (kind === POD_NETWORK) return [networkOf(place.value, place.at, gaps)];
  if (kind !== "ConfigMap") return null;
  const found = membersAt(place, "data", []).flatMap(({ value, at }) => {
    if (typeof value !== "string" || !isNetwork(value)) return [];
    const network = parsed(value);
    return isPlain(network) ? [networkOf(network, at, gaps)] : [];
  });
  return found.length === 0 ? null : found;
}

function isNetwork(text: string): boolean {
  return text.length <= NETWORK_BYTES_MAX && /"plugins"\s*:|"cniVersion"\s*:/.test(text);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function networkOf(value: Place["value"], at: string, gaps: Gaps): PodNetwork {
  const place = { value, at };
  const chained = placesAt(place, "plugins", gaps).map((plugin) => nameAt(plugin, "type"));
  const plugins = [...chained, nameAt(place, "type")].filter((type) => type !== "");
  return { at, plugins };
}

/** @see https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/ */
export function auditRulesOf(place: Place, gaps: Gaps): AuditRule[] {
  return placesAt(place, "rules", gaps).map((rule) => ({
    at: rule.at,
    level: nameAt(rule, "level"),
    resources: placesAt(rule, "resources", gaps).map((one) => ({
      group: nameAt(one, "group"),
      names: itemsAt(one, "resources", gaps).filter((name) => typeof name === "string"),
    })),
    isNarrow:
      NARROWING.some((name) => itemsAt(rule, name, gaps).length > 0) ||
      placesAt(rule, "resources", gaps).some((one) => itemsAt(one, "resourceNames", []).length > 0),
  }));
}

const NARROWING = ["users", "userGroups", "verbs", "namespaces", "nonResourceURLs"] as const;

/** Kinds that lie in a namespace, of those that are read and run nothing. */
export function liesInNamespace({ kind }: Pick<ClusterObject, "kind">): boolean {
  return NAMESPACED.has(kind);
}

const NAMESPACED: ReadonlySet<string> = new Set([
  "ConfigMap",
  "CSIStorageCapacity",
  "Endpoints",
  "EndpointSlice",
  "HorizontalPodAutoscaler",
  "Ingress",
  "Lease",
  "LimitRange",
  "NetworkPolicy",
  "PersistentVolumeClaim",
  "PodDisruptionBudget",
  "ResourceQuota",
  "Role",
  "RoleBinding",
  "Secret",
  "Service",
  "ServiceAccount",
]);
