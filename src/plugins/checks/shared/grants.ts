// What a permission of RBAC leads to.
// @see https://kubernetes.io/docs/concepts/security/rbac-good-practices/, "privilege escalation risks"
import type { Rule } from "../../../model/cluster-object.ts";
import { ruleNames } from "../../../model/rbac-rule.ts";
import type { Label } from "../../../model/workload.ts";
import type { Aspect } from "../../../stages/check/contract.ts";
import { DEPUTIES } from "./operators.data.ts";
import { controls } from "./said.ts";

interface Danger {
  readonly aspect: string;
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  /** What the holder may do, after "allows to". */
  readonly what: string;
  /** Whether naming single objects takes the danger away. */
  readonly isOverByNames: boolean;
}

const CHANGE = ["create", "update", "patch"];
const CORE = [""];
const RBAC = ["rbac.authorization.k8s.io"];
const WORKLOADS = ["deployments", "daemonsets", "statefulsets", "replicasets", "jobs", "cronjobs"];

function danger(
  aspect: string,
  what: string,
  [groups, resources, verbs]: readonly [readonly string[], readonly string[], readonly string[]],
  isOverByNames = true,
): Danger {
  return { aspect, groups, resources, verbs, what, isOverByNames };
}

const DANGERS: readonly Danger[] = [
  danger("secrets", "read secrets", [CORE, ["secrets"], ["get", "list", "watch"]]),
  danger("make-secrets", "make or change secrets, and so tokens of service accounts", [
    CORE,
    ["secrets"],
    CHANGE,
  ]),
  danger(
    "escalate",
    "write permissions into a role that its holder does not have",
    [RBAC, ["roles", "clusterroles"], ["escalate"]],
    false,
  ),
  danger("bind", "bind roles that its holder does not have", [
    RBAC,
    ["roles", "clusterroles"],
    ["bind"],
  ]),
  danger("bind", "bind roles", [RBAC, ["rolebindings", "clusterrolebindings"], CHANGE]),
  danger("impersonate", "act as somebody else", [
    ["", "authentication.k8s.io"],
    ["users", "groups", "serviceaccounts", "uids", "userextras/scopes"],
    ["impersonate"],
  ]),
  danger(
    "pods",
    "start pods with any service account of the namespace",
    [CORE, ["pods", "replicationcontrollers"], ["create"]],
    false,
  ),
  danger("workloads", "start or change workloads with any service account of the namespace", [
    ["apps", "batch", "extensions"],
    WORKLOADS,
    CHANGE,
  ]),
  danger("exec", "run commands in running containers", [
    CORE,
    ["pods/exec", "pods/attach"],
    ["create", "get"],
  ]),
  danger("ephemeral", "add a container to running pods", [
    CORE,
    ["pods/ephemeralcontainers"],
    ["update", "patch"],
  ]),
  danger("change-pods", "change the image of running pods", [CORE, ["pods"], ["update", "patch"]]),
  danger(
    "kubelet",
    "talk to the kubelet, which runs commands in every pod of a node",
    [CORE, ["nodes/proxy"], ["get", "create"]],
    false,
  ),
  danger("tokens", "make tokens of other service accounts", [
    CORE,
    ["serviceaccounts/token"],
    ["create"],
  ]),
  danger(
    "certificates",
    "approve certificates for any identity",
    [
      ["certificates.k8s.io"],
      ["certificatesigningrequests/approval", "certificatesigningrequests/status"],
      ["update", "patch"],
    ],
    false,
  ),
  danger("certificates", "sign certificates for any identity", [
    ["certificates.k8s.io"],
    ["signers"],
    ["approve", "sign"],
  ]),
  danger("admission", "change what is asked at admission", [
    ["admissionregistration.k8s.io"],
    [
      "mutatingwebhookconfigurations",
      "validatingwebhookconfigurations",
      "validatingadmissionpolicies",
      "validatingadmissionpolicybindings",
      "mutatingadmissionpolicies",
    ],
    [...CHANGE, "delete", "deletecollection"],
  ]),
  danger("admission", "change policies of admission", [
    ["kyverno.io", "templates.gatekeeper.sh"],
    ["clusterpolicies", "policies", "constrainttemplates"],
    [...CHANGE, "delete"],
  ]),
  danger(
    "volumes",
    "make volumes of folders of the host",
    [CORE, ["persistentvolumes"], ["create"]],
    false,
  ),
  danger("namespaces", "change labels of namespaces, and so the level of Pod Security", [
    CORE,
    ["namespaces"],
    ["update", "patch"],
  ]),
  danger("nodes", "change nodes, and so where pods run", [
    CORE,
    ["nodes", "nodes/status"],
    ["update", "patch"],
  ]),
  danger("traffic", "lead traffic of services elsewhere", [
    ["", "discovery.k8s.io"],
    ["endpoints", "endpointslices", "services/status", "pods/status"],
    CHANGE,
  ]),
  danger("settings", "change settings, such as those of DNS", [
    CORE,
    ["configmaps"],
    ["update", "patch"],
  ]),
  danger("forward", "reach ports of pods and services past network policies", [
    CORE,
    ["pods/portforward", "pods/proxy", "services/proxy"],
    ["create", "get"],
  ]),
  danger("delete", "delete traces and workloads", [
    ["", "events.k8s.io", "apps", "batch"],
    ["events", "pods", "secrets", "services", "namespaces", ...WORKLOADS],
    ["delete", "deletecollection"],
  ]),
  ...Object.entries(DEPUTIES).map(([group, resources]) =>
    danger("operators", "have an operator start pods or apply manifests with its own account", [
      [group],
      resources,
      CHANGE,
    ]),
  ),
];

