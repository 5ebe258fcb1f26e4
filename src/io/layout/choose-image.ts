// Which of the images of a layout is meant: by its tag, by its platform, or because it is the only one.
// @see OCI image specification 1.1, image-layout.md, "index.json file", and annotations.md
import {
  type Descriptor,
  type Index,
  type Manifest,
  parseManifestOrIndex,
} from "../../formats/oci.ts";
import { isImageConfigType, layerType } from "../../formats/oci-media-type.ts";
import { isAttestation, pickPlatform } from "../../formats/oci-platform.ts";
import { AppError } from "../../kit/error.ts";
import { printable } from "../../kit/text.ts";
import type { Platform } from "../../model/artifact.ts";
import type { Digest } from "../../model/digest.ts";
import { parseReference, printReference } from "../../model/reference.ts";
import { thisPlatform } from "../this-platform.ts";
import { type BlobSource, parsedIn, readVerified } from "./blob-source.ts";

/** The manifest that is meant, read and verified. */
export interface ChosenManifest {
  readonly digest: Digest;
  readonly manifest: Manifest;
  /** The multi-platform index that led there; null when `index.json` names the manifest itself. */
  readonly indexDigest: Digest | null;
  /** Fully written, when the layout says of which repository it is. */
  readonly reference: string | null;
}

/** What is meant. */
export interface Choice {
  /** Or a manifest's digest; null for the only image. */
  readonly tag: string | null;
  readonly platform: Platform | null;
}

const REF_NAME = "org.opencontainers.image.ref.name";
/** containerd, and Docker with its store, write the whole name beside the tag. */
const CONTAINERD_NAME = "io.containerd.image.name";

/** Where registries without a list of referrers keep one, and cosign its signatures; copied along with their tags. */
const ATTACHED_NAME = /^sha256-[0-9a-f]{64}(?:\.[a-z]+)?$/;

/** An index in an index in an index is nobody's; each step is a file that is read. */
const DEPTH_MAX = 4;
/** Manifests that are read to tell images from what is attached to them. */
const LOOKED_AT_MAX = 500;
const LISTED_MAX = 20;

/**
 * Finds the manifest that is meant.
 *
 * @throws {AppError} `not-found` when there is no such tag, `usage` when there are several images and no tag was named,
 *   `platform-not-found`, `digest-mismatch`, `archive-invalid`.
 */
export async function chooseManifest(
  source: BlobSource,
  index: Index,
  choice: Choice,
): Promise<ChosenManifest> {
  const chosen = await chooseNamed(source, index, choice);
  const found = await descend(source, chosen, choice.platform);
  return { ...found, reference: referenceOf(chosen) };
}

/**
 * What `index.json` lists and is meant: a manifest, or the index of an image for several platforms.
 *
 * @throws {AppError} as {@link chooseManifest}.
 */
export async function chooseNamed(
  source: BlobSource,
  index: Index,
  choice: Choice,
): Promise<Descriptor> {
  const named = distinct(choice.tag === null ? index.manifests : tagged(source, index, choice.tag));
  const images = named.length > 1 ? await imagesAmong(source, named) : named;
  const [only] = images;
  if (only === undefined) {
    throw new AppError("archive-invalid", `cannot read ${source.name}: it holds no image`);
  }
  return images.length === 1 ? only : byPlatform(source, { ...index, manifests: images }, choice);
}

function distinct(descriptors: readonly Descriptor[]): Descriptor[] {
  const byDigest = new Map<Digest, Descriptor>();
  // An image may have several tags; it is one image.
  for (const d of descriptors) if (!byDigest.has(d.digest)) byDigest.set(d.digest, d);
  return [...byDigest.values()];
}

function tagged(source: BlobSource, index: Index, tag: string): readonly Descriptor[] {
  const { manifests } = index;
  const whole = fullName(tag);
  const ways: ((d: Descriptor) => boolean)[] = [
    (d) => d.annotations.get(REF_NAME) === tag,
    (d) => d.digest === tag,
    (d) => whole !== null && [REF_NAME, CONTAINERD_NAME].some((a) => nameIn(d, a) === whole),
  ];
  for (const way of ways) {
    const found = manifests.filter(way);
    if (found.length > 0) return found;
  }
  throw new AppError(
    "not-found",
    `cannot find image ${JSON.stringify(printable(tag, 200))} in ${source.name}: ${whatThereIs(manifests)}`,
    { subject: tag },
  );
}

