// What `docker save`, `podman save` and `skopeo copy docker-archive:…` write. Since Docker 25 it is an OCI layout as well; the
// older half, `manifest.json`, is what all of them have in common.
import { hash } from "node:crypto";
import { parseDockerSave, type SavedImage } from "../../formats/docker-save.ts";
import { imageSettings } from "../../formats/image-settings.ts";
import { type ImageConfig, parseImageConfig } from "../../formats/oci.ts";
import { createdByOfLayers, historyOf } from "../../formats/oci-layers.ts";
import { AppError } from "../../kit/error.ts";
import { baseName } from "../../kit/path.ts";
import { printable } from "../../kit/text.ts";
import { type Digest, isDigest, parseDigest } from "../../model/digest.ts";
import { parseReference, printReference } from "../../model/reference.ts";
import type { ImageLayer, OpenedImage } from "../image.ts";
import { parsedIn } from "../layout/blob-source.ts";
import { requirePlatform } from "../layout/describe-image.ts";
import type { ImageRequest } from "../layout/image-request.ts";
import { pathAndName } from "../path-and-name.ts";
import { archiveAccess, noSuchArchive } from "./archive-access.ts";
import { type ArchiveFiles, indexArchive } from "./archive-files.ts";

/**
 * Opens an image of a Docker archive, plain or compressed with gzip or zstd.
 *
 * Such an archive has no manifest as registries have it, so the image is known by its id, the digest of its configuration,
 * which is verified. Layers are verified by the digests of their content, and by those in their names where the archive is a
 * layout as well: engines that keep images as registries have them write their layers compressed.
 *
 * @param request With a reference as it was saved (`alpine:3.19`) or an image id; null means the only image.
 * @throws {AppError} `not-found`, `usage`, `unreadable`, `platform-not-found`, `digest-mismatch`, `archive-invalid`,
 *   `limit-exceeded`.
 */
export async function openDockerArchive(
  written: string,
  request: ImageRequest & { readonly reference: string | null },
): Promise<OpenedImage> {
  const { path, name: reference } = pathAndName({ path: written, name: request.reference });
  const files = await indexArchive(path);
  const name = `archive ${JSON.stringify(path)}`;
  const manifest = files.documents.get("manifest.json");
  if (manifest === undefined) {
    const hint = files.documents.has("index.json")
      ? `it is an OCI archive: oci-archive:${path}`
      : "it has no manifest.json; perhaps it is cut, or no image at all";
    throw noSuchArchive(files, "Docker archive", hint);
  }
  const images = parsedIn({ name }, "manifest.json", () => parseDockerSave(manifest));
  const archive = { files, name };
  const saved = choose(archive, images, reference);
  return described(archive, saved, request);
}

interface Archive {
  readonly files: ArchiveFiles;
  readonly name: string;
}

function choose(
  { name }: Archive,
  images: readonly SavedImage[],
  reference: string | null,
): SavedImage {
  // One configuration is one image, however often it is listed.
  const distinct = [...new Map(images.map((image) => [image.config, image])).values()];
  const [only] = distinct;
  if (only === undefined)
    throw new AppError("archive-invalid", `cannot read ${name}: it holds no image`);
  if (reference !== null) {
    const found = images.find((image) => isMeant(image, reference));
    if (found !== undefined) return found;
    throw new AppError(
      "not-found",
      `cannot find image ${JSON.stringify(printable(reference, 200))} in ${name}: ${whatThereIs(images)}`,
      { subject: reference },
    );
  }
  if (distinct.length === 1) return only;
  throw new AppError("usage", `cannot choose an image of ${name}: ${whatThereIs(images)}`, {
    hint: "name one after a colon, as in docker-archive:FILE:alpine:3.19",
  });
}

function isMeant(image: SavedImage, reference: string): boolean {
  if (image.tags.includes(reference)) return true;
  const id = reference.startsWith("sha256:") ? reference.slice("sha256:".length) : reference;
  if (/^[0-9a-f]{12,64}$/.test(id) && hexInName(image.config)?.startsWith(id) === true) return true;
  const whole = fullName(reference);
  return whole !== null && image.tags.some((tag) => fullName(tag) === whole);
}

