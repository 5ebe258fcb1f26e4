// Examples of objects that run nothing, in few words.
import type { Example } from "../../../stages/check/contract.ts";

type Members = Readonly<Record<string, unknown>>;

export function kubernetesObject(
  apiVersion: string,
  kind: string,
  members: Members,
  metadata: Members = {},
): Example {
  return {
    format: "kubernetes",
    document: { apiVersion, kind, metadata: { name: "example", ...metadata }, ...members },
  };
}

const VERSIONS: Readonly<Record<string, string>> = {
  NetworkPolicy: "networking.k8s.io/v1",
  DaemonSet: "apps/v1",
  Deployment: "apps/v1",
  Role: "rbac.authorization.k8s.io/v1",
  RoleBinding: "rbac.authorization.k8s.io/v1",
  ClusterRole: "rbac.authorization.k8s.io/v1",
  ClusterRoleBinding: "rbac.authorization.k8s.io/v1",
  MutatingWebhookConfiguration: "admissionregistration.k8s.io/v1",
  ValidatingWebhookConfiguration: "admissionregistration.k8s.io/v1",
};

/** Objects that are looked at together. */
export function cluster(...objects: readonly Members[]): Example {
  const items = objects.map((object) => ({
    apiVersion: VERSIONS[String(object["kind"])] ?? "v1",
    ...object,
  }));
  return { format: "cluster", document: { apiVersion: "v1", kind: "List", items } };
}

/** A binding for all namespaces, to a service account of the namespace `shop`. */
export function boundEverywhere(role: string, account: string): Members {
  return {
    kind: "ClusterRoleBinding",
    metadata: { name: `${account}-${role}` },
    roleRef: { kind: "ClusterRole", name: role },
    subjects: [{ kind: "ServiceAccount", name: account, namespace: "shop" }],
  };
}

/** A controller in the namespace `shop`, whose pods run as a service account. */
export function runsAs(kind: "DaemonSet" | "Deployment", name: string, account: string): Members {
  const spec = { serviceAccountName: account, containers: [{ name, image: name }] };
  return { kind, metadata: { name, namespace: "shop" }, spec: { template: { spec } } };
}

export function clusterRole(name: string, ...rules: readonly Members[]): Members {
  return { kind: "ClusterRole", metadata: { name }, rules };
}

/** A program that the API server asks before objects of these resources of the core group are made. */
export function webhook(
  kind: "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration",
  resource: string,
  name = "policy.example",
): Members {
  const service = { namespace: "policy", name: "policy" };
  const asked = { apiGroups: [""], apiVersions: ["v1"], resources: [resource] };
  const rules = [{ ...asked, operations: ["CREATE"] }];
  return { kind, metadata: { name }, webhooks: [{ name, clientConfig: { service }, rules }] };
}
