// What a sensor on nodes wrote down of them: objects of the group hostdata.kubescape.cloud, one for each node and part. They hold
// owners and permissions of files, command lines, and texts of configuration.
// Source: Kubescape, host sensor; the objects that its rules read are in kubescape/regolibrary, rules/*/test.
import { AppError } from "../../kit/error.ts";
import { ABSENT, type Fact, known, type Unknown, unknown } from "../../kit/fact.ts";
import type { Component, ComponentName } from "../../model/component.ts";
import type {
  NodeFile,
  NodeFileKind,
  NodeFiles,
  Owner,
  Ownership,
} from "../../model/node-files.ts";
import { readObjectParts } from "../object-file.ts";
import { toldComponent } from "../workload/component.ts";
import { isPlain, nameAt, type Place, placeAt, placesAt } from "../workload/facts.ts";

const GROUP = /^hostdata\.kubescape\.cloud\//;
const CONTENT_MAX = 1 << 20;
const LIST_DEPTH_MAX = 3;

/** What objects of the sensor tell. */
export interface SensorTold {
  readonly subjects: readonly (NodeFiles | Component)[];
  /** Documents that it found in files: audit policies, settings of encryption. */
  readonly documents: readonly unknown[];
}

/** Reads an object, or the items of a list; null where none is of the sensor. */
export function readHostSensor(object: unknown): SensorTold | null {
  const found: SensorTold[] = [];
  collect({ value: isPlain(object) ? object : null, at: "" }, found, 0);
  if (found.length === 0) return null;
  return {
    subjects: found.flatMap(({ subjects }) => subjects),
    documents: found.flatMap(({ documents }) => documents),
  };
}

function collect(place: Place, found: SensorTold[], depth: number): void {
  if (nameAt(place, "kind").endsWith("List") && depth < LIST_DEPTH_MAX)
    for (const item of placesAt(place, "items", [])) collect(item, found, depth + 1);
  else if (GROUP.test(nameAt(place, "apiVersion"))) found.push(told(place));
}

function told(place: Place): SensorTold {
  const kind = nameAt(place, "kind");
  const gaps: Unknown[] = [];
  const name = nameAt(placeAt(place, "metadata", []), "name");
  const data = placeAt(place, "data", gaps);
  const files = partsOf(FILES, kind).flatMap(([path, what]) =>
    placesBelow(data, path, gaps).map((one) => fileAt(one, what)),
  );
  const node: NodeFiles = {
    form: "node",
    platform: "host",
    kind: "node",
    name,
    namespace: null,
    gaps,
    distribution: null,
    files,
  };
  const isOfFiles = Object.hasOwn(FILES, kind);
  return {
    subjects: [...(isOfFiles ? [node] : []), ...componentsIn(kind, data, name)],
    documents: partsOf(DOCUMENTS, kind).flatMap((path) =>
      placesBelow(data, path, []).flatMap((one) => documentsIn(contentAt(one))),
    ),
  };
}

/** A stranger names the kind. */
function partsOf<T>(table: Readonly<Record<string, readonly T[]>>, kind: string): readonly T[] {
  return Object.hasOwn(table, kind) ? (table[kind] ?? []) : [];
}

type Path = readonly string[];

/** Where objects of each kind say something of a file. */
const FILES: Readonly<Record<string, readonly (readonly [Path, NodeFileKind])[]>> = {
  KubeletInfo: [
    [["configFile"], "kubelet-config"],
    [["kubeConfigFile"], "kubelet-kubeconfig"],
    [["clientCAFile"], "client-authority"],
    [["serviceFiles"], "kubelet-service"],
  ],
  KubeProxyInfo: [[["kubeConfigFile"], "proxy-config"]],
  CNIInfo: [[["CNIConfigFiles"], "cni"]],
  ControlPlaneInfo: [
    [["APIServerInfo", "specsFile"], "api-server-manifest"],
    [["controllerManagerInfo", "specsFile"], "controller-manager-manifest"],
    [["controllerManagerInfo", "configFile"], "controller-manager-config"],
    [["schedulerInfo", "specsFile"], "scheduler-manifest"],
    [["schedulerInfo", "configFile"], "scheduler-config"],
    [["etcdConfigFile"], "etcd-manifest"],
    [["etcdDataDir"], "etcd-data"],
    [["adminConfigFile"], "admin-config"],
    [["PKIDir"], "pki"],
    [["PKIFiles"], "pki"],
  ],
};

