// Manifests, indexes and configurations of images, in OCI's and Docker's form, from bytes to values.
// Nothing is verified against a digest here: whoever has the bytes does that. @see OCI image specification 1.1
import { AppError } from "../kit/error.ts";
import type { Platform } from "../model/artifact.ts";
import type { Digest } from "../model/digest.ts";
import {
  complain,
  count,
  has,
  items,
  type JsonDocument,
  type JsonPlace,
  member,
  optionalText,
  parseJson,
  text,
  texts,
} from "./json-shape.ts";
import { DOCKER_INDEX, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from "./oci-media-type.ts";

/** No larger manifest, index or configuration is read; registries themselves refuse manifests past 4 MiB. */
export const DOCUMENT_BYTES_MAX: number = 4 * 2 ** 20;

const TEXT_MAX = 4096;
const LAYERS_MAX = 4096;
const MANIFESTS_MAX = 4096;
const HISTORY_MAX = 20_000;
const ANNOTATIONS_MAX = 1000;

/** Names content by digest, size and kind. @see descriptor.md */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly platform: Platform | null;
  readonly artifactType: string | null;
  readonly annotations: ReadonlyMap<string, string>;
  /** Where else it may be had; we never follow these. */
  readonly urls: readonly string[];
}

/** An image, or an artifact in the form of one. @see manifest.md */
export interface Manifest {
  readonly kind: "manifest";
  readonly mediaType: string;
  readonly artifactType: string | null;
  readonly config: Descriptor;
  /** From the bottom. */
  readonly layers: readonly Descriptor[];
  /** What it is attached to. */
  readonly subject: Descriptor | null;
  readonly annotations: ReadonlyMap<string, string>;
}

/** Several manifests under one name, one for each platform. @see image-index.md */
export interface Index {
  readonly kind: "index";
  readonly mediaType: string;
  readonly artifactType: string | null;
  readonly manifests: readonly Descriptor[];
  readonly subject: Descriptor | null;
  readonly annotations: ReadonlyMap<string, string>;
}

/** One step of an image's making. */
export interface HistoryLine {
  readonly createdBy: string | null;
  readonly created: string | null;
  readonly comment: string | null;
  /** It made no layer. */
  readonly emptyLayer: boolean;
}

/** What an image's configuration says. @see config.md */
export interface ImageConfig {
  readonly platform: Platform;
  readonly created: string | null;
  /** Digests of the plain layers, from the bottom. */
  readonly diffIds: readonly Digest[];
  readonly history: readonly HistoryLine[];
  /** User, Env, Entrypoint, … as they stand; checks read them. An empty object when absent. */
  readonly config: unknown;
}

/**
 * Reads a manifest.
 *
 * @throws {AppError} `archive-invalid` when it is not one, naming the place.
 */
export function parseManifest(bytes: Uint8Array): Manifest {
  const document = parseManifestOrIndex(bytes);
  if (document.kind === "manifest") return document;
  throw new AppError("archive-invalid", "cannot read image manifest: it is an index");
}

/**
 * Reads an index.
 *
 * @throws {AppError} `archive-invalid` when it is not one, naming the place.
 */
export function parseIndex(bytes: Uint8Array): Index {
  const document = parseManifestOrIndex(bytes);
  if (document.kind === "index") return document;
  throw new AppError("archive-invalid", "cannot read image index: it is a manifest");
}

/**
 * Reads what a registry or a layout has under a name. What it is, is told by its members and must agree with the media type
 * that it states; a document that could be read as both is refused, because two readers would see two images (CVE-2021-41190).
 *
 * @throws {AppError} `archive-invalid`, naming the place; for Docker's schema 1, saying so.
 */
