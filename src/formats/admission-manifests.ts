// The objects of which our webhook consists in a cluster, and nothing that it does not need.
import type { MatchExpression } from "./label-selector.ts";

/** What is installed. */
export interface InstallFacts {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  readonly replicas: number;
  readonly mode: string;
  /** Given to `--policy`: a pack, or a file of `files`. */
  readonly policy: string | null;
  /** Policy, trust, keys, exceptions: by name. */
  readonly files: ReadonlyMap<string, string>;
  /** Further arguments of `admit serve`. */
  readonly args: readonly string[];
  /** What the API server does when nobody answers. */
  readonly failurePolicy: "Ignore" | "Fail";
  /** Besides our own. */
  readonly excluded: readonly string[];
  readonly namespaceSelector: readonly MatchExpression[];
  readonly objectSelector: readonly MatchExpression[];
  readonly mutates: boolean;
  readonly policyReports: boolean;
  /** A Secret of type kubernetes.io/dockerconfigjson with which registries are asked. */
  readonly registrySecret: string | null;
  /** A PersistentVolumeClaim in the namespace for the evidence log; null for one that ends with the pod. */
  readonly evidenceClaim: string | null;
}

/** An object of the API. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** In the order in which they are to be made: whom the API server asks comes last. */
export function admissionManifests(facts: InstallFacts): Manifest[] {
  const { files, mutates } = facts;
  return [
    ...access(facts),
    ...(files.size === 0 ? [] : [configMap(facts)]),
    deployment(facts),
    ...exposure(facts),
    webhookConfiguration(facts, "validat"),
    ...(mutates ? [webhookConfiguration(facts, "mutat")] : []),
  ];
}

const REGISTRATION = "admissionregistration.k8s.io";
const AUTHORIZATION = "rbac.authorization.k8s.io";

/** A kind of which we may have an object. */
export interface OwnKind {
  readonly kind: string;
  /** Where the API has them: `/apis/apps/v1`. */
  readonly group: string;
  readonly plural: string;
  readonly isInNamespace: boolean;
}

export const WEBHOOK_CONFIGURATIONS = [
  "ValidatingWebhookConfiguration",
  "MutatingWebhookConfiguration",
] as const;

/** In the order in which they are to be removed; the namespace, which may hold what is not ours, is not among them. */
export const OWN_KINDS: readonly OwnKind[] = [
  // While these stand, the API server asks; whatever else goes first would leave it without an answer.
  ...WEBHOOK_CONFIGURATIONS.map((kind) => everywhereKind(kind, `/apis/${REGISTRATION}/v1`)),
  everywhereKind("ClusterRoleBinding", `/apis/${AUTHORIZATION}/v1`),
  everywhereKind("ClusterRole", `/apis/${AUTHORIZATION}/v1`),
  hereKind("PodDisruptionBudget", "/apis/policy/v1"),
  hereKind("Service", "/api/v1"),
  hereKind("Deployment", "/apis/apps/v1"),
  hereKind("ConfigMap", "/api/v1"),
  hereKind("RoleBinding", `/apis/${AUTHORIZATION}/v1`),
  hereKind("Role", `/apis/${AUTHORIZATION}/v1`),
  hereKind("Secret", "/api/v1"),
  hereKind("ServiceAccount", "/api/v1"),
];

export const NAMESPACE_KIND: OwnKind = everywhereKind("Namespace", "/api/v1");

function everywhereKind(kind: string, group: string): OwnKind {
  return { kind, group, plural: `${kind.toLowerCase()}s`, isInNamespace: false };
}

function hereKind(kind: string, group: string): OwnKind {
  return { ...everywhereKind(kind, group), isInNamespace: true };
}

/** The path of an object in the API. */
export function apiPath(
  { group, plural, isInNamespace }: OwnKind,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): string {
  return `${group}/${isInNamespace ? `namespaces/${namespace}/` : ""}${plural}/${name}`;
}

/** @returns Metadata of an object that lies in our namespace. */
function here({
  name,
  namespace,
}: InstallFacts): Manifest["metadata"] & { readonly labels: object } {
  return { name, namespace, labels: labelsOf(name) };
}

function everywhere({ name }: InstallFacts): Manifest["metadata"] & { readonly labels: object } {
  return { name, labels: labelsOf(name) };
}

/** What is ours has these; nothing else is touched. */
export function labelsOf(name: string): Readonly<Record<string, string>> {
  return { "app.kubernetes.io/name": "bulwark", "app.kubernetes.io/instance": name };
}

