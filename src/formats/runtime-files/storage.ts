// The lists of containers and images that Podman, CRI-O and Buildah share. @see containers/storage, containers.go and images.go

import { utf8Bytes } from "../../kit/text.ts";
import { text, texts } from "../json-object.ts";
import { imageId } from "./image-name.ts";
import { jsonListOf, jsonOf } from "./json-file.ts";

/** An entry of `DRIVER-containers/containers.json`. */
export interface StoredContainer {
  readonly name: string | null;
  /** As it was named; `""` where it was not. */
  readonly imageReference: string;
  readonly imageId: string | null;
}

/** @returns null when the list has no such container. */
export function storedContainer(bytes: Uint8Array, id: string): StoredContainer | null {
  const entry = jsonListOf(bytes).find((one) => text(one, "id") === id);
  if (entry === undefined) return null;
  const metadata = jsonOf(utf8Bytes(text(entry, "metadata")));
  return {
    name: texts(entry, "names")[0] ?? null,
    imageReference: text(metadata, "image-name"),
    imageId: imageId(text(entry, "image")) ?? imageId(text(metadata, "image-id")),
  };
}

/** The digest of an image in `DRIVER-images/images.json`: that of its manifest. Null when the list does not say. */
export function storedDigest(bytes: Uint8Array, id: string): string | null {
  const bare = id.replace(/^sha256:/, "");
  const entry = jsonListOf(bytes).find((one) => text(one, "id") === bare);
  return entry === undefined ? null : imageId(text(entry, "digest"));
}
