// Kubernetes objects in the normal form: pods, and everything that has a pod template.
// Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/, and Pod Security for what matters.
import { ABSENT, effective, type Fact, known, type Unknown, unknown } from "../../kit/fact.ts";
import type {
  Container,
  ContainerKind,
  Label,
  Mount,
  ProfileAnnotation,
  ProfileAnnotations,
  Volume,
  Workload,
} from "../../model/workload.ts";
import {
  booleanAt,
  type Gaps,
  isPlain,
  membersAt,
  nameAt,
  numberAt,
  type Place,
  placeAt,
  placesAt,
  textAt,
  textFact,
} from "./facts.ts";
import { readContainer, securityAt } from "./kubernetes-container.ts";
import { placementOf, startedPod } from "./started-pod.ts";

/** How much is read of one document; lists may repeat one container by aliases. */
const CONTAINERS_MAX = 20_000;
const LIST_DEPTH_MAX = 3;

/** Where the pod stands in kinds that have it elsewhere than in `spec.template`. */
const POD_PATHS: ReadonlyMap<string, readonly string[]> = new Map([
  ["Pod", []],
  ["PodTemplate", ["template"]],
  ["CronJob", ["spec", "jobTemplate", "spec", "template"]],
]);
const USUAL_PATH: readonly string[] = ["spec", "template"];

/** Kinds that always have a pod; of others, one that has containers in `spec.template.spec` counts. */
const WORKLOADS: ReadonlySet<string> = new Set([
  ...POD_PATHS.keys(),
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "ReplicaSet",
  "ReplicationController",
  "Job",
]);

/** Whether a value is a Kubernetes object. */
export function isKubernetesObject(value: unknown): boolean {
  return (
    isPlain(value) && typeof value["apiVersion"] === "string" && typeof value["kind"] === "string"
  );
}

/** Whether every object of a kind has a pod, so that one in which none is found cannot be told about. */
export function runsContainers(kind: string): boolean {
  return WORKLOADS.has(kind);
}

/**
 * The workloads of an object: one, those of the items of a list, or none when it runs nothing.
 *
 * @param object As `JSON.parse` gives it; may be anything.
 */
export function readKubernetes(object: unknown): Workload[] {
  const reader = new Reader();
  reader.object({ value: isPlain(object) ? object : null, at: "" }, "", 0);
  return reader.workloads;
}

class Reader {
  readonly workloads: Workload[] = [];
  #containersLeft = CONTAINERS_MAX;

  /** @param itemKind The kind of an item that does not say its own, as in what the API answers. */
  object(place: Place, itemKind: string, depth: number): void {
    const kind = nameAt(place, "kind") || itemKind;
    if (kind.endsWith("List") && Array.isArray(place.value?.["items"])) {
      const gaps: Gaps = [];
      const items = depth < LIST_DEPTH_MAX ? placesAt(place, "items", gaps) : [];
      if (depth >= LIST_DEPTH_MAX) gaps.push(unknown(place.at, "lists of lists are not read"));
      for (const item of items) this.object(item, kind.slice(0, -"List".length), depth + 1);
      if (gaps.length > 0) this.#workload(kind, place, place, gaps);
      return;
    }
    const isKnown = WORKLOADS.has(kind);
    const pod = descend(place, POD_PATHS.get(kind) ?? USUAL_PATH);
    if (isKnown || Array.isArray(specOf(pod)?.["containers"])) this.#workload(kind, place, pod, []);
  }

  #workload(kind: string, object: Place, pod: Place, gaps: Gaps): void {
    const metadata = placeAt(object, "metadata", gaps);
    const spec = placeAt(pod, "spec", gaps);
    if (spec.value === null && gaps.length === 0)
      gaps.push(unknown(object.at, `the ${kind} has no pod`));
    const security = placeAt(spec, "securityContext", gaps);
    const namespace = nameAt(metadata, "namespace");
    this.workloads.push({
      platform: "kubernetes",
      evidence: "declared",
      apiVersion: nameAt(object, "apiVersion"),
      kind,
      name: nameAt(metadata, "name") || nameAt(metadata, "generateName"),
      namespace: namespace === "" ? null : namespace,
      at: object.at,
      form: "workload",
      podAt: spec.at,
      os: textAt(placeAt(spec, "os", gaps), "name"),
      host: {
        network: booleanAt(spec, "hostNetwork"),
        pid: booleanAt(spec, "hostPID"),
        ipc: booleanAt(spec, "hostIPC"),
        uts: ABSENT,
        users: booleanAt(spec, "hostUsers"),
      },
      sharesProcesses: booleanAt(spec, "shareProcessNamespace"),
      account: {
        name: effective(textAt(spec, "serviceAccountName"), textAt(spec, "serviceAccount")),
        mountsToken: booleanAt(spec, "automountServiceAccountToken"),
      },
      labels: labelsIn(placeAt(pod, "metadata", gaps), gaps),
      security: securityAt(security, gaps),
      groups: groupsIn(security),
      sysctls: placesAt(security, "sysctls", gaps).map((sysctl) => textAt(sysctl, "name")),
      annotations: annotationsOf(pod, gaps),
      volumes: volumesIn(spec, gaps),
      containers: this.#containers(spec, gaps),
      networks: NO_NETWORKS,
      started: kind === "Pod" ? startedPod(object.value) : null,
      ignored: [],
      gaps,
      ...placementOf(spec, gaps),
    });
  }

  #containers(spec: Place, gaps: Gaps): Container[] {
    const all: Container[] = [];
    this.#add(all, "init", placesIn(spec, "initContainers", gaps), gaps);
    this.#add(all, "regular", placesIn(spec, "containers", gaps), gaps);
    this.#add(all, "ephemeral", placesIn(spec, "ephemeralContainers", gaps), gaps);
    return all;
  }

  #add(all: Container[], kind: ContainerKind, places: readonly Place[], gaps: Gaps): void {
    for (const place of places) {
      this.#containersLeft -= 1;
      if (this.#containersLeft < 0) {
        gaps.push(unknown(place.at, `only ${CONTAINERS_MAX} containers are read`));
        return;
      }
      const isSidecar = kind === "init" && place.value?.["restartPolicy"] === "Always";
      all.push(readContainer(isSidecar ? "sidecar" : kind, place, gaps));
    }
  }
}

