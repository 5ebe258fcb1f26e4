// The file index of an opened image: kept from an earlier scan, or made now.
import type { Cache } from "../io/cache.ts";
import type { OpenedImage } from "../io/image.ts";
import type { ScanRecord } from "../io/record.ts";
import { count } from "../kit/phrase.ts";
import type { FileIndex } from "../model/file-index.ts";
import type { Surroundings } from "./surroundings.ts";

/** Reads the image's layers only if nobody did before. @throws {AppError} What reading layers throws. */
export async function imageFileIndex(
  image: OpenedImage,
  context: Surroundings & { readonly cache: Cache; readonly record: ScanRecord },
): Promise<FileIndex | null> {
  const { digest, target } = image.summary;
  if (digest === null) return null;
  const { decodeFileIndex, encodeFileIndex, imageContents } = await import("./image-inventory.ts");
  const bytes = await context.record.fileIndex(digest);
  const known = bytes === null ? null : decodeFileIndex(bytes);
  if (known !== null && known.digest === digest) return known;
  const reading = {
    ...context,
    secrets: false,
    progress: (done: number, of: number) =>
      context.progress(`${target}: ${done} of ${count(of, "layer")} read`),
  };
  const { layerFacts } = await import("./layers.ts");
  const facts = await layerFacts(image, reading);
  const { files } = await imageContents(image, facts, reading);
  context.progress(null);
  if (files !== null) context.record.saveFileIndex(digest, encodeFileIndex(files));
  return files;
}