function nameIn(descriptor: Descriptor, annotation: string): string | null {
  const written = descriptor.annotations.get(annotation);
  // A plain tag would be read as an image of that name.
  return written === undefined || !/[/:]/.test(written) ? null : fullName(written);
}

function fullName(written: string): string | null {
  try {
    return printReference(parseReference(written));
  } catch {
    return null;
  }
}

function referenceOf(descriptor: Descriptor): string | null {
  return nameIn(descriptor, CONTAINERD_NAME) ?? nameIn(descriptor, REF_NAME);
}

/** Leaves out signatures, bills of materials and other things that are kept beside images. */
async function imagesAmong(source: BlobSource, all: readonly Descriptor[]): Promise<Descriptor[]> {
  if (all.length > LOOKED_AT_MAX) {
    throw new AppError(
      "limit-exceeded",
      `cannot choose an image of ${source.name}: it holds more than ${LOOKED_AT_MAX}`,
      { hint: "name a tag" },
    );
  }
  const images: Descriptor[] = [];
  for (const descriptor of all) {
    if (isAttestation(descriptor) || descriptor.artifactType !== null) continue;
    if (ATTACHED_NAME.test(descriptor.annotations.get(REF_NAME) ?? "")) continue;
    const document = await read(source, descriptor);
    if (document.kind === "index" || isImage(document)) images.push(descriptor);
  }
  return images;
}

/** cosign writes its signatures as images whose layers are none. */
function isImage({ config, layers, artifactType }: Manifest): boolean {
  if (artifactType !== null || !isImageConfigType(config.mediaType)) return false;
  return layers.length === 0 || layers.some((l) => layerType(l.mediaType).compression !== null);
}

/** Several images in `index.json` are one image for several platforms when no name tells them apart. */
function byPlatform(source: BlobSource, index: Index, choice: Choice): Descriptor {
  const names = new Set(index.manifests.map((d) => referenceOf(d) ?? d.annotations.get(REF_NAME)));
  if (names.size === 1 && index.manifests.every((d) => d.platform !== null)) {
    return pickPlatform(index, choice.platform ?? thisPlatform());
  }
  throw new AppError(
    "usage",
    `cannot choose an image of ${source.name}: ${whatThereIs(index.manifests)}`,
    { hint: "name one after a colon, as in oci:DIR:TAG" },
  );
}

function whatThereIs(manifests: readonly Descriptor[]): string {
  const names = manifests.map((d) =>
    printable(d.annotations.get(REF_NAME) ?? d.annotations.get(CONTAINERD_NAME) ?? d.digest, 200),
  );
  const all = [...new Set(names)];
  if (all.length === 0) return "it holds no image";
  const more = all.length - LISTED_MAX;
  const listed = all.slice(0, LISTED_MAX).join(", ");
  return `it holds ${listed}${more > 0 ? ` and ${more} more` : ""}`;
}

type Found = Omit<ChosenManifest, "reference">;

async function descend(
  source: BlobSource,
  from: Descriptor,
  platform: Platform | null,
): Promise<Found> {
  let at = from;
  let indexDigest: Digest | null = null;
  for (let depth = 0; depth < DEPTH_MAX; depth += 1) {
    const document = await read(source, at);
    if (document.kind === "manifest") {
      requireImage(source, document);
      return { digest: at.digest, manifest: document, indexDigest };
    }
    indexDigest ??= at.digest;
    at = onlyImage(document, platform) ?? pickPlatform(document, platform ?? thisPlatform());
  }
  throw new AppError(
    "limit-exceeded",
    `cannot read ${source.name}: its indexes are nested more than ${DEPTH_MAX} deep`,
  );
}

/** When nobody asked for a platform, the only image there is is meant, whatever machine this is. */
function onlyImage(index: Index, platform: Platform | null): Descriptor | null {
  const images = index.manifests.filter((d) => !isAttestation(d));
  return platform === null && images.length === 1 ? (images[0] ?? null) : null;
}

async function read(source: BlobSource, descriptor: Descriptor): Promise<Manifest | Index> {
  const bytes = await readVerified(source, "manifest", descriptor);
  return parsedIn(source, `manifest ${descriptor.digest}`, () => parseManifestOrIndex(bytes));
}

function requireImage(source: BlobSource, manifest: Manifest): void {
  if (isImage(manifest)) return;
  const type = manifest.artifactType ?? manifest.config.mediaType;
  throw new AppError(
    "archive-invalid",
    `cannot scan ${source.name}: what it holds is no image but ${JSON.stringify(printable(type, 200))}`,
  );
}
