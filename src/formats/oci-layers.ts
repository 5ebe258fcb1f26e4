import { AppError } from "../kit/error.ts";
import { printable } from "../kit/text.ts";
import type { Digest } from "../model/digest.ts";
import type { Descriptor, ImageConfig, Manifest } from "./oci.ts";

/** A layer as the manifest and the configuration together describe it. */
export interface ImageLayerClaim {
  readonly descriptor: Descriptor;
  readonly diffId: Digest;
  /** The history line that made it, for people; null when the history does not say. */
  readonly createdBy: string | null;
}

const CREATED_BY_MAX = 500;

/**
 * Pairs the layers of a manifest with what the configuration says of them.
 *
 * @throws {AppError} `archive-invalid` when they do not have the same number of layers.
 */
export function pairLayers(manifest: Manifest, config: ImageConfig): ImageLayerClaim[] {
  const { layers } = manifest;
  if (layers.length !== config.diffIds.length) {
    throw new AppError(
      "archive-invalid",
      `cannot read image: its manifest has ${layers.length} layers and its configuration ${config.diffIds.length}`,
    );
  }
  const createdBy = createdByOfLayers(config);
  return config.diffIds.flatMap((diffId, i) => {
    const descriptor = layers[i];
    return descriptor === undefined
      ? []
      : [{ descriptor, diffId, createdBy: createdBy[i] ?? null }];
  });
}

/** What the configuration says of every step, whether or not it made a layer, as it stands. */
export function historyOf({ history }: ImageConfig): string[] {
  return history.map(({ createdBy, comment }) =>
    [createdBy, comment].filter((text) => text !== null && text !== "").join("\n"),
  );
}

/**
 * The history line of each layer, from the bottom, cut to 500 characters. All null when the history has another number of
 * layers than the image (some builders leave it out, or in parts), because then a line would be blamed on the wrong layer.
 */
export function createdByOfLayers(config: ImageConfig): (string | null)[] {
  const lines = config.history.filter((line) => !line.emptyLayer);
  if (lines.length !== config.diffIds.length) return config.diffIds.map(() => null);
  return lines.map(({ createdBy }) =>
    createdBy === null ? null : printable(createdBy, CREATED_BY_MAX),
  );
}
