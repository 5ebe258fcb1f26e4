// One container as its runtime wrote it down before the first process of it started. Reads a few small files, and waits for nobody.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { CgroupContainer } from "../../formats/cgroups/container-cgroup.ts";
import {
  type BundleContainer,
  bundleContainer,
} from "../../formats/runtime-files/bundle-container.ts";
import {
  type DockerContainer,
  digestInRepositories,
  readDockerContainer,
  readDockerPrivileged,
} from "../../formats/runtime-files/docker-container.ts";
import { imageName } from "../../formats/runtime-files/image-name.ts";
import { type OciBundle, readBundle } from "../../formats/runtime-files/oci-bundle.ts";
import { storedContainer, storedDigest } from "../../formats/runtime-files/storage.ts";
import type { Container, ContainerImage } from "../../model/container.ts";
import type { Problem } from "../../model/problem.ts";
import type { RuntimeRoots } from "./runtime-roots.ts";
import { readSmall } from "./small-file.ts";

/** A container, and the file that changes when it does. */
export interface ReadContainer {
  readonly container: Container;
  readonly source: string;
  readonly modifiedMs: number;
}

/** @returns Null when no runtime of this host has written anything of it. */
export function readContainer(asked: CgroupContainer, roots: RuntimeRoots): ReadContainer | null {
  const problems: Problem[] = [];
  const place = findBundle(asked, roots, problems);
  const isDocker =
    (place !== null && learnDocker(place.bundle, asked.id, roots)) || asked.runtime === "docker";
  const docker = readDocker(asked.id, { roots, place, problems });
  if (docker !== null) return docker;
  if (place !== null) {
    // Docker's bundles tell neither the name nor the image, so that one alone is not the whole of a container.
    if (isDocker && problems.length === 0) problems.push(NO_DOCKER);
    return fromBundle(asked.id, { roots, place, problems });
  }
  // It is there and cannot be read: known by its id alone, which is another thing than not known.
  return problems.length === 0
    ? null
    : { container: byId(asked, problems), source: "", modifiedMs: 0 };
}

/** What can be said of a container of which nothing could be read. */
export function byId({ id, runtime }: CgroupContainer, problems: readonly Problem[]): Container {
  const engine = runtime === "nerdctl" ? "containerd" : runtime;
  const isLxc = engine === "lxc";
  return {
    id,
    engine,
    // LXC knows containers by their names alone, and has no images.
    name: isLxc ? id : null,
    image: null,
    labels: {},
    isPrivileged: null,
    pod: null,
    mounts: null,
    startedAt: null,
    problems: isLxc ? [] : problems,
  };
}

interface BundlePlace {
  readonly path: string;
  readonly bundle: OciBundle;
  readonly modifiedMs: number;
  /** Of containers/storage: `/var/lib/containers/storage/overlay`, to which `-images` and `-containers` are added; null for containerd. */
  readonly store: string | null;
}

interface Reading {
  readonly roots: RuntimeRoots;
  readonly place: BundlePlace | null;
  readonly problems: Problem[];
}

const BUNDLES = "io.containerd.runtime.v2.task";

function findBundle(
  { id, namespace, runtime }: CgroupContainer,
  roots: RuntimeRoots,
  problems: Problem[],
): BundlePlace | null {
  const own = runtime === "podman" || runtime === "cri-o";
  const order = own ? [inStorage, inStates] : [inStates, inStorage];
  for (const find of order) {
    const found = find({ id, namespace, roots, problems });
    if (found !== null) return found;
  }
  return null;
}

interface Search {
  readonly id: string;
  readonly namespace: string | null;
  readonly roots: RuntimeRoots;
  readonly problems: Problem[];
}

function inStates({ id, namespace, roots, problems }: Search): BundlePlace | null {
  for (const root of roots.states) {
    const folder = join(root, BUNDLES);
    for (const name of namespace === null ? names(folder) : [namespace]) {
      const found = bundleAt(join(folder, name, id, "config.json"), null, problems);
      if (found !== null) return found;
    }
  }
  return null;
}

function inStorage({ id, roots, problems }: Search): BundlePlace | null {
  for (const root of roots.storage) {
    for (const name of names(root).filter((one) => one.endsWith("-containers"))) {
      const store = join(root, name.slice(0, -"-containers".length));
      const found = bundleAt(join(root, name, id, "userdata", "config.json"), store, problems);
      if (found !== null) return found;
    }
  }
  return null;
}

const NAMES_MAX = 256;

/** Sorted, so that the answer does not hang on how a folder is stored. */
function names(folder: string): string[] {
  try {
    return readdirSync(folder).sort().slice(0, NAMES_MAX);
  } catch {
    return [];
  }
}

function bundleAt(path: string, store: string | null, problems: Problem[]): BundlePlace | null {
  const file = readSmall(path);
  if (file.kind === "absent") return null;
  if (file.kind === "unreadable") {
    problems.push(unknown(path, file.reason));
    return null;
  }
  const bundle = readBundle(file.bytes);
  if (bundle !== null) return { path, bundle, store, modifiedMs: file.modifiedMs };
  problems.push(unknown(path, "it is no configuration of a container"));
  return null;
}

const NO_DOCKER: Problem = {
  code: "container-unknown",
  detail: "Docker has written nothing of it where its data is looked for",
};

/**
 * Docker mounts its own files into every container, and so tells where its data lies.
 *
 * @returns Whether it is a bundle of Docker's.
 */
function learnDocker(bundle: OciBundle, id: string, roots: RuntimeRoots): boolean {
  const end = `/containers/${id}/`;
  for (const { destination, source } of bundle.mounts) {
    if (!destination.startsWith("/etc/") || !source.includes(end)) continue;
    roots.addDocker(source.slice(0, source.indexOf(end)));
    return true;
  }
  return false;
}

