// Roles that Kubernetes makes itself, for inputs that bind them without having them. What was added or taken away between versions is
// as in the latest.
// Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings, version 1.34
import type { Role, Rule } from "./cluster-object.ts";

const READ = "get list watch";
const CHANGE = "create delete deletecollection patch update";
const ALL = `${READ} ${CHANGE}`;
const RBAC = "rbac.authorization.k8s.io";

/** Words of a line: verbs, groups (`core` for the one without a name), resources. */
function rule(verbs: string, groups: string, resources: string): Rule {
  const named = words(groups).map((group) => (group === "core" ? "" : group));
  return { at: "", verbs: words(verbs), groups: named, resources: words(resources), names: [], urls: [] };
}

function urls(verbs: string, paths: string): Rule {
  return { at: "", verbs: words(verbs), groups: [], resources: [], names: [], urls: words(paths) };
}

function words(text: string): string[] {
  return text.split(" ");
}

const VIEW: readonly Rule[] = [
  rule(READ, "core", "configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods"),
  rule(READ, "core", "replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status"),
  rule(READ, "core", "bindings events limitranges namespaces namespaces/status pods/log pods/status"),
  rule(READ, "core", "replicationcontrollers/status resourcequotas resourcequotas/status"),
  rule(READ, "discovery.k8s.io", "endpointslices"),
  rule(READ, "apps", "controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status"),
  rule(READ, "apps", "replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status"),
  rule(READ, "autoscaling", "horizontalpodautoscalers horizontalpodautoscalers/status"),
  rule(READ, "batch", "cronjobs cronjobs/status jobs jobs/status"),
  rule(READ, "policy", "poddisruptionbudgets poddisruptionbudgets/status"),
  rule(READ, "networking.k8s.io", "ingresses ingresses/status networkpolicies"),
];

const EDIT: readonly Rule[] = [
  rule(READ, "core", "pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy"),
  rule("impersonate", "core", "serviceaccounts"),
  rule(CHANGE, "core", "pods pods/attach pods/exec pods/portforward pods/proxy"),
  rule("create", "core", "pods/eviction serviceaccounts/token"),
  rule(CHANGE, "core", "configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale"),
  rule(CHANGE, "core", "secrets serviceaccounts services services/proxy"),
  rule(CHANGE, "apps", "daemonsets deployments deployments/rollback deployments/scale"),
  rule(CHANGE, "apps", "replicasets replicasets/scale statefulsets statefulsets/scale"),
  rule(CHANGE, "autoscaling", "horizontalpodautoscalers"),
  rule(CHANGE, "batch", "cronjobs jobs"),
  rule(CHANGE, "policy", "poddisruptionbudgets"),
  rule(CHANGE, "networking.k8s.io", "ingresses networkpolicies"),
  rule(ALL, "coordination.k8s.io", "leases"),
];

const ADMIN: readonly Rule[] = [rule("create", "authorization.k8s.io", "localsubjectaccessreviews"), rule(ALL, RBAC, "rolebindings roles")];

function gathering(...levels: readonly string[]): readonly unknown[] {
  return levels.map((level) => ({ matchLabels: { [`${RBAC}/aggregate-to-${level}`]: "true" } }));
}

function fixed(...rules: readonly Rule[]): Role {
  return { isClusterWide: true, rules, gathers: null };
}

/** By name. Those of the control plane's own parts, which nobody else is to be bound to, are left out but for the widest. */
export const BUILT_IN_ROLES: ReadonlyMap<string, Role> = new Map<string, Role>([
  ["cluster-admin", fixed(rule("*", "*", "*"), urls("*", "*"))],
  ["view", { isClusterWide: true, rules: VIEW, gathers: gathering("view") }],
  ["edit", { isClusterWide: true, rules: [...EDIT, ...VIEW], gathers: gathering("edit", "view") }],
  [
    "admin",
    {
      isClusterWide: true,
      rules: [...ADMIN, ...EDIT, ...VIEW],
      gathers: gathering("admin", "edit", "view"),
    },
  ],
  ["system:basic-user", fixed(rule("create", "authorization.k8s.io", "selfsubjectaccessreviews selfsubjectrulesreviews"), rule("create", "authentication.k8s.io", "selfsubjectreviews"))],
  ["system:discovery", fixed(urls("get", "/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/"))],
  ["system:public-info-viewer", fixed(urls("get", "/healthz /livez /readyz /version /version/"))],
  ["system:monitoring", fixed(urls("get", "/healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/*"))],
  ["system:auth-delegator", fixed(rule("create", "authentication.k8s.io", "tokenreviews"), rule("create", "authorization.k8s.io", "subjectaccessreviews"))],
  ["system:kubelet-api-admin", fixed(rule(`${READ} proxy`, "core", "nodes"), rule("*", "core", "nodes/log nodes/metrics nodes/proxy nodes/stats"))],
  ["system:node-bootstrapper", fixed(rule(`create ${READ}`, "certificates.k8s.io", "certificatesigningrequests"))],
  [
    "system:node-proxier",
    fixed(
      rule("list watch", "core", "endpoints services"),
      rule(READ, "core", "nodes"),
      rule("create patch update", "core events.k8s.io", "events"),
      rule("list watch", "discovery.k8s.io", "endpointslices"),
    ),
  ],
  ["system:heapster", fixed(rule(READ, "core", "events namespaces nodes pods"), rule("get list watch", "extensions", "deployments"))],
  ["system:kube-dns", fixed(rule("list watch", "core", "endpoints services"))],
  ["system:certificates.k8s.io:certificatesigningrequests:nodeclient", fixed(rule("create", "certificates.k8s.io", "certificatesigningrequests/nodeclient"))],
  ["system:certificates.k8s.io:certificatesigningrequests:selfnodeclient", fixed(rule("create", "certificates.k8s.io", "certificatesigningrequests/selfnodeclient"))],
  [
    "system:kube-controller-manager",
    fixed(
      rule("create", "core", "secrets serviceaccounts serviceaccounts/token"),
      rule("delete", "core", "secrets"),
      rule("get", "core", "configmaps namespaces secrets serviceaccounts"),
      rule("update", "core", "secrets serviceaccounts"),
      rule("create", "authentication.k8s.io", "tokenreviews"),
      rule("create", "authorization.k8s.io", "subjectaccessreviews"),
      rule("list watch", "*", "*"),
    ),
  ],
  [
    "system:kube-scheduler",
    fixed(
      rule(READ, "core", "nodes replicationcontrollers services persistentvolumeclaims persistentvolumes"),
      rule(`delete ${READ}`, "core", "pods"),
      rule("create", "core", "bindings pods/binding"),
      rule("patch update", "core", "pods/status"),
      rule(READ, "apps", "replicasets statefulsets"),
      rule("create", "authentication.k8s.io", "tokenreviews"),
      rule("create", "authorization.k8s.io", "subjectaccessreviews"),
    ),
  ],
]);
