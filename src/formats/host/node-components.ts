// Kubernetes' own programs on a host that is a node: as the manifests of their pods say, and the kubelet's flags and configuration.
import { type Fact, known, unknown } from "../../kit/fact.ts";
import type { Component, ComponentName } from "../../model/component.ts";
import type { HostRecord } from "../../model/host-record.ts";
import type { NodeFile, NodeFileKind, NodeFiles } from "../../model/node-files.ts";
import { componentFrom, componentsOf, toldComponent } from "../workload/component.ts";
import { readKubernetes } from "../workload/kubernetes.ts";
import { documentsIn, nodesWithFiles } from "./node-files.ts";
import { contentOf, pointerToFile } from "./record-file.ts";

/** Manifests, and the component that each runs. */
const MANIFESTS: readonly (readonly [NodeFileKind, ComponentName])[] = [
  ["api-server-manifest", "kube-apiserver"],
  ["controller-manager-manifest", "kube-controller-manager"],
  ["scheduler-manifest", "kube-scheduler"],
  ["etcd-manifest", "etcd"],
];

/** The components of a host's nodes; those that cannot be read are there, and nothing is known of them. */
export function nodeComponentsOf(record: HostRecord): Component[] {
  return nodesWithFiles(record).flatMap(({ files, kubelet }) => [
    ...MANIFESTS.flatMap(([kind, component]) =>
      inManifest(record, filesOf(files, kind), component),
    ),
    ...(files.distribution === "k3s" ? inOneProgram(files) : [kubeletOf(record, files, kubelet)]),
  ]);
}

function filesOf({ files }: NodeFiles, wanted: NodeFileKind): NodeFile[] {
  return files.filter(({ kind, owned }) => kind === wanted && owned.state !== "absent");
}

function inManifest(
  record: HostRecord,
  files: readonly NodeFile[],
  component: ComponentName,
): Component[] {
  return files.flatMap(({ path }) => {
    const text = contentOf(record, path);
    const found =
      text.state === "known"
        ? documentsIn(text.value, path).flatMap((one) => componentsOf(readKubernetes(one)))
        : [];
    const own = found.filter((one) => one.component === component);
    if (own.length > 0) return own.map((one) => within(one, `${pointerToFile(path)}/text`));
    const why =
      text.state === "unknown" ? text.why : `${path} runs no ${component} that can be told`;
    return [hidden(component, record.name, unknown(pointerToFile(path), why))];
  });
}

/** The same, with pointers that lead into the record. */
function within(component: Component, prefix: string): Component {
  const moved = <T extends { readonly at: string }>(one: T): T => ({
    ...one,
    at: `${prefix}${one.at}`,
  });
  return {
    ...component,
    at: `${prefix}${component.at}`,
    options: new Map(
      [...component.options].map(([name, fact]): [string, Fact<string>] => [
        name,
        fact.state === "absent" ? fact : moved(fact),
      ]),
    ),
    gaps: component.gaps.map(moved),
  };
}

/** What its process was told, and the file that this names; without a process the file alone, which flags may go against. */
function kubeletOf(
  record: HostRecord,
  files: NodeFiles,
  process: { readonly args: readonly string[]; readonly at: string } | null,
): Component {
  const [config] = filesOf(files, "kubelet-config");
  const text = config === undefined ? null : contentOf(record, config.path);
  const [settings] = text?.state === "known" ? documentsIn(text.value, config?.path ?? "") : [];
  const settingsAt = config === undefined ? "" : `${pointerToFile(config.path)}/text`;
  const at = process?.at ?? (config === undefined ? "" : pointerToFile(config.path));
  const seen = process?.args.slice(1) ?? ["--config=seen"];
  const words = seen.map((word) => known(word, `${process?.at ?? at}`));
  const told = toldComponent("kubelet", { name: files.name, at, words, settings, settingsAt });
  if (process !== null) return told;
  const options = new Map([...told.options].filter(([name]) => name !== "config"));
  return { ...told, options, gaps: [...told.gaps, unknown(at, FLAGS_UNSEEN)] };
}

const FLAGS_UNSEEN =
  "no kubelet runs here whose flags could be seen: they may say otherwise than its file";

function inOneProgram({ files, name }: NodeFiles): Component[] {
  const isServer = files.some(({ kind, owned }) => kind === "pki" && owned.state !== "absent");
  const names: readonly ComponentName[] = isServer
    ? [...MANIFESTS.map(([, component]) => component), "kubelet"]
    : ["kubelet"];
  return names.map((one) => {
    const why = `k3s runs ${one} within its own program, which /etc/rancher/k3s/config.yaml sets up; that is not read`;
    return hidden(one, name, unknown("", why));
  });
}

function hidden(
  component: ComponentName,
  name: string,
  gap: ReturnType<typeof unknown>,
): Component {
  return componentFrom(component, { name, at: gap.at, options: new Map(), gaps: [gap] });
}
