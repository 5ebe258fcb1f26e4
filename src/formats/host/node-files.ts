// The files of Kubernetes' own programs on a host that is a node, or that runs nodes in containers.

import { AppError } from "../../kit/error.ts";
import { ABSENT, type Fact, known, unknown } from "../../kit/fact.ts";
import { utf8Bytes } from "../../kit/text.ts";
import type { Component, ComponentName } from "../../model/component.ts";
import type { Accounts } from "../../model/host.ts";
import type { HostRecord, ProcessFact, SeenFile } from "../../model/host-record.ts";
import type {
  NodeDistribution,
  NodeFile,
  NodeFileKind,
  NodeFiles,
  Ownership,
} from "../../model/node-files.ts";
import { readObjectParts } from "../object-file.ts";
import { componentsOf, readComponentSettings } from "../workload/component.ts";
import { flagsOf } from "../workload/component-flags.ts";
import { readKubernetes } from "../workload/kubernetes.ts";
import { accountsOf } from "./accounts.ts";
import { FOLDERS, NODE_MARKS, NODE_PLACES } from "./node-places.data.ts";
import { contentOf, fileOf, namesIn, pointerToFile, seenFile } from "./record-file.ts";
import { UNIT_FOLDERS } from "./systemd-unit.ts";

export const KUBELET_UNIT = "kubelet.service";
const FOLDER_DEPTH_MAX = 3;
const NODES_MAX = 100;

/** The nodes of a host: itself, and those that run in containers; none where nothing of a node is there. */
export function nodeFilesOf(record: HostRecord): NodeFiles[] {
  return nodesOf(record).map((node) => filesOfNode(record, node));
}

/** The same, each with the kubelet that runs; null where none could be seen. */
export function nodesWithFiles(record: HostRecord): {
  readonly files: NodeFiles;
  readonly kubelet: { readonly args: readonly string[]; readonly at: string } | null;
}[] {
  return nodesOf(record).map((node) => ({
    files: filesOfNode(record, node),
    kubelet: kubeletIn(record, node.root),
  }));
}

function kubeletIn(
  record: HostRecord,
  root: string,
): { readonly args: readonly string[]; readonly at: string } | null {
  const found = kubeletsIn(record).find((one) => one.root === root);
  if (found === undefined) return null;
  return { args: found.args, at: `/processes/${(record.processes ?? []).indexOf(found)}` };
}

function filesOfNode(record: HostRecord, node: Node): NodeFiles {
  return {
    form: "node",
    platform: "host",
    kind: "node",
    name: node.root === "" ? record.name : `${record.name}${node.root}`,
    namespace: null,
    gaps: [],
    distribution: node.distribution,
    files: filesOf(record, node),
  };
}

function filesOf(record: HostRecord, node: Node): NodeFile[] {
  const accounts = accountsOf(record);
  return placesOf(record, node).flatMap((place) => fileAt(record, place, { node, accounts }));
}

/** What has to be looked at to tell, beyond what a record has. */
export function nodePlacesWanted(record: HostRecord): {
  readonly look: readonly string[];
  readonly text: readonly string[];
  readonly names: readonly string[];
} {
  const marks = NODE_MARKS.flatMap(([, paths]) => paths);
  const roots = ["", ...kubeletsIn(record).map(({ root }) => root)];
  const nodes = nodesOf(record);
  const places = nodes.flatMap((node) => placesOf(record, node));
  const isFolder = ({ kind }: NodePlace): boolean => FOLDERS.has(kind);
  const isRead = ({ kind }: NodePlace): boolean => READ.has(kind);
  const marked = roots.flatMap((root) => marks.map((path) => `${root}${path}`));
  // What is looked at once is not looked at again: a manifest that marks a node is read at once.
  const isManifest = (path: string): boolean => path.endsWith(".yaml");
  return {
    text: [...places.filter(isRead).map(({ path }) => path), ...marked.filter(isManifest)],
    names: places.filter(isFolder).map(({ path }) => path),
    look: [
      ...marked.filter((path) => !isManifest(path)),
      ...places.filter((one) => !isFolder(one) && !isRead(one)).map(({ path }) => path),
    ],
  };
}

