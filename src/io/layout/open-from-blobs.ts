import { parseImageConfig, parseIndex } from "../../formats/oci.ts";
import type { OpenedImage } from "../image.ts";
import { type BlobSource, checkPresence, parsedIn, readVerified } from "./blob-source.ts";
import { chooseManifest } from "./choose-image.ts";
import { describeImage } from "./describe-image.ts";
import type { ImageRequest } from "./image-request.ts";

/**
 * Opens an image of anything in the form of an OCI layout.
 *
 * Index, manifest and configuration are verified; of layers it is seen that they are there in the claimed size.
 *
 * @param index The bytes of `index.json`, which nobody vouches for.
 * @throws {AppError} `not-found`, `usage`, `platform-not-found`, `digest-mismatch`, `archive-invalid`, `limit-exceeded`.
 */
export async function openFromBlobs(
  source: BlobSource,
  index: Uint8Array,
  request: ImageRequest & { readonly tag: string | null },
): Promise<OpenedImage> {
  const top = parsedIn(source, "index.json", () => parseIndex(index));
  const chosen = await chooseManifest(source, top, request);
  const bytes = await readVerified(source, "configuration", chosen.manifest.config);
  const config = parsedIn(source, "configuration", () => parseImageConfig(bytes));
  const image = describeImage({ ...chosen, config }, request);
  const wanted = image.layers.map((layer) => (layer.unreadable === null ? layer.digest : null));
  for (const [i, { digest, sizeBytes, unreadable }] of image.layers.entries()) {
    if (digest !== null && sizeBytes !== null && unreadable === null)
      await checkPresence(source, `layer ${i + 1} of ${image.layers.length},`, {
        digest,
        sizeBytes,
      });
  }
  return { ...image, access: await source.access(wanted) };
}
