// OCI image layouts on disk: a folder with `index.json` and `blobs/sha256/…`.
// @see OCI image specification 1.1, image-layout.md
import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { member, optionalText, parseJson } from "../../formats/json-shape.ts";
import { DOCUMENT_BYTES_MAX } from "../../formats/oci.ts";
import { AppError } from "../../kit/error.ts";
import { type Digest, hexOf } from "../../model/digest.ts";
import type { FileSlice, LayerAccess, OpenedImage } from "../image.ts";
import { readNamed } from "../named-file.ts";
import { openError } from "../open-error.ts";
import { pathAndName } from "../path-and-name.ts";
import { sliceAccess } from "../slice-access.ts";
import type { BlobSource } from "./blob-source.ts";
import type { ImageRequest } from "./image-request.ts";
import { openFromBlobs } from "./open-from-blobs.ts";

const INDEX = "index.json";
const MARK = "oci-layout";

/**
 * Opens an image of a layout.
 *
 * @param request With a tag (`org.opencontainers.image.ref.name`), a whole reference or a manifest's digest; null means the
 *   only image.
 * @throws {AppError} `not-found`, `usage`, `unreadable`, `platform-not-found`, `digest-mismatch`, `archive-invalid`,
 *   `limit-exceeded`.
 */
export async function openLayout(
  written: string,
  request: ImageRequest & { readonly tag: string | null },
): Promise<OpenedImage> {
  const { path, name: tag } = pathAndName({ path: written, name: request.tag });
  const { blobs, index } = await readLayout(path);
  return openFromBlobs(blobs, index, { ...request, tag });
}

/** A layout's blobs, and the bytes of its `index.json`, which nobody vouches for. */
export interface ReadLayout {
  readonly blobs: BlobSource;
  readonly index: Buffer;
}

/** Looks whether a folder is a layout. @throws {AppError} `not-found`, `unreadable`, `archive-invalid`. */
export async function readLayout(path: string): Promise<ReadLayout> {
  const name = `layout ${JSON.stringify(path)}`;
  await requireLayout(path, name);
  return { blobs: new Folder(path, name), index: await document(join(path, INDEX), "layout") };
}

async function requireLayout(path: string, name: string): Promise<void> {
  const folder = await stat(path).catch((error: unknown) => {
    throw openError("layout", path, error);
  });
  if (!folder.isDirectory()) {
    throw new AppError("archive-invalid", `cannot read ${name}: it is a file`, {
      hint: `for an archive write oci-archive:${path} or docker-archive:${path}`,
    });
  }
  const index = await look(join(path, INDEX));
  if (index?.isFile() !== true) {
    throw new AppError("archive-invalid", `cannot read ${name}: it has no ${INDEX}`, {
      hint: `for a project write dir:${path}, for an unpacked file system rootfs:${path}`,
    });
  }
  // The specification demands the mark; some builders leave it out, and nothing depends on it but its version.
  if ((await look(join(path, MARK)))?.isFile() !== true) return;
  const mark = parseJson(await document(join(path, MARK), "layout"), {
    what: `${MARK} of ${name}`,
    code: "archive-invalid",
  });
  const version = optionalText(member(mark, "imageLayoutVersion"), 100);
  if (version !== null && !version.startsWith("1.")) {
    throw new AppError(
      "archive-invalid",
      `cannot read ${name}: its version is ${JSON.stringify(version)}, not 1`,
    );
  }
}

async function look(path: string): Promise<Stats | null> {
  return stat(path).catch(() => null);
}

async function document(path: string, what: string): Promise<Buffer> {
  return (await readNamed(what, path, DOCUMENT_BYTES_MAX)).bytes;
}

class Folder implements BlobSource {
  readonly name: string;
  readonly #path: string;

  constructor(path: string, name: string) {
    this.#path = path;
    this.name = name;
  }

  async sizeOf(digest: Digest): Promise<number | null> {
    const found = await this.#look(digest);
    return found?.isFile() === true ? found.size : null;
  }

  async read(digest: Digest): Promise<Buffer | null> {
    // A pipe or a device in a blob's place would never end.
    if ((await this.sizeOf(digest)) === null) return null;
    return document(this.#place(digest), "layout's blob");
  }

  async access(digests: readonly (Digest | null)[]): Promise<LayerAccess> {
    const slices: (FileSlice | null)[] = [];
    for (const digest of digests) {
      const sizeBytes = digest === null ? null : await this.sizeOf(digest);
      slices.push(
        digest === null || sizeBytes === null
          ? null
          : { path: this.#place(digest), offset: 0, sizeBytes },
      );
    }
    return sliceAccess(slices);
  }

  async #look(digest: Digest): Promise<Stats | null> {
    const path = this.#place(digest);
    return stat(path).catch((error: unknown) => {
      const failure = openError("layout's blob", path, error);
      if (failure.code === "not-found") return null;
      throw failure;
    });
  }

  /** Links are followed: build tools make layouts of links into their caches, and digests vouch for what is there. */
  #place(digest: Digest): string {
    return join(this.#path, "blobs", "sha256", hexOf(digest));
  }
}
