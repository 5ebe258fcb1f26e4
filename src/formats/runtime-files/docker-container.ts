// What a Docker Engine keeps of a container below its data-root, written before the first process of it starts.
// @see moby, container/container.go and image/reference store; these files are the engine's own, so any field may be absent
import type { ContainerMount } from "../../model/container.ts";
import { asObject, type JsonObject, member, object, text } from "../json-object.ts";
import { imageId } from "./image-name.ts";
import { jsonOf, textsOf } from "./json-file.ts";

/** `containers/ID/config.v2.json`. */
export interface DockerContainer {
  readonly id: string;
  readonly name: string;
  /** As the user named it; an id where it was started by one. */
  readonly imageReference: string;
  readonly imageId: string | null;
  /** Of the manifest, where the engine keeps its images in containerd and says so. */
  readonly manifestDigest: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly mounts: readonly ContainerMount[];
  /** `overlay2`: the folder of the engine's list of names of images is called so. */
  readonly driver: string;
}

/** @returns null for what is no such file. */
export function readDockerContainer(bytes: Uint8Array): DockerContainer | null {
  const top = jsonOf(bytes);
  const id = text(top, "ID");
  if (id === "") return null;
  const config = object(top, "Config");
  const digest = text(object(top, "ImageManifest"), "digest");
  return {
    id,
    name: text(top, "Name").replace(/^\//, ""),
    imageReference: text(config, "Image"),
    imageId: imageId(text(top, "Image")),
    manifestDigest: imageId(digest),
    labels: textsOf(object(config, "Labels")),
    mounts: mountsOf(object(top, "MountPoints")),
    driver: text(top, "Driver"),
  };
}

const MOUNTS_MAX = 1000;

function mountsOf(points: JsonObject | null): ContainerMount[] {
  const all = Object.values(points ?? {}).slice(0, MOUNTS_MAX);
  return all.flatMap((value) => {
    const point = asObject(value);
    const destination = text(point, "Destination");
    if (destination === "") return [];
    return [
      { destination, source: text(point, "Source"), isWritable: member(point, "RW") === true },
    ];
  });
}

/** `containers/ID/hostconfig.json`: whether the container is privileged; null where the file does not say. */
export function readDockerPrivileged(bytes: Uint8Array): boolean | null {
  const written = member(jsonOf(bytes), "Privileged");
  return typeof written === "boolean" ? written : null;
}

/**
 * `image/DRIVER/repositories.json`: the digest under which a registry knows an image.
 *
 * @param reference As the container names it: of several repositories, its own is the one.
 * @returns null for an image that was never pulled or pushed.
 */
export function digestInRepositories(
  bytes: Uint8Array,
  { reference, id }: { readonly reference: string; readonly id: string },
): string | null {
  let other: string | null = null;
  for (const [repository, value] of Object.entries(object(jsonOf(bytes), "Repositories") ?? {})) {
    const names = asObject(value) ?? {};
    const digest = Object.keys(names).find((name) => name.includes("@") && names[name] === id);
    if (digest === undefined) continue;
    const found = imageId(digest.slice(digest.indexOf("@") + 1));
    const isOwn = reference === repository || /^[:@]/.test(reference.slice(repository.length));
    if (reference.startsWith(repository) && isOwn) return found;
    other ??= found;
  }
  return other;
}