/** Files whose text says where others are, and how programs are set up. */
const READ: ReadonlySet<NodeFileKind> = new Set<NodeFileKind>([
  "api-server-manifest",
  "controller-manager-manifest",
  "scheduler-manifest",
  "etcd-manifest",
  "kubelet-config",
]);

interface Node {
  readonly distribution: NodeDistribution;
  /** Under which path of the record its root of files lies. */
  readonly root: string;
  /** What the kubelet that runs was told. */
  readonly flags: ReadonlyMap<string, Fact<string>>;
}

function nodesOf(record: HostRecord): Node[] {
  const kubelets = kubeletsIn(record);
  const roots = [...new Set(["", ...kubelets.map(({ root }) => root)])].slice(0, NODES_MAX);
  return roots.flatMap((root) => {
    const marked = NODE_MARKS.find(([, paths]) =>
      paths.some((path) => isThere(record, root, path)),
    );
    const kubelet = kubelets.find((one) => one.root === root);
    if (marked === undefined && kubelet === undefined) return [];
    const words = (kubelet?.args ?? []).slice(1).map((word) => known(word, ""));
    return [{ root, distribution: marked?.[0] ?? "kubeadm", flags: flagsOf(words) }];
  });
}

/** What may not be looked at may well be there. */
function isThere(record: HostRecord, root: string, path: string): boolean {
  const file = fileOf(record, `${root}${path}`);
  return file !== null && file.kind !== "absent";
}

/** Kubelets that root runs: anybody may give a program this name. */
function kubeletsIn({ processes }: HostRecord): ProcessFact[] {
  return (processes ?? []).filter(
    ({ uid, args }) => uid === 0 && /(?:^|\/)kubelet$/.test(args[0] ?? ""),
  );
}

interface NodePlace {
  readonly kind: NodeFileKind;
  readonly path: string;
}

function placesOf(record: HostRecord, node: Node): NodePlace[] {
  const named = namedPlaces(record, node);
  const kinds = [...new Set([...Object.keys(NODE_PLACES[node.distribution]), ...named.keys()])];
  const plain = (kinds as NodeFileKind[]).flatMap((kind) => {
    const paths = named.get(kind) ?? NODE_PLACES[node.distribution][kind] ?? [];
    return paths.map((path) => ({ kind, path: `${node.root}${path}` }));
  });
  return plain.flatMap((place) =>
    FOLDERS.has(place.kind) ? [place, ...below(record, place, FOLDER_DEPTH_MAX)] : [place],
  );
}

function below(record: HostRecord, { kind, path }: NodePlace, depth: number): NodePlace[] {
  if (depth === 0) return [];
  return namesIn(record, path).flatMap((name) => {
    const inner = { kind, path: `${path}/${name}` };
    return [inner, ...below(record, inner, depth - 1)];
  });
}

/** Where flags, manifests and the kubelet's configuration say that files are. */
function namedPlaces(record: HostRecord, node: Node): Map<NodeFileKind, readonly string[]> {
  const named = new Map<NodeFileKind, readonly string[]>();
  const put = (kind: NodeFileKind, path: string | null): void => {
    if (path?.startsWith("/") === true) named.set(kind, [path.replace(/(.)\/+$/, "$1")]);
  };
  const flag = (name: string): string | null => optionIn(node.flags, name);
  put("kubelet-config", flag("config"));
  put("kubelet-kubeconfig", flag("kubeconfig"));
  const config = named.get("kubelet-config") ?? NODE_PLACES[node.distribution]["kubelet-config"];
  const kubelet = componentIn(record, `${node.root}${config?.[0] ?? ""}`, "kubelet");
  const option = "authentication.x509.clientCAFile";
  put("client-authority", flag("client-ca-file") ?? optionIn(kubelet?.options, option));
  if (node.distribution === "kubeadm") {
    const manifest = (kind: NodeFileKind): string =>
      `${node.root}${NODE_PLACES.kubeadm[kind]?.[0] ?? ""}`;
    const server = componentIn(record, manifest("api-server-manifest"), "kube-apiserver");
    const authority = optionIn(server?.options, "client-ca-file");
    put("pki", authority?.replace(/\/[^/]*$/, "") || null);
    const etcd = componentIn(record, manifest("etcd-manifest"), "etcd");
    put("etcd-data", optionIn(etcd?.options, "data-dir"));
  }
  const service = node.root === "" ? serviceFiles(record) : [];
  if (service.length > 0 && node.distribution === "kubeadm") named.set("kubelet-service", service);
  return named;
}