/** Severities and requirements of each danger, and of wildcards. */
export const GRANT_ASPECTS: Readonly<Record<string, Aspect>> = {
  everything: {
    severity: "critical",
    controls: controls({ "cis-kubernetes-1.12": ["5.1.1", "5.1.3"] }),
  },
  core: {
    severity: "critical",
    controls: controls({ "cis-kubernetes-1.12": ["5.1.1", "5.1.3"] }),
  },
  wildcard: { severity: "high", controls: controls({ "cis-kubernetes-1.12": ["5.1.3"] }) },
  secrets: {
    controls: controls({ "cis-kubernetes-1.12": ["5.1.2"], attack: ["T1552.007", "T1528"] }),
  },
  "make-secrets": { controls: controls({ attack: ["T1528"] }) },
  escalate: { severity: "critical", controls: controls({ "cis-kubernetes-1.12": ["5.1.8"] }) },
  bind: { severity: "critical", controls: controls({ "cis-kubernetes-1.12": ["5.1.8"] }) },
  impersonate: {
    severity: "critical",
    controls: controls({ "cis-kubernetes-1.12": ["5.1.8"], attack: ["T1134"] }),
  },
  pods: { controls: controls({ "cis-kubernetes-1.12": ["5.1.4"], attack: ["T1610"] }) },
  workloads: { controls: controls({ "cis-kubernetes-1.12": ["5.1.4"], attack: ["T1610"] }) },
  exec: { controls: controls({ attack: ["T1609"] }) },
  ephemeral: { controls: controls({ attack: ["T1609", "T1611"] }) },
  "change-pods": { controls: controls({ attack: ["T1609"] }) },
  kubelet: {
    severity: "critical",
    controls: controls({ "cis-kubernetes-1.12": ["5.1.10"], attack: ["T1609"] }),
  },
  tokens: {
    severity: "critical",
    controls: controls({ "cis-kubernetes-1.12": ["5.1.13"], attack: ["T1528"] }),
  },
  certificates: {
    severity: "critical",
    controls: controls({ "cis-kubernetes-1.12": ["5.1.11"], attack: ["T1098"] }),
  },
  admission: {
    severity: "critical",
    controls: controls({ "cis-kubernetes-1.12": ["5.1.12"], attack: ["T1562.001"] }),
  },
  volumes: { controls: controls({ "cis-kubernetes-1.12": ["5.1.9"], attack: ["T1611"] }) },
  namespaces: { controls: controls({ attack: ["T1562.001"] }) },
  nodes: { severity: "medium", controls: controls({ attack: ["T1499"] }) },
  traffic: { severity: "medium", controls: controls({ attack: ["T1557"] }) },
  settings: { severity: "medium", controls: controls({ attack: ["T1557"] }) },
  forward: { severity: "medium", controls: controls({ attack: ["T1021"] }) },
  delete: { severity: "medium", controls: controls({ attack: ["T1070", "T1485"] }) },
  operators: { controls: controls({ attack: ["T1610"] }) },
};