function readDocker(id: string, reading: Reading): ReadContainer | null {
  const { roots, problems } = reading;
  for (const root of roots.docker) {
    const path = join(root, "containers", id, "config.v2.json");
    const file = readSmall(path);
    if (file.kind === "absent") continue;
    const docker = file.kind === "file" ? readDockerContainer(file.bytes) : null;
    if (file.kind === "file" && docker !== null)
      return fromDocker(docker, { ...reading, root, path, modifiedMs: file.modifiedMs });
    const state = file.kind === "unreadable" ? file.reason : "it is no container of Docker's";
    problems.push(unknown(path, state));
  }
  return null;
}

interface DockerReading extends Reading {
  readonly root: string;
  readonly path: string;
  readonly modifiedMs: number;
}

function fromDocker(docker: DockerContainer, reading: DockerReading): ReadContainer {
  const { root, path, modifiedMs, place, problems } = reading;
  const host = readSmall(join(root, "containers", docker.id, "hostconfig.json"));
  if (host.kind === "unreadable") problems.push(unknown("hostconfig.json", host.reason));
  const { labels } = docker;
  const container: Container = {
    id: docker.id,
    engine: "docker",
    name: docker.name === "" ? null : docker.name,
    image: imageOf(docker.imageReference, {
      id: docker.imageId,
      digest: docker.manifestDigest ?? digestOf(docker, root),
    }),
    labels,
    isPrivileged: host.kind === "file" ? readDockerPrivileged(host.bytes) : null,
    // cri-dockerd writes what the kubelet told it as labels.
    pod: podIn(labels),
    mounts: docker.mounts,
    ...seccompOf(place),
    // When the runtime was told to start it; the engine writes the time down only after it has.
    startedAt: place?.modifiedMs ?? null,
    problems,
  };
  return { container, source: path, modifiedMs };
}

function digestOf(docker: DockerContainer, root: string): string | null {
  if (docker.imageId === null) return null;
  const file = readSmall(join(root, "image", docker.driver, "repositories.json"));
  if (file.kind !== "file") return null;
  const { imageReference: reference, imageId: id } = docker;
  return digestInRepositories(file.bytes, { reference, id });
}

function podIn(labels: Readonly<Record<string, string>>): Container["pod"] {
  const name = labels["io.kubernetes.pod.name"];
  if (name === undefined) return null;
  const namespace = labels["io.kubernetes.pod.namespace"] ?? "";
  return { name, namespace, uid: labels["io.kubernetes.pod.uid"] ?? null, labels: {} };
}

function fromBundle(
  id: string,
  { roots, place, problems }: Reading & { readonly place: BundlePlace },
): ReadContainer {
  const own = bundleContainer(place.bundle);
  const stored = place.store === null ? null : inLists(id, own, place.store);
  const reference = own.imageReference === "" ? (stored?.imageReference ?? "") : own.imageReference;
  const container: Container = {
    id,
    engine: own.engine,
    name: own.name ?? stored?.name ?? null,
    image: imageOf(reference, {
      id: own.imageId ?? stored?.imageId ?? null,
      digest: own.imageDigest ?? stored?.digest ?? null,
    }),
    labels: own.labels,
    isPrivileged: own.isPrivileged,
    pod: withLabels(own, roots, problems),
    mounts: place.bundle.mounts,
    ...seccompOf(place),
    startedAt: place.modifiedMs,
    problems,
  };
  return { container, source: place.path, modifiedMs: place.modifiedMs };
}

/** The labels of a pod are with the container that holds its namespaces. */
function withLabels(
  own: BundleContainer,
  roots: RuntimeRoots,
  problems: Problem[],
): Container["pod"] {
  const { pod, sandboxId } = own;
  if (pod === null || sandboxId === null) return pod;
  const found = inStorage({ id: sandboxId, namespace: null, roots, problems });
  const labels = found === null ? null : (bundleContainer(found.bundle).pod?.labels ?? null);
  return labels === null ? pod : { ...pod, labels };
}

interface Stored {
  readonly name: string | null;
  readonly imageReference: string;
  readonly imageId: string | null;
  readonly digest: string | null;
}

function inLists(id: string, own: BundleContainer, store: string): Stored | null {
  const containers = readSmall(join(`${store}-containers`, "containers.json"));
  const entry = containers.kind === "file" ? storedContainer(containers.bytes, id) : null;
  const image = own.imageId ?? entry?.imageId ?? null;
  const images = image === null ? null : readSmall(join(`${store}-images`, "images.json"));
  const digest =
    images?.kind === "file" && image !== null ? storedDigest(images.bytes, image) : null;
  if (entry === null && digest === null) return null;
  return { name: null, imageReference: "", imageId: null, ...entry, digest };
}

function seccompOf(place: BundlePlace | null): Pick<Container, "seccomp"> {
  const seccomp = place?.bundle.seccomp ?? null;
  return seccomp === null ? {} : { seccomp };
}

/** Null where nothing is known of it. */
function imageOf(
  reference: string,
  { id, digest }: { readonly id: string | null; readonly digest: string | null },
): ContainerImage | null {
  const name = imageName(reference);
  if (name === null && id === null && digest === null) return null;
  return {
    reference,
    repository: name?.repository ?? "",
    tag: name?.tag ?? null,
    digest: name?.digest ?? digest,
    id,
  };
}

function unknown(path: string, reason: string): Problem {
  return { code: "container-unknown", detail: `cannot read ${JSON.stringify(path)}: ${reason}` };
}