function optionIn(
  options: ReadonlyMap<string, Fact<string>> | undefined,
  name: string,
): string | null {
  const fact = options?.get(name);
  return fact?.state === "known" ? fact.value : null;
}

/** The component of a file; null where it cannot be read, which its own finding says. */
function componentIn(record: HostRecord, path: string, name: ComponentName): Component | null {
  const text = contentOf(record, path);
  if (text.state !== "known") return null;
  const found = documentsIn(text.value, path).flatMap((document) => [
    ...componentsOf(readKubernetes(document)),
    ...readComponentSettings(document),
  ]);
  return found.find(({ component }) => component === name) ?? null;
}

/** Documents of a file; none where it cannot be read as such. */
export function documentsIn(text: string, path: string): readonly unknown[] {
  try {
    return readObjectParts(utf8Bytes(text), path).documents;
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}

/** The file that makes the kubelet's unit, and those that are added to it. */
function serviceFiles(record: HostRecord): string[] {
  const units = UNIT_FOLDERS.map((folder) => `${folder}/${KUBELET_UNIT}`);
  const unit = units.find((path) => seenFile(record, path) !== null);
  const added = units.flatMap((path) =>
    namesIn(record, `${path}.d`)
      .filter((name) => name.endsWith(".conf"))
      .map((name) => `${path}.d/${name}`),
  );
  return [...(unit === undefined ? [] : [unit]), ...added];
}

function fileAt(
  record: HostRecord,
  { kind, path }: NodePlace,
  { node, accounts }: { readonly node: Node; readonly accounts: Accounts },
): NodeFile[] {
  const at = pointerToFile(path);
  const isTrusted = node.root === "";
  const file = fileOf(record, path);
  if (file === null || file.kind === "hidden") {
    const why = `${path} cannot be looked at: ${file?.why ?? "nobody did"}`;
    return [{ kind, path, at, isTrusted, owned: unknown(at, why) }];
  }
  if (file.kind === "absent") return [{ kind, path, at, isTrusted, owned: ABSENT }];
  // The folder of networks belongs to the system: what lies in it is meant.
  const isMeant = kind !== "cni" || file.kind !== "folder";
  const own: NodeFile = {
    kind,
    path,
    at,
    isTrusted,
    owned: known(ownershipOf(file, accounts), at),
  };
  // A folder that could not be listed, or not to its end.
  const isCut = file.kind === "folder" && FOLDERS.has(kind) && file.unread !== undefined;
  const rest = unknown(at, `what is in ${path} cannot be looked at: ${file.unread ?? ""}`);
  return [
    ...(isMeant ? [own] : []),
    ...(isCut ? [{ kind, path: `${path}/*`, at, isTrusted, owned: rest }] : []),
  ];
}

/** On a host the kernel goes by numbers: names are for people. */
function ownershipOf({ uid, gid, mode }: SeenFile, { users, groups }: Accounts): Ownership {
  return {
    user: { number: uid, name: uid === 0 ? "root" : (users.get(uid) ?? null) },
    group: { number: gid, name: gid === 0 ? "root" : (groups.get(gid) ?? null) },
    mode,
  };
}
