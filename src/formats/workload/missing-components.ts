// Components that a cluster must have and that nothing was read of: not there, somebody else's, or hidden are three answers.
import { unknown } from "../../kit/fact.ts";
import type { ClusterObject, Distribution } from "../../model/cluster-object.ts";
import type { Component, ComponentName } from "../../model/component.ts";
import type { NodeFileKind, NodeFiles } from "../../model/node-files.ts";
import { readClusterObjects } from "./cluster-object.ts";
import { componentFrom } from "./component.ts";

/** Of which a cluster has one; networks that do without a kube-proxy have a program of their own for it, which nobody reads. */
const EXPECTED = [
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "etcd",
  "kube-proxy",
] as const satisfies readonly ComponentName[];

const SYSTEM = "kube-system";

/** Distributions that run all of it in one program, and where that is set up. */
const IN_ONE_PROGRAM: Readonly<Record<string, string>> = {
  k3s: "/etc/rancher/k3s/config.yaml",
};

/** The distribution of the nodes; null where none says so, or they are of several. */
export function distributionOf(nodes: readonly ClusterObject[]): Distribution | null {
  const found = new Map(
    nodes.flatMap(({ node }) =>
      node?.distribution ? [[node.distribution.name, node.distribution] as const] : [],
    ),
  );
  return found.size === 1 ? ([...found.values()][0] ?? null) : null;
}

/**
 * What was not seen, as components of which nothing is known, so that no requirement passes for want of it.
 *
 * @param nodes Those that are known; each has a kubelet.
 */
export function missingComponents(
  seen: readonly Component[],
  nodes: readonly ClusterObject[],
): Component[] {
  const distribution = distributionOf(nodes);
  // An application may have an etcd of its own, and a tenant a whole control plane: the cluster's own is where its own parts are.
  const isOwn = ({ namespace }: Component): boolean => namespace === null || namespace === SYSTEM;
  const own = new Set(seen.filter(isOwn).map(({ component }) => component));
  const missing = EXPECTED.filter((name) => !own.has(name));
  return [
    ...missing.map((component) => hiddenOf(component, component, distribution)),
    ...kubeletsOf(seen, nodes),
  ];
}

function kubeletsOf(seen: readonly Component[], nodes: readonly ClusterObject[]): Component[] {
  const kubelets = seen.filter(({ component }) => component === "kubelet");
  const known = new Set(kubelets.map(({ name }) => name));
  const unseen = nodes.filter(({ name }) => !known.has(name));
  if (nodes.length === 0 && kubelets.length === 0) return [hiddenOf("kubelet", "kubelet", null)];
  return unseen.map(({ name }) => hiddenOf("kubelet", name, null));
}

/** Of a cluster whose control plane a provider runs these are left. */
const OF_WORKERS: readonly NodeFileKind[] = [
  "kubelet-service",
  "proxy-config",
  "kubelet-kubeconfig",
  "client-authority",
  "kubelet-config",
];
const OF_CONTROL_PLANES: readonly NodeFileKind[] = [
  ...["api-server-manifest", "controller-manager-manifest", "scheduler-manifest"],
  ...["etcd-manifest", "cni", "etcd-data", "admin-config", "controller-manager-config"],
  ...["scheduler-config", "pki"],
] as const;

/** Files of nodes that nobody looked at: one form for all of them where none was, else one for each. */
export function missingNodeFiles(
  seen: readonly NodeFiles[],
  nodes: readonly ClusterObject[],
): NodeFiles[] {
  const isManaged = distributionOf(nodes)?.isManaged === true;
  const control = having(seen, OF_CONTROL_PLANES).length > 0 || isManaged ? [] : [""];
  const workers = new Set(having(seen, OF_WORKERS).map(({ name }) => name));
  const all = workers.size === 0 ? [""] : nodes.map(({ name }) => name);
  return [
    ...control.map((name) => hiddenFiles(name, OF_CONTROL_PLANES)),
    ...all.filter((name) => !workers.has(name)).map((name) => hiddenFiles(name, OF_WORKERS)),
  ];
}

/**
 * The configuration of encryption where an API server has one that was not read, or was not seen itself; none where there is none
 * to be read.
 */
export function missingEncryption(components: readonly Component[]): ClusterObject[] {
  const own = components.filter(
    ({ component, provider }) => component === "kube-apiserver" && provider === null,
  );
  const hasFile = own.some(
    ({ options, gaps }) => options.has(ENCRYPTION_FLAG) || (gaps.length > 0 && options.size === 0),
  );
  if (!hasFile) return [];
  const why = `the file of --${ENCRYPTION_FLAG} was not read: bulwark check, on that file, looks into it`;
  return readClusterObjects({
    apiVersion: "apiserver.config.k8s.io/v1",
    kind: "EncryptionConfiguration",
  }).map((one) => ({ ...one, gaps: [unknown("", why)] }));
}

const ENCRYPTION_FLAG = "encryption-provider-config";

function having(seen: readonly NodeFiles[], kinds: readonly NodeFileKind[]): NodeFiles[] {
  return seen.filter(({ files }) => files.some(({ kind }) => kinds.includes(kind)));
}

function hiddenFiles(name: string, kinds: readonly NodeFileKind[]): NodeFiles {
  const why =
    "a cluster does not tell whose files of nodes are: bulwark audit host, on the node, does";
  const owned = unknown("", why);
  return {
    ...{ form: "node", platform: "host", kind: "node", namespace: null, gaps: [] },
    name,
    distribution: null,
    files: kinds.map((kind) => ({ kind, path: "", at: "", owned, isTrusted: false })),
  };
}

function hiddenOf(
  component: ComponentName,
  name: string,
  distribution: Distribution | null,
): Component {
  const isManaged = distribution?.isManaged === true;
  const facts = { name, at: "", options: new Map() };
  if (isManaged) return componentFrom(component, { ...facts, provider: distribution.name });
  const file = IN_ONE_PROGRAM[distribution?.name ?? ""];
  const why =
    file === undefined
      ? `nothing that was read tells how ${component} is set up`
      : `${distribution?.name} runs ${component} within its own program, which ${file} sets up; that was not read`;
  return componentFrom(component, { ...facts, gaps: [unknown("", why)] });
}
