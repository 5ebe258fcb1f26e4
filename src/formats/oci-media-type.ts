// Media types of images, as OCI and Docker write them. @see OCI image specification, media-types.md

export const OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const OCI_INDEX = "application/vnd.oci.image.index.v1+json";
export const OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
export const DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
export const DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json";
export const DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
/** Of a configuration that says nothing: its contents are `{}`. */
export const EMPTY_CONFIG = "application/vnd.oci.empty.v1+json";
/** What a registry is asked for, the best first. */
export const MANIFEST_TYPES: readonly string[] = [
  OCI_INDEX,
  OCI_MANIFEST,
  DOCKER_INDEX,
  DOCKER_MANIFEST,
];

export function isImageConfigType(mediaType: string): boolean {
  return mediaType === OCI_CONFIG || mediaType === DOCKER_CONFIG;
}

export type LayerCompression = "gzip" | "zstd" | "plain";

/** What a layer's media type says; the bytes themselves have the last word on the compression. */
export interface LayerType {
  /** null when the media type is not that of a layer that we know. */
  readonly compression: LayerCompression | null;
  /** Not kept in the registry but at an address of its own (Windows base layers). */
  readonly foreign: boolean;
  readonly encrypted: boolean;
}

const PLAIN_LAYERS = [
  "application/vnd.oci.image.layer.v1.tar",
  "application/vnd.docker.image.rootfs.diff.tar",
];
const FOREIGN_LAYERS = [
  "application/vnd.oci.image.layer.nondistributable.v1.tar",
  "application/vnd.docker.image.rootfs.foreign.diff.tar",
];

/** Takes a layer's media type apart. */
export function layerType(mediaType: string): LayerType {
  // Encryption adds to the type: https://github.com/containers/ocicrypt
  const encrypted = mediaType.endsWith("+encrypted");
  const bare = encrypted ? mediaType.slice(0, -"+encrypted".length) : mediaType;
  // OCI joins by `+`, Docker by `.`.
  const match = /^(.*\.tar)(?:[+.](gzip|zstd))?$/.exec(bare);
  const base = match?.[1] ?? "";
  const foreign = FOREIGN_LAYERS.includes(base);
  const known = foreign || PLAIN_LAYERS.includes(base);
  const compression = match?.[2] === "gzip" || match?.[2] === "zstd" ? match[2] : "plain";
  return { compression: known ? compression : null, foreign, encrypted };
}

/** Why a layer of this media type cannot be examined; null when it can. */
export function layerHindrance(mediaType: string): string | null {
  const type = layerType(mediaType);
  if (type.encrypted) return "it is encrypted";
  if (type.foreign) return "it is not kept with the image but at an address of its own";
  if (type.compression === null) {
    return `its media type ${JSON.stringify(mediaType.slice(0, 100))} is not that of a layer`;
  }
  return null;
}