type Objects = (Manifest & Readonly<Record<string, unknown>>)[];

/** The namespace, the account, and the two things that it may touch by their names. */
function access(facts: InstallFacts): Objects {
  const { name, namespace } = facts;
  const subjects = [{ kind: "ServiceAccount", name, namespace }];
  const level = { "pod-security.kubernetes.io/enforce": "restricted" };
  const configurations = ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"];
  const rbac = { apiVersion: `${AUTHORIZATION}/v1` };
  return [
    {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: namespace, labels: { ...labelsOf(name), ...level } },
    },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: here(facts) },
    { apiVersion: "v1", kind: "Secret", metadata: here(facts), type: "Opaque" },
    {
      ...rbac,
      kind: "Role",
      metadata: here(facts),
      rules: [
        {
          apiGroups: [""],
          resources: ["secrets"],
          resourceNames: [name],
          verbs: ["get", "update"],
        },
      ],
    },
    {
      ...rbac,
      kind: "RoleBinding",
      metadata: here(facts),
      roleRef: { apiGroup: AUTHORIZATION, kind: "Role", name },
      subjects,
    },
    {
      ...rbac,
      kind: "ClusterRole",
      metadata: everywhere(facts),
      rules: [
        {
          apiGroups: [REGISTRATION],
          resources: configurations,
          resourceNames: [name],
          verbs: ["get", "patch"],
        },
        ...(facts.policyReports ? reporting(facts) : []),
      ],
    },
    {
      ...rbac,
      kind: "ClusterRoleBinding",
      metadata: everywhere(facts),
      roleRef: { apiGroup: AUTHORIZATION, kind: "ClusterRole", name },
      subjects,
    },
  ];
}

/** What is created has no name yet by which it could be allowed. */
function reporting({ name }: InstallFacts): object[] {
  const reports = { apiGroups: ["wgpolicyk8s.io"], resources: ["policyreports"] };
  return [
    { ...reports, verbs: ["create"] },
    { ...reports, resourceNames: [name], verbs: ["get", "update"] },
  ];
}

function configMap(facts: InstallFacts): Manifest & Readonly<Record<string, unknown>> {
  const data = Object.fromEntries(facts.files);
  return { apiVersion: "v1", kind: "ConfigMap", metadata: here(facts), data };
}

const FILES = "/etc/bulwark";
const STATE = "/var/lib/bulwark";
const REGISTRY = "/etc/bulwark-registry";

function deployment(facts: InstallFacts): Manifest & Readonly<Record<string, unknown>> {
  const { name, replicas } = facts;
  const matchLabels = labelsOf(name);
  const spread = (topologyKey: string): object => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels },
  });
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: here(facts),
    spec: {
      replicas,
      selector: { matchLabels },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels: matchLabels },
        spec: {
          serviceAccountName: name,
          terminationGracePeriodSeconds: 30,
          topologySpreadConstraints: [
            spread("kubernetes.io/hostname"),
            spread("topology.kubernetes.io/zone"),
          ],
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 65532,
            runAsGroup: 65532,
            fsGroup: 65532,
            seccompProfile: { type: "RuntimeDefault" },
          },
          containers: [container(facts)],
          volumes: volumesOf(facts),
        },
      },
    },
  };
}

function container({
  image,
  name,
  mode,
  policy,
  files,
  args,
  excluded,
  policyReports,
  registrySecret,
  evidenceClaim,
}: InstallFacts): object {
  const asked =
    policy === null ? [] : ["--policy", files.has(policy) ? `${FILES}/${policy}` : policy];
  const probe = (path: string): object => ({ httpGet: { path, port: "health" }, periodSeconds: 5 });
  return {
    name: "webhook",
    image,
    args: [
      "admit",
      "serve",
      ...["--name", name, "--mode", mode],
      ...asked,
      ...["--evidence", `${STATE}/evidence`, "--memory", `${STATE}/memory`],
      ...excluded.flatMap((namespace) => ["--exclude-namespace", namespace]),
      ...(policyReports ? ["--policy-reports"] : []),
      ...args,
    ],
    ports: [
      { name: "webhook", containerPort: 8443 },
      { name: "health", containerPort: 8080 },
    ],
    env: [
      { name: "HOME", value: STATE },
      // Answers are short-lived: a small space for what is new keeps memory low and pauses short.
      // A collector with more than one helper waits for processors that others have.
      { name: "NODE_OPTIONS", value: "--max-semi-space-size=8 --v8-pool-size=1" },
      ...(evidenceClaim === null ? [] : [POD_NAME]),
      ...(registrySecret === null ? [] : [{ name: "DOCKER_CONFIG", value: REGISTRY }]),
    ],
    livenessProbe: probe("/healthz"),
    readinessProbe: probe("/readyz"),
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "384Mi" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [
      { name: "state", mountPath: STATE },
      // Each pod has a chain of its own: two that append to one would break it.
      ...(evidenceClaim === null
        ? []
        : [{ name: "evidence", mountPath: `${STATE}/evidence`, subPathExpr: "$(POD_NAME)" }]),
      ...(files.size === 0 ? [] : [{ name: "files", mountPath: FILES, readOnly: true }]),
      ...(registrySecret === null
        ? []
        : [{ name: "registry", mountPath: REGISTRY, readOnly: true }]),
    ],
  };
}