function fullName(written: string): string | null {
  try {
    return printReference(parseReference(written));
  } catch {
    return null;
  }
}

const LISTED_MAX = 20;

function whatThereIs(images: readonly SavedImage[]): string {
  const all = images.flatMap(({ tags, config }) =>
    tags.length > 0 ? tags : [(hexInName(config) ?? config).slice(0, 12)],
  );
  const listed = all.slice(0, LISTED_MAX).map((name) => printable(name, 200));
  const more = all.length - LISTED_MAX;
  return `it holds ${listed.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

/** Configurations are named by their digest: `HEX.json` or `blobs/sha256/HEX`. */
function hexInName(config: string): string | null {
  return /^([0-9a-f]{64})(?:\.json)?$/.exec(baseName(config))?.[1] ?? null;
}

/** What lies where a layout has its blobs is named by its digest. */
function digestInPlace(place: string): Digest | null {
  const hex = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(place)?.[1];
  return hex === undefined ? null : parseDigest(`sha256:${hex}`);
}

function described(archive: Archive, saved: SavedImage, request: ImageRequest): OpenedImage {
  const { digest, config } = readConfig(archive, saved);
  requirePlatform(config.platform, request.platform);
  const { files, name } = archive;
  if (saved.layers.length !== config.diffIds.length) {
    throw new AppError(
      "archive-invalid",
      `cannot read ${name}: its manifest.json has ${saved.layers.length} layers and its configuration ${config.diffIds.length}`,
    );
  }
  const places = saved.layers.map((layer) => placeOf(archive, layer));
  const layers = config.diffIds.map((diffId, i): ImageLayer => {
    const place = places[i] ?? "";
    const sizeBytes = files.sizesBytes.get(place) ?? null;
    return { digest: digestInPlace(place), diffId, sizeBytes, unreadable: null };
  });
  const createdBy = createdByOfLayers(config);
  const [tag] = saved.tags;
  return {
    summary: {
      kind: "image",
      target: request.target,
      reference: tag === undefined ? null : fullName(tag),
      digest,
      digestKind: "image-id",
      indexDigest: null,
      platform: config.platform.architecture === "" ? null : config.platform,
      createdAt: config.created,
      layers: layers.map(({ digest: stored, diffId, sizeBytes }, i) => ({
        digest: stored,
        diffId,
        createdBy: createdBy[i] ?? null,
        sizeBytes,
      })),
    },
    settings: imageSettings(config.config),
    history: historyOf(config),
    layers,
    access: archiveAccess(files, places),
  };
}

function readConfig(
  { files, name }: Archive,
  saved: SavedImage,
): { digest: Digest; config: ImageConfig } {
  const place = files.resolve(saved.config);
  const bytes = place === null ? undefined : files.documents.get(place);
  const quoted = JSON.stringify(printable(saved.config, 200));
  if (bytes === undefined) {
    throw new AppError(
      "archive-invalid",
      `cannot read ${name}: configuration ${quoted} ${place === null ? "is missing" : "is no JSON document of at most 4 MiB"}`,
    );
  }
  const digest = parseDigest(`sha256:${hash("sha256", bytes)}`);
  const claimed = `sha256:${hexInName(saved.config) ?? ""}`;
  if (isDigest(claimed) && claimed !== digest) {
    throw new AppError(
      "digest-mismatch",
      `cannot trust configuration ${quoted} of ${name}: its bytes have the digest ${digest}`,
      { subject: claimed, hint: "the archive was changed or damaged; save the image again" },
    );
  }
  return { digest, config: parsedIn({ name }, "configuration", () => parseImageConfig(bytes)) };
}

function placeOf({ files, name }: Archive, layer: string): string {
  const place = files.resolve(layer);
  if (place !== null) return place;
  throw new AppError(
    "archive-invalid",
    `cannot read ${name}: layer ${JSON.stringify(printable(layer, 200))} is missing`,
    { hint: "the archive is incomplete; save the image again" },
  );
}
