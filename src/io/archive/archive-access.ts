import { createReadStream } from "node:fs";
import { AppError } from "../../kit/error.ts";
import type { ExportedBlob, LayerAccess } from "../image.ts";
import { decompress } from "../layers/inflate.ts";
import { sliceAccess } from "../slice-access.ts";
import type { ArchiveFiles } from "./archive-files.ts";
import { tarBlobs } from "./tar-blobs.ts";

/**
 * How layers of an archive are read: any thread reads its stretch of a plain one, a compressed one is read through.
 *
 * @param names Of regular files of the archive, by layer; null for layers that nobody will ask for.
 */
export function archiveAccess(files: ArchiveFiles, names: readonly (string | null)[]): LayerAccess {
  if (!files.compressed)
    return sliceAccess(
      names.map((name) => (name === null ? null : (files.slices.get(name) ?? null))),
    );
  const wanted = new Set(names.flatMap((name) => name ?? []));
  return { kind: "export", blobs: (signal) => blobsOf(files.path, wanted, signal) };
}

async function* blobsOf(
  path: string,
  wanted: ReadonlySet<string>,
  signal: AbortSignal,
): AsyncGenerator<ExportedBlob> {
  const stored = createReadStream(path, { highWaterMark: 1 << 20, signal });
  yield* tarBlobs(decompress(stored), wanted);
}

/** @throws {AppError} `archive-invalid` saying that the archive is another one than was thought. */
export function noSuchArchive(files: ArchiveFiles, kind: string, hint: string): AppError {
  return new AppError(
    "archive-invalid",
    `cannot read archive ${JSON.stringify(files.path)}: it is no ${kind}`,
    { subject: files.path, hint },
  );
}