const POD_NAME = { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } };

function volumesOf({ name, files, registrySecret, evidenceClaim }: InstallFacts): object[] {
  const items = [{ key: ".dockerconfigjson", path: "config.json" }];
  return [
    { name: "state", emptyDir: { sizeLimit: "2Gi" } },
    ...(evidenceClaim === null
      ? []
      : [{ name: "evidence", persistentVolumeClaim: { claimName: evidenceClaim } }]),
    ...(files.size === 0 ? [] : [{ name: "files", configMap: { name } }]),
    ...(registrySecret === null
      ? []
      : [{ name: "registry", secret: { secretName: registrySecret, items } }]),
  ];
}

function exposure(facts: InstallFacts): Objects {
  const selector = labelsOf(facts.name);
  const port = { name: "webhook", port: 443, targetPort: "webhook" };
  return [
    { apiVersion: "v1", kind: "Service", metadata: here(facts), spec: { selector, ports: [port] } },
    {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: here(facts),
      spec: { minAvailable: 1, selector: { matchLabels: selector } },
    },
  ];
}

const PODS = { apiGroups: [""], apiVersions: ["v1"] };
const OPERATIONS = { operations: ["CREATE", "UPDATE"], scope: "Namespaced" };
const RULES: readonly object[] = [
  {
    ...PODS,
    ...OPERATIONS,
    resources: ["pods", "pods/ephemeralcontainers", "replicationcontrollers", "podtemplates"],
  },
  {
    apiGroups: ["apps"],
    apiVersions: ["v1"],
    ...OPERATIONS,
    resources: ["deployments", "replicasets", "statefulsets", "daemonsets"],
  },
  { apiGroups: ["batch"], apiVersions: ["v1"], ...OPERATIONS, resources: ["jobs", "cronjobs"] },
];
const NEW_PODS: readonly object[] = [
  { ...PODS, operations: ["CREATE"], scope: "Namespaced", resources: ["pods"] },
];

function webhookConfiguration(
  facts: InstallFacts,
  what: "validat" | "mutat",
): Manifest & Readonly<Record<string, unknown>> {
  const { name, namespace, failurePolicy, excluded, namespaceSelector, objectSelector } = facts;
  const isMutating = what === "mutat";
  const own = {
    key: "kubernetes.io/metadata.name",
    operator: "NotIn",
    values: [...new Set([namespace, "kube-system", "kube-public", "kube-node-lease", ...excluded])],
  };
  return {
    apiVersion: `${REGISTRATION}/v1`,
    kind: isMutating ? "MutatingWebhookConfiguration" : "ValidatingWebhookConfiguration",
    metadata: everywhere(facts),
    webhooks: [
      {
        name: `${what}e.admission.bulwark.dev`,
        clientConfig: { service: { name, namespace, path: `/${what}e`, port: 443 } },
        rules: isMutating ? NEW_PODS : RULES,
        namespaceSelector: { matchExpressions: [own, ...namespaceSelector] },
        ...(objectSelector.length === 0
          ? {}
          : { objectSelector: { matchExpressions: objectSelector } }),
        // What is not pinned is still validated.
        failurePolicy: isMutating ? "Ignore" : failurePolicy,
        matchPolicy: "Equivalent",
        sideEffects: "None",
        timeoutSeconds: 5,
        admissionReviewVersions: ["v1"],
      },
    ],
  };
}