/**
 * What a rule leads to. A wildcard is told once, and not as everything that it includes.
 *
 * @param isClusterWide Whether the rule may hold in every namespace: some dangers are none in one namespace alone.
 */
export function dangersOf(rule: Rule, isClusterWide: boolean): { aspect: string; what: string }[] {
  const { verbs, groups, resources, names } = rule;
  const isAll = (list: readonly string[]): boolean => list.includes("*");
  const whole = wholeOf(rule);
  if (whole !== null) return [whole];
  const wildcards = [
    ["verbs", verbs],
    ["resources", resources],
    ["API groups", groups],
  ] as const;
  const found = wildcards
    .filter(([, list]) => isAll(list))
    .map(([what]) => ({ aspect: "wildcard", what: `grants all ${what}, also those to come` }));
  const told = new Set<string>();
  for (const one of DANGERS) {
    if (names.length > 0 && one.isOverByNames) continue;
    if (!isClusterWide && CLUSTER_ONLY.has(one.aspect)) continue;
    if (told.has(one.aspect) || !meets(one, rule)) continue;
    told.add(one.aspect);
    found.push({ aspect: one.aspect, what: `allows to ${one.what}` });
  }
  return found;
}

function wholeOf({ verbs, groups, resources }: Rule): { aspect: string; what: string } | null {
  if (!hasAllVerbs(verbs) || !resources.includes("*")) return null;
  if (groups.includes("*")) return { aspect: "everything", what: "grants everything there is" };
  return groups.includes("")
    ? { aspect: "core", what: "grants everything of the core group, with all secrets" }
    : null;
}

/** Whoever lists every verb that requests have says `*`, but for the few of other kinds, as `escalate`. */
function hasAllVerbs(verbs: readonly string[]): boolean {
  return (
    verbs.includes("*") ||
    ["get", "list", "watch", "create", "update", "patch", "delete"].every((verb) =>
      verbs.includes(verb),
    )
  );
}

/** What is in no namespace cannot be granted in one. */
const CLUSTER_ONLY: ReadonlySet<string> = new Set([
  "kubelet",
  "volumes",
  "nodes",
  "namespaces",
  "certificates",
  "admission",
]);

function meets({ verbs, groups, resources }: Danger, rule: Rule): boolean {
  return verbs.some((verb) =>
    groups.some((group) => resources.some((resource) => ruleNames(rule, verb, group, resource))),
  );
}

/** Roles that every cluster comes with are for whoever makes Kubernetes to change. */
export function isGiven(name: string, labels: readonly Label[]): boolean {
  return (
    name.startsWith("system:") ||
    ["admin", "cluster-admin", "edit", "view"].includes(name) ||
    labels.some((label) => label.name === "kubernetes.io/bootstrapping")
  );
}

/**
 * Whether the name is one of those that the control plane and its providers keep for what they make themselves.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings
 */
export function isReservedName(name: string): boolean {
  return /^(?:system|gce|eks):/.test(name);
}