export function parseManifestOrIndex(bytes: Uint8Array): Manifest | Index {
  const top = parseBounded(bytes, { what: "image manifest", code: "archive-invalid" });
  if (count(member(top, "schemaVersion")) !== 2) throw schemaError(top);
  const isIndex = has(top, "manifests");
  if (isIndex && (has(top, "layers") || has(top, "config"))) {
    complain(top, "is both a manifest and an index");
  }
  const wanted = isIndex ? [OCI_INDEX, DOCKER_INDEX] : [OCI_MANIFEST, DOCKER_MANIFEST];
  const stated = optionalText(member(top, "mediaType"), TEXT_MAX);
  if (stated !== null && !wanted.includes(stated)) {
    complain(member(top, "mediaType"), `is ${quoted(stated)}, which it is not`);
  }
  const mediaType = stated ?? (isIndex ? OCI_INDEX : OCI_MANIFEST);
  const subject = member(top, "subject");
  const shared = {
    mediaType,
    artifactType: optionalText(member(top, "artifactType"), TEXT_MAX),
    subject: subject.value === undefined ? null : descriptor(subject),
    annotations: texts(member(top, "annotations"), ANNOTATIONS_MAX),
  };
  if (isIndex) {
    const manifests = items(member(top, "manifests"), MANIFESTS_MAX).map(descriptor);
    return { kind: "index", ...shared, manifests };
  }
  const layers = items(member(top, "layers"), LAYERS_MAX).map(descriptor);
  return { kind: "manifest", ...shared, config: descriptor(member(top, "config")), layers };
}

function schemaError(top: JsonPlace): AppError {
  if (count(member(top, "schemaVersion")) === 1) {
    return new AppError(
      "archive-invalid",
      "cannot read image manifest: it is in Docker's schema 1, which was given up in 2017",
      { hint: "push the image again with a current tool" },
    );
  }
  complain(member(top, "schemaVersion"), "is not 2");
}

/**
 * Reads an image's configuration.
 *
 * @throws {AppError} `archive-invalid` when it is not one, naming the place.
 */
export function parseImageConfig(bytes: Uint8Array): ImageConfig {
  const top = parseBounded(bytes, { what: "image configuration", code: "archive-invalid" });
  const config = member(top, "config");
  const rootfs = member(top, "rootfs");
  if (rootfs.value === undefined) complain(rootfs, "is missing");
  return {
    platform: platform(top, "linux"),
    created: optionalText(member(top, "created"), TEXT_MAX),
    diffIds: items(member(rootfs, "diff_ids"), LAYERS_MAX).map(digest),
    history: items(member(top, "history"), HISTORY_MAX).map(historyLine),
    config: config.value ?? {},
  };
}

function parseBounded(bytes: Uint8Array, document: JsonDocument): JsonPlace {
  if (bytes.length <= DOCUMENT_BYTES_MAX) return parseJson(bytes, document);
  throw new AppError(
    "limit-exceeded",
    `cannot read ${document.what}: it is larger than ${DOCUMENT_BYTES_MAX} bytes`,
  );
}

function descriptor(place: JsonPlace): Descriptor {
  if (place.value === undefined) complain(place, "is missing");
  const where = member(place, "platform");
  return {
    mediaType: optionalText(member(place, "mediaType"), TEXT_MAX) ?? "",
    digest: digest(member(place, "digest")),
    sizeBytes: count(member(place, "size")),
    platform: where.value === undefined ? null : platform(where, ""),
    artifactType: optionalText(member(place, "artifactType"), TEXT_MAX),
    annotations: texts(member(place, "annotations"), ANNOTATIONS_MAX),
    urls: items(member(place, "urls"), 100).map((url) => text(url, TEXT_MAX)),
  };
}

function platform(place: JsonPlace, osWhenAbsent: string): Platform {
  const read = (name: string): string | null => optionalText(member(place, name), 100);
  const variant = read("variant");
  return {
    os: read("os") || osWhenAbsent,
    architecture: read("architecture") ?? "",
    ...(variant === null || variant === "" ? {} : { variant }),
  };
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;

function isDigest(written: string): written is Digest {
  return DIGEST.test(written);
}

function digest(place: JsonPlace): Digest {
  const written = text(place, TEXT_MAX);
  if (!isDigest(written)) {
    complain(place, `is ${quoted(written)}, not sha256 and 64 hex digits`);
  }
  return written;
}

function historyLine(place: JsonPlace): HistoryLine {
  const read = (name: string): string | null =>
    optionalText(member(place, name), DOCUMENT_BYTES_MAX);
  return {
    createdBy: read("created_by"),
    created: read("created"),
    comment: read("comment"),
    emptyLayer: member(place, "empty_layer").value === true,
  };
}

function quoted(written: string): string {
  return JSON.stringify(written.slice(0, 100));
}
