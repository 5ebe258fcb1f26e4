// `manifest.json` of `docker save`: which files of the archive are the images. Old and new archives have it.
// @see https://github.com/moby/moby/blob/master/image/spec/v1.2.md, "Combined Image JSON + Filesystem Changeset Format"
import { items, member, optionalText, parseJson, text } from "./json-shape.ts";

/** One image of the archive; all names are paths inside it, as written. */
export interface SavedImage {
  readonly config: string;
  /** `alpine:3.19`; empty for an image that was saved by its id. */
  readonly tags: readonly string[];
  /** From the bottom. The same layer may stand twice. */
  readonly layers: readonly string[];
}

const IMAGES_MAX = 4096;
const LAYERS_MAX = 4096;
const TAGS_MAX = 4096;
const TEXT_MAX = 4096;

/**
 * Reads `manifest.json`.
 *
 * @throws {AppError} `archive-invalid` when it is not one, naming the place.
 */
export function parseDockerSave(bytes: Uint8Array): SavedImage[] {
  const top = parseJson(bytes, { what: "manifest.json", code: "archive-invalid" });
  return items(top, IMAGES_MAX).map((image) => ({
    config: text(member(image, "Config"), TEXT_MAX),
    tags: items(member(image, "RepoTags"), TAGS_MAX).flatMap(
      (tag) => optionalText(tag, TEXT_MAX) ?? [],
    ),
    layers: items(member(image, "Layers"), LAYERS_MAX).map((layer) => text(layer, TEXT_MAX)),
  }));
}