const DOCUMENTS: Readonly<Record<string, readonly Path[]>> = {
  ControlPlaneInfo: [
    ["APIServerInfo", "auditPolicyFile"],
    ["APIServerInfo", "encryptionProviderConfigFile"],
  ],
};

/** Where command lines stand, and beside them the file that the program reads. */
const COMMANDS: Readonly<Record<string, readonly (readonly [Path, ComponentName])[]>> = {
  KubeletInfo: [[[], "kubelet"]],
  KubeProxyInfo: [[[], "kube-proxy"]],
  ControlPlaneInfo: [
    [["APIServerInfo"], "kube-apiserver"],
    [["controllerManagerInfo"], "kube-controller-manager"],
    [["schedulerInfo"], "kube-scheduler"],
  ],
};

/** The object at a path, or those of the list that is there. */
function placesBelow(data: Place, path: Path, gaps: Unknown[]): Place[] {
  const [first, ...rest] = path;
  if (first === undefined) return data.value === null ? [] : [data];
  const isList = rest.length === 0 && Array.isArray(data.value?.[first]);
  return isList ? placesAt(data, first, gaps) : placesBelow(placeAt(data, first, gaps), rest, gaps);
}

function fileAt(place: Place, kind: NodeFileKind): NodeFile {
  const path = nameAt(place, "path");
  return { kind, path, at: place.at, isTrusted: false, owned: ownedAt(place, path) };
}

function ownedAt(place: Place, path: string): Fact<Ownership> {
  const { permissions } = place.value ?? {};
  const ownership = placeAt(place, "ownership", []);
  const error = nameAt(ownership, "err");
  if (error !== "") return unknown(place.at, `${path} could not be looked at: ${error}`);
  const isMode = typeof permissions === "number" && Number.isSafeInteger(permissions);
  if (!isMode && ownership.value === null) return ABSENT;
  return known(
    {
      user: ownerAt(ownership, "uid", "username"),
      group: ownerAt(ownership, "gid", "groupname"),
      mode: isMode ? permissions & 0o7777 : null,
    },
    place.at,
  );
}

function ownerAt(place: Place, number: string, name: string): Owner {
  const found = place.value?.[number];
  const named = nameAt(place, name);
  return {
    number: typeof found === "number" && Number.isSafeInteger(found) ? found : null,
    name: named === "" ? null : named,
  };
}

function componentsIn(kind: string, data: Place, node: string): Component[] {
  return partsOf(COMMANDS, kind).flatMap(([path, component]) =>
    placesBelow(data, path, []).flatMap((place) => {
      const line = nameAt(place, "cmdLine").trim();
      if (line === "") return [];
      const words = line.split(/\s+/).map((word) => known(word, `${place.at}/cmdLine`));
      const file = placeAt(place, "configFile", []);
      const [settings] = documentsIn(contentAt(file));
      const name = component === "kubelet" ? node : `${component}${node && `-${node}`}`;
      const settingsAt = `${file.at}/content`;
      return [toldComponent(component, { name, at: place.at, words, settings, settingsAt })];
    }),
  );
}

function contentAt(place: Place): string {
  const encoded = nameAt(place, "content");
  return encoded.length > CONTENT_MAX ? "" : Buffer.from(encoded, "base64").toString("utf8");
}

/** What cannot be read has no document: its component then says that a file sets its options. */
function documentsIn(text: string): readonly unknown[] {
  if (text.trim() === "") return [];
  try {
    return readObjectParts(Buffer.from(text), "").documents;
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}
