import { imageSettings } from "../../formats/image-settings.ts";
import { member } from "../../formats/json-shape.ts";
import { AppError } from "../../kit/error.ts";
import { printable } from "../../kit/text.ts";
import type { Digest } from "../../model/digest.ts";
import { tarBlobs } from "../archive/tar-blobs.ts";
import type { ImageLayer, OpenedImage } from "../image.ts";
import { requirePlatform } from "../layout/describe-image.ts";
import type { ImageRequest } from "../layout/image-request.ts";
import type { EngineName } from "./endpoints.ts";
import { type EngineContext, engineClient } from "./engine-client.ts";
import {
  type EngineImage,
  engineImageOf,
  fullName,
  layerHistory,
  wholeHistory,
} from "./engine-image.ts";

/**
 * Opens an image that an engine of this machine has. Its layers come as the engine exports them, without being kept on disk.
 *
 * @param reference As the engine knows it: a name, a name with a digest, or an image id.
 * @throws {AppError} `engine-unavailable`, `not-found`, `reference-invalid`, `platform-not-found`.
 */
export async function openEngineImage(
  engine: EngineName,
  reference: string,
  request: ImageRequest & EngineContext,
): Promise<OpenedImage> {
  const path = imagePath(reference);
  const client = await engineClient(engine, request);
  const inspected = await client.json(`${path}/json`);
  if (inspected === null) {
    throw new AppError(
      "not-found",
      `cannot find image ${JSON.stringify(printable(reference, 200))}: ${engine} does not have it`,
      { hint: `pull it with ${engine} pull, or scan it at its registry`, subject: reference },
    );
  }
  const image = engineImageOf(inspected);
  if (image.platform !== null) requirePlatform(image.platform, request.platform);
  const layers = image.diffIds.map(
    (diffId): ImageLayer => ({ digest: null, diffId, sizeBytes: null, unreadable: null }),
  );
  // By its id from now on: a name may be given to another image meanwhile.
  const byId = imagePath(image.id);
  const history = await client.json(`${byId}/history`);
  const createdBy = layerHistory(history, layers.length);
  return {
    summary: {
      kind: "image",
      target: request.target,
      ...identityOf(image, reference),
      indexDigest: null,
      platform: image.platform,
      createdAt: image.createdAt,
      layers: layers.map(({ diffId }, i) => ({
        digest: null,
        diffId,
        createdBy: createdBy[i] ?? null,
        sizeBytes: null,
      })),
    },
    settings: imageSettings(member(inspected, "Config").value),
    history: wholeHistory(history),
    layers,
    access: {
      kind: "export",
      blobs: (signal) => tarBlobs(client.stream(`${byId}/get`, signal), null),
    },
  };
}

interface Identity {
  readonly reference: string | null;
  readonly digest: Digest;
  readonly digestKind: "manifest" | "image-id";
}

/** The digest under which the registry has it, of the repository that was named if it has several. */
function identityOf(image: EngineImage, reference: string): Identity {
  const named = fullName(reference);
  const isTag = named !== null && image.tags.includes(named);
  const name = isTag ? named : (image.tags[0] ?? null);
  const repository = named?.replace(/(?:@.*|:[^/]*)$/, "");
  const own = image.repoDigests.find((known) => known.repository === repository);
  const digest = (own ?? image.repoDigests[0])?.digest;
  if (digest !== undefined) return { reference: name, digest, digestKind: "manifest" };
  return { reference: name, digest: image.id, digestKind: "image-id" };
}

/** A name goes into the path of the request as it is, so nothing may stand in it that could lead elsewhere. */
function imagePath(reference: string): string {
  const isPlain = /^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,999}$/.test(reference);
  if (isPlain && !/(?:^|\/)\.{0,2}(?:\/|$)/.test(reference)) return `/images/${reference}`;
  throw new AppError(
    "reference-invalid",
    `cannot read reference ${JSON.stringify(printable(reference, 200))}: it is no name or id of an image`,
    { hint: "write it like alpine:3.19", subject: printable(reference, 200) },
  );
}
