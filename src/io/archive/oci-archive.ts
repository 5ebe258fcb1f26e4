// An OCI layout in a tar archive, as `skopeo copy oci-archive:…`, `podman save` and BuildKit write it.
import { open } from "node:fs/promises";
import { DOCUMENT_BYTES_MAX } from "../../formats/oci.ts";
import { AppError } from "../../kit/error.ts";
import { type Digest, hexOf } from "../../model/digest.ts";
import type { FileSlice, LayerAccess, OpenedImage } from "../image.ts";
import type { BlobSource } from "../layout/blob-source.ts";
import type { ImageRequest } from "../layout/image-request.ts";
import { openFromBlobs } from "../layout/open-from-blobs.ts";
import { openError } from "../open-error.ts";
import { pathAndName } from "../path-and-name.ts";
import { archiveAccess, noSuchArchive } from "./archive-access.ts";
import { type ArchiveFiles, indexArchive } from "./archive-files.ts";

/**
 * Opens an image of an OCI archive, plain or compressed with gzip or zstd. Tags as for layouts.
 *
 * @throws {AppError} `not-found`, `usage`, `unreadable`, `platform-not-found`, `digest-mismatch`, `archive-invalid`,
 *   `limit-exceeded`.
 */
export async function openOciArchive(
  written: string,
  request: ImageRequest & { readonly tag: string | null },
): Promise<OpenedImage> {
  const { path, name: tag } = pathAndName({ path: written, name: request.tag });
  const files = await indexArchive(path);
  const index = files.documents.get("index.json");
  if (index === undefined) {
    const hint = files.documents.has("manifest.json")
      ? `it is what docker save writes: docker-archive:${path}`
      : "it has no index.json; perhaps it is cut, or no image at all";
    throw noSuchArchive(files, "OCI archive", hint);
  }
  return openFromBlobs(new ArchiveBlobs(files), index, { ...request, tag });
}

class ArchiveBlobs implements BlobSource {
  readonly name: string;
  readonly #files: ArchiveFiles;

  constructor(files: ArchiveFiles) {
    this.name = `archive ${JSON.stringify(files.path)}`;
    this.#files = files;
  }

  async sizeOf(digest: Digest): Promise<number | null> {
    const name = this.#nameOf(digest);
    return name === null ? null : (this.#files.sizesBytes.get(name) ?? null);
  }

  async read(digest: Digest): Promise<Buffer | null> {
    const name = this.#nameOf(digest);
    if (name === null) return null;
    const document = this.#files.documents.get(name);
    if (document !== undefined) return document;
    const slice = this.#files.slices.get(name);
    if (slice !== undefined) return readDocument(slice, this.name);
    throw new AppError(
      "archive-invalid",
      `cannot read ${digest} of ${this.name}: it is no document, or larger than one may be`,
      { subject: digest },
    );
  }

  async access(digests: readonly (Digest | null)[]): Promise<LayerAccess> {
    return archiveAccess(
      this.#files,
      digests.map((digest) => (digest === null ? null : this.#nameOf(digest))),
    );
  }

  #nameOf(digest: Digest): string | null {
    return this.#files.resolve(`blobs/sha256/${hexOf(digest)}`);
  }
}

async function readDocument(slice: FileSlice, name: string): Promise<Buffer> {
  if (slice.sizeBytes > DOCUMENT_BYTES_MAX) {
    throw new AppError(
      "limit-exceeded",
      `cannot read ${name}: a document in it is larger than ${DOCUMENT_BYTES_MAX} bytes`,
    );
  }
  const file = await open(slice.path).catch((error: unknown) => {
    throw openError("archive", slice.path, error);
  });
  try {
    const bytes = Buffer.alloc(slice.sizeBytes);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, slice.offset);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
