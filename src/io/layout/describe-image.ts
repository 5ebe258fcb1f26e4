// From a manifest and a configuration, whose digests were verified, to what the rest of the program knows of an image.
import { imageSettings } from "../../formats/image-settings.ts";
import type { ImageConfig, Manifest } from "../../formats/oci.ts";
import { historyOf, type ImageLayerClaim, pairLayers } from "../../formats/oci-layers.ts";
import { layerHindrance } from "../../formats/oci-media-type.ts";
import { platformNotFound, satisfiesPlatform } from "../../formats/oci-platform.ts";
import type { ArtifactSummary, Platform } from "../../model/artifact.ts";
import type { Digest } from "../../model/digest.ts";
import type { ImageSettings } from "../../model/image-settings.ts";
import type { ImageLayer } from "../image.ts";
import type { ImageRequest } from "./image-request.ts";

/** An image whose manifest was found. */
export interface FoundImage {
  readonly reference: string | null;
  /** Of the manifest. */
  readonly digest: Digest;
  readonly indexDigest: Digest | null;
  readonly manifest: Manifest;
  readonly config: ImageConfig;
}

/** What an image says of itself; how its layers are read is added by whoever has them. */
export interface DescribedImage {
  readonly summary: ArtifactSummary;
  readonly settings: ImageSettings;
  readonly history: readonly string[];
  readonly layers: readonly ImageLayer[];
}

/**
 * Describes an image by its manifest and configuration.
 *
 * @throws {AppError} `archive-invalid` when the two do not fit together, `platform-not-found` when it is not for the platform
 *   that was asked for.
 */
export function describeImage(found: FoundImage, request: ImageRequest): DescribedImage {
  const { manifest, config } = found;
  requirePlatform(config.platform, request.platform);
  const claims = pairLayers(manifest, config);
  return {
    summary: {
      kind: "image",
      target: request.target,
      reference: found.reference,
      digest: found.digest,
      digestKind: "manifest",
      indexDigest: found.indexDigest,
      platform: config.platform.architecture === "" ? null : config.platform,
      createdAt: config.created,
      layers: claims.map(({ descriptor, diffId, createdBy }) => ({
        digest: descriptor.digest,
        diffId,
        createdBy,
        sizeBytes: descriptor.sizeBytes,
      })),
    },
    settings: imageSettings(config.config),
    history: historyOf(config),
    layers: claims.map(layerOf),
  };
}

function layerOf({ descriptor, diffId }: ImageLayerClaim): ImageLayer {
  const { digest, sizeBytes, mediaType } = descriptor;
  return { digest, diffId, sizeBytes, unreadable: layerHindrance(mediaType) };
}

/** @throws {AppError} `platform-not-found` when a platform was asked for and the image is for another. */
export function requirePlatform(has: Platform, wanted: Platform | null): void {
  // Images from scratch by old tools name no processor; they are what they are.
  if (wanted === null || has.architecture === "" || satisfiesPlatform(has, wanted)) return;
  throw platformNotFound(wanted, [has]);
}
