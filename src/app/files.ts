// `bulwark files`: the files of an image, out of its file index.
import { openCache } from "../io/cache.ts";
import { cacheFolder, dataFolder } from "../io/folders.ts";
import { openRecord } from "../io/record.ts";
import { AppError } from "../kit/error.ts";
import { normalPath } from "../kit/path.ts";
import type { Platform } from "../model/artifact.ts";
import type { Digest } from "../model/digest.ts";
import { isDigest } from "../model/digest.ts";
import { type IndexedFile, rowsBelow, throughLinks } from "../model/file-index.ts";
import { decodeFileIndex } from "./image-inventory.ts";
import { subjectsOf } from "./subjects.ts";
import type { Surroundings } from "./surroundings.ts";

export interface FilesRequest {
  /** A target, or the digest of an image that was scanned here. */
  readonly image: string;
  /** A file or folder; `""` for all. */
  readonly path: string;
  readonly platform: Platform | null;
  readonly offline: boolean;
}

export interface ImageFiles {
  readonly digest: Digest;
  readonly files: readonly IndexedFile[];
}

/** Nobody asks about workloads. */
const NOTHING = { checks: [], demandsPins: false, secrets: false, history: false };

/**
 * Lists the files of an image at and below a path. An image that was not scanned before is read for it.
 *
 * @throws {AppError} `not-found` when there is no such path, or the target is no image; what opening the image throws.
 */
export async function imageFiles(
  request: FilesRequest,
  surroundings: Surroundings,
): Promise<ImageFiles> {
  const record = openRecord(dataFolder(surroundings.env));
  const cache = openCache(cacheFolder(surroundings.env));
  const digest = isDigest(request.image)
    ? request.image
    : await digestOf(request, { ...request, ...surroundings, record, cache, ...NOTHING });
  const bytes = await record.fileIndex(digest);
  const index = bytes === null ? null : decodeFileIndex(bytes);
  if (index === null) {
    throw new AppError("not-found", `cannot list files of ${digest}: it was not scanned here`, {
      hint: "run bulwark scan with the image's reference first",
      subject: digest,
    });
  }
  const asked = normalPath(request.path) ?? "";
  const files = rowsBelow(index, throughLinks(index, asked) ?? asked);
  if (files.length > 0) return { digest, files };
  const path = JSON.stringify(request.path);
  throw new AppError("not-found", `cannot list ${path}: the image has no such file or folder`, {
    subject: request.path,
    hint: "look for a typing error; without a path everything is listed",
  });
}

async function digestOf(
  request: FilesRequest,
  context: Parameters<typeof subjectsOf>[1],
): Promise<Digest> {
  const subjects = await subjectsOf(request.image, context);
  const [subject] = subjects;
  const examined = subjects.length === 1 ? await subject?.examine() : undefined;
  const digest = examined?.artifact.digest ?? null;
  if (digest !== null) return digest;
  throw new AppError(
    "usage",
    `cannot list files of ${JSON.stringify(request.image)}: it is not one image`,
    { hint: "name an image by reference, layout, archive or digest" },
  );
}