function groupsIn(security: Place): Fact<number>[] {
  if (security.value === null) return NO_GROUPS;
  const { value, at } = security;
  const more = value["supplementalGroups"];
  const added = (Array.isArray(more) ? more : []).map((group: unknown, i) =>
    typeof group === "number"
      ? known(group, `${at}/supplementalGroups/${i}`)
      : unknown(`${at}/supplementalGroups/${i}`, "a group is no number"),
  );
  return [numberAt(security, "fsGroup"), ...added];
}

const NO_NETWORKS: Workload["networks"] = [];
const NO_GROUPS: Fact<number>[] = [];

function labelsIn(metadata: Place, gaps: Gaps): Label[] {
  return membersAt(metadata, "labels", gaps).map(({ name, value }) => ({
    name,
    value: typeof value === "string" ? value : "",
  }));
}

/** Volumes, with the places where containers mount them. */
function volumesIn(spec: Place, gaps: Gaps): Volume[] {
  const places = placesAt(spec, "volumes", gaps);
  if (places.length === 0) return [];
  const mounts = new Map<string, Mount[]>();
  for (const list of ["initContainers", "containers", "ephemeralContainers"])
    for (const container of placesIn(spec, list, gaps))
      for (const place of placesIn(container, "volumeMounts", gaps)) {
        const name = nameAt(place, "name");
        const those = mounts.get(name) ?? [];
        if (those.length === 0) mounts.set(name, those);
        those.push({
          container: nameAt(container, "name"),
          at: place.at,
          readOnly: booleanAt(place, "readOnly"),
          propagation: textAt(place, "mountPropagation"),
        });
      }
  return places.map((place) => ({
    mounts: mounts.get(nameAt(place, "name")) ?? [],
    ...volume(place),
  }));
}

/** Most pods have one kind of containers only. */
function placesIn(spec: Place, name: string, gaps: Gaps): readonly Place[] {
  return spec.value?.[name] === undefined ? NO_PLACES : placesAt(spec, name, gaps);
}

const NO_PLACES: readonly Place[] = [];

function descend(place: Place, names: readonly string[]): Place {
  let { value, at } = place;
  for (const name of names) {
    const next: unknown = value?.[name];
    if (!isPlain(next)) return { value: null, at: place.at };
    value = next;
    at = `${at}/${name}`;
  }
  return { value, at };
}

function specOf({ value }: Place): Readonly<Record<string, unknown>> | null {
  const spec = value?.["spec"];
  return isPlain(spec) ? spec : null;
}

/** The one member of a volume beside its name says where it comes from; without one it is an empty folder. */
function volume(place: Place): Omit<Volume, "mounts"> {
  const { value, at } = place;
  const name = nameAt(place, "name");
  const types = Object.keys(value ?? {}).filter((key) => key !== "name" && value?.[key] != null);
  const [type] = types;
  if (type === undefined) {
    return { name, at, type: { state: "known", value: "emptyDir", at }, hostPath: ABSENT };
  }
  if (types.length > 1) {
    const several: Unknown = unknown(at, `volume ${name} has several types`);
    return { name, at, type: several, hostPath: several };
  }
  const hostPath = type === "hostPath" ? hostPathOf(value?.[type], `${at}/hostPath`) : ABSENT;
  return { name, at, type: textFact(type, `${at}/${type}`, "the type"), hostPath };
}

function hostPathOf(source: unknown, at: string): Volume["hostPath"] {
  if (!isPlain(source)) return unknown(at, "hostPath is no mapping");
  const path = textAt({ value: source, at }, "path");
  return path.state === "absent" ? unknown(at, "hostPath has no path") : path;
}

const APP_ARMOR = "container.apparmor.security.beta.kubernetes.io/";
const SECCOMP_POD = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP = "container.seccomp.security.alpha.kubernetes.io/";
const NO_ANNOTATIONS: ProfileAnnotations = { appArmor: [], seccomp: [] };

function annotationsOf(pod: Place, gaps: Gaps): ProfileAnnotations {
  const metadata = placeAt(pod, "metadata", gaps);
  if (metadata.value?.["annotations"] === undefined) return NO_ANNOTATIONS;
  const appArmor: ProfileAnnotation[] = [];
  const seccomp: ProfileAnnotation[] = [];
  for (const { name, value, at } of membersAt(metadata, "annotations", gaps)) {
    const fact = (): ProfileAnnotation["value"] => textFact(value, at, name);
    if (name.startsWith(APP_ARMOR))
      appArmor.push({ container: name.slice(APP_ARMOR.length), value: fact() });
    else if (name.startsWith(SECCOMP))
      seccomp.push({ container: name.slice(SECCOMP.length), value: fact() });
    else if (name === SECCOMP_POD) seccomp.push({ container: null, value: fact() });
  }
  return { appArmor, seccomp };
}
