// What permissions of RBAC lead to. Each needs all of its parts, from the rules of one role; a part is a line: verbs, group, resources.
// @see https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks
import type { EdgeType } from "./edge-types.data.ts";

/** To whom or what a permission leads, in the namespaces in which it holds. */
export type Reach = "pods" | "accounts" | "tokens" | "tokens" | "secrets" | "nodes by pod" | "nodes" | "people" | "groups" | "everything" | "roles" | "cluster-admin";

export interface Privilege {
  readonly type: EdgeType;
  readonly parts: readonly Part[];
  readonly reach: Reach;
  /** Only where it holds for the whole cluster. */
  readonly isClusterWide: boolean;
}

export interface Part {
  readonly verbs: readonly string[];
  readonly group: string;
  readonly resources: readonly string[];
}

const RBAC = "rbac.authorization.k8s.io";
const CERTIFICATES = "certificates.k8s.io";
const WRITE = "create update patch";
const CHANGE = "update patch";

function part(verbs: string, group: string, resources: string): Part {
  return { verbs: verbs.split(" "), group, resources: resources.split(" ") };
}

function inNamespaces(type: EdgeType, reach: Reach, ...parts: readonly Part[]): Privilege {
  return { type, reach, parts, isClusterWide: false };
}

function inCluster(type: EdgeType, reach: Reach, ...parts: readonly Part[]): Privilege {
  return { type, reach, parts, isClusterWide: true };
}

const PODS = part("create", "", "pods replicationcontrollers");
const APPS = part(WRITE, "apps", "deployments daemonsets statefulsets replicasets");
const JOBS = part(WRITE, "batch", "jobs cronjobs");
/** Pods that it makes afterwards are made by its new template. */
const CONTROLLERS = part(CHANGE, "", "replicationcontrollers");
const STARTS = [PODS, CONTROLLERS, APPS, JOBS];

export const PRIVILEGES: readonly Privilege[] = [
  inNamespaces("EVERYTHING", "everything", part("*", "*", "*")),
  inNamespaces("POD_EXEC", "pods", part("create get", "", "pods/exec pods/attach")),
  inNamespaces("POD_PATCH", "pods", part(CHANGE, "", "pods pods/ephemeralcontainers")),
  inNamespaces("POD_PATCH", "pods", part(CHANGE, "apps", "deployments daemonsets statefulsets replicasets")),
  ...STARTS.map((start) => inNamespaces("POD_CREATE", "nodes by pod", start)),
  ...STARTS.map((start) => inNamespaces("POD_RUN_AS", "accounts", start)),
  ...STARTS.map((start) => inNamespaces("SECRET_READ", "secrets", start)),
  inNamespaces("TOKEN_LIST", "tokens", part("list watch", "", "secrets")),
  inNamespaces("TOKEN_BRUTEFORCE", "tokens", part("get", "", "secrets")),
  inNamespaces("SECRET_READ", "secrets", part("get list watch", "", "secrets")),
  inNamespaces("TOKEN_REQUEST", "accounts", part("create", "", "serviceaccounts/token")),
  inNamespaces("TOKEN_SECRET", "accounts", part("create", "", "secrets"), part("get list watch", "", "secrets")),
  inNamespaces("IDENTITY_IMPERSONATE", "accounts", part("impersonate", "", "serviceaccounts")),
  inCluster("IDENTITY_IMPERSONATE", "people", part("impersonate", "", "users")),
  // A group is said besides somebody's name: any will do.
  inCluster("IDENTITY_IMPERSONATE", "groups", part("impersonate", "", "users"), part("impersonate", "", "groups")),
  inCluster("IDENTITY_IMPERSONATE", "groups", part("impersonate", "", "serviceaccounts"), part("impersonate", "", "groups")),
  inCluster("ROLE_BIND", "cluster-admin", part(WRITE, RBAC, "clusterrolebindings"), part("bind", RBAC, "clusterroles")),
  inNamespaces("ROLE_BIND", "everything", part(WRITE, RBAC, "rolebindings"), part("bind", RBAC, "clusterroles")),
  inNamespaces("ROLE_BIND", "roles", part(WRITE, RBAC, "rolebindings"), part("bind", RBAC, "roles")),
  inCluster("ROLE_ESCALATE", "cluster-admin", part(CHANGE, RBAC, "clusterroles"), part("escalate", RBAC, "clusterroles")),
  inNamespaces("ROLE_ESCALATE", "everything", part(CHANGE, RBAC, "roles"), part("escalate", RBAC, "roles")),
  inCluster("NODE_PROXY", "pods", part("get create", "", "nodes/proxy")),
  inCluster(
    "CERTIFICATE_ISSUE",
    "cluster-admin",
    part("create", CERTIFICATES, "certificatesigningrequests"),
    part(CHANGE, CERTIFICATES, "certificatesigningrequests/approval"),
    part("approve", CERTIFICATES, "signers"),
  ),
  inCluster("WEBHOOK_CHANGE", "cluster-admin", part(WRITE, "admissionregistration.k8s.io", "mutatingwebhookconfigurations")),
  inCluster("VOLUME_CREATE", "nodes", part("create", "", "persistentvolumes"), PODS),
  // A request for a namespace is made in that namespace, so that a RoleBinding is enough.
  ...STARTS.map((start) => inNamespaces("ADMISSION_LIFT", "nodes", part(CHANGE, "", "namespaces"), start)),
];
