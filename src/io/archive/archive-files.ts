// Finds what an image archive holds: small documents are kept, layers are remembered by place, and nothing is unpacked.
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { DOCUMENT_BYTES_MAX } from "../../formats/oci.ts";
import { TarReader } from "../../formats/tar.ts";
import { AppError, reasonOf } from "../../kit/error.ts";
import { normalPath, parentPath } from "../../kit/path.ts";
import type { FileSlice } from "../image.ts";
import { decompress } from "../layers/inflate.ts";
import { openError } from "../open-error.ts";
import { isDocument } from "./document-bytes.ts";

const DOCUMENTS_BYTES_MAX = 64 * 2 ** 20;
const ENTRIES_MAX = 100_000;
const LINKS_MAX = 16;

/** The entries of an image archive by path. */
export interface ArchiveFiles {
  readonly path: string;
  /** JSON documents of at most 4 MiB, whole. */
  readonly documents: ReadonlyMap<string, Buffer>;
  /** All regular files, by place in the file; empty when the archive is compressed and has no places. */
  readonly slices: ReadonlyMap<string, FileSlice>;
  /** Sizes of all regular files. */
  readonly sizesBytes: ReadonlyMap<string, number>;
  readonly compressed: boolean;
  /**
   * The regular file that a name leads to: older `docker save` writes layers that it has written already as links.
   * null when there is none, and for links that lead nowhere, outside, or to themselves.
   */
  resolve(name: string): string | null;
}

/**
 * Indexes an image archive: plain ones by hopping from header to header, compressed ones by reading through.
 *
 * @throws {AppError} `not-found`, `unreadable`, `archive-invalid`, `limit-exceeded`.
 */
export async function indexArchive(path: string): Promise<ArchiveFiles> {
  const file = await open(path, "r").catch((error: unknown) => {
    throw openError("archive", path, error);
  });
  try {
    return await indexed(file, path);
  } catch (error) {
    if (error instanceof AppError && error.code !== "archive-invalid") throw error;
    throw new AppError(
      "archive-invalid",
      `cannot read archive ${JSON.stringify(path)}: ${stateOf(error)}`,
      { subject: path, cause: error, ...hintOf(error) },
    );
  } finally {
    await file.close();
  }
}

async function indexed(file: FileHandle, path: string): Promise<ArchiveFiles> {
  const stat = await file.stat();
  if (stat.isDirectory())
    throw new AppError("archive-invalid", "it is a folder", {
      hint: "for a layout write oci:DIR, for an unpacked file system rootfs:DIR",
    });
  if (!stat.isFile()) throw new AppError("archive-invalid", "it is not a regular file");
  if (stat.size === 0) throw new AppError("archive-invalid", "it is empty");
  const head = Buffer.alloc(6);
  await file.read(head, 0, head.length, 0);
  const compressed = compressionOf(head) !== null;
  if (!compressed && stat.size < 512) throw new AppError("archive-invalid", "it is no tar archive");
  const gatherer = new Gatherer(path);
  if (compressed) await readThrough(path, gatherer);
  else await hop(file, gatherer);
  return gatherer.done(compressed);
}

function compressionOf(head: Buffer): "gzip" | "zstd" | null {
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  if (head.readUInt32LE(0) === 0xfd2fb528) return "zstd";
  const other = head.toString("latin1");
  if (other.startsWith("BZh") || other === "\xfd7zXZ\0") {
    const program = other.startsWith("BZh") ? "bunzip2" : "unxz";
    throw new AppError("archive-invalid", "it is compressed in a way that we do not read", {
      hint: `unpack it first with ${program}`,
    });
  }
  return null;
}

function stateOf(error: unknown): string {
  return reasonOf(error).replace(/^cannot (read tar archive|decompress:) /, "");
}

function hintOf(error: unknown): { hint?: string } {
  return error instanceof AppError && error.hint !== null ? { hint: error.hint } : {};
}

async function hop(file: FileHandle, gatherer: Gatherer): Promise<void> {
  const size = (await file.stat()).size;
  const buffer = Buffer.alloc(1 << 16);
  let at = 0;
  while (at < size) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) break;
    const isLast = at + bytesRead >= size || bytesRead < 512;
    const whole = isLast ? bytesRead : bytesRead - (bytesRead % 512);
    at = gatherer.hop(buffer.subarray(0, whole), at);
  }
  if (at > size) throw new AppError("archive-invalid", "it is cut");
  gatherer.finish();
}

async function readThrough(path: string, gatherer: Gatherer): Promise<void> {
  const stored = createReadStream(path, { highWaterMark: 1 << 20 });
  for await (const piece of decompress(stored)) gatherer.push(piece);
  gatherer.finish();
}

class Gatherer {
  readonly #path: string;
  readonly #documents = new Map<string, Buffer>();
  readonly #slices = new Map<string, FileSlice>();
  readonly #sizesBytes = new Map<string, number>();
  readonly #links = new Map<string, string>();
  readonly #reader: TarReader;
  #entries = 0;
  #documentBytes = 0;
  #name = "";
  #sizeBytes = 0;
  /** Where the content of the block after the current one begins; null while reading through. */
  #next: number | null = null;
  #opened = false;
  #pieces: Buffer[] | null = null;
  #untold = true;

  constructor(path: string) {
    this.#path = path;
    this.#reader = new TarReader({
      entry: (entry) => {
        this.#begin(normalPath(entry.path) ?? "", entry.type, entry);
      },
      data: (piece) => this.#data(piece),
      end: () => this.#end(),
    });
  }

  #begin(name: string, type: string, entry: { sizeBytes: number; link: string }): void {
    this.#entries += 1;
    if (this.#entries > ENTRIES_MAX)
      throw new AppError(
        "limit-exceeded",
        `cannot read archive ${JSON.stringify(this.#path)}: it has over ${ENTRIES_MAX} entries`,
        { subject: this.#path },
      );
    this.#pieces = null;
    this.#untold = true;
    this.#opened = false;
    // A later entry replaces an earlier one, whatever it was.
    for (const map of [this.#documents, this.#slices, this.#sizesBytes, this.#links])
      map.delete(name);
    if (type === "symlink") this.#links.set(name, resolveLink(name, entry.link));
    if (type === "hardlink") this.#links.set(name, normalPath(entry.link) ?? "");
    if (type !== "file") return;
    const { sizeBytes } = entry;
    this.#name = name;
    this.#sizeBytes = sizeBytes;
    this.#opened = true;
    this.#sizesBytes.set(name, sizeBytes);
    if (this.#next !== null)
      this.#slices.set(name, { path: this.#path, offset: this.#next, sizeBytes });
  }

  #data(piece: Uint8Array): void {
    if (this.#untold) {
      this.#untold = false;
      if (this.#sizeBytes <= DOCUMENT_BYTES_MAX && isDocument(piece)) this.#pieces = [];
    }
    if (this.#pieces === null) return;
    this.#documentBytes += piece.length;
    if (this.#documentBytes > DOCUMENTS_BYTES_MAX)
      throw new AppError(
        "limit-exceeded",
        `cannot read archive ${JSON.stringify(this.#path)}: its documents are too large`,
        { subject: this.#path },
      );
    this.#pieces.push(Buffer.from(piece));
  }

  #end(): void {
    if (this.#pieces !== null) this.#documents.set(this.#name, Buffer.concat(this.#pieces));
    this.#pieces = null;
    this.#opened = false;
  }

  /** Takes the next piece of an archive that is read through. */
  push(piece: Buffer): void {
    this.#reader.push(piece);
  }

  /** Takes a piece that begins at `at`; returns where the next one should begin. */
  hop(piece: Buffer, at: number): number {
    // Headers are aligned to 512 bytes: going block by block, a file's place is known when its header has been read.
    for (let used = 0; used < piece.length; used += 512) {
      const block = piece.subarray(used, used + 512);
      this.#next = at + used + 512;
      this.#reader.push(block);
      const isSkipped =
        this.#opened &&
        (this.#untold ? this.#sizeBytes > DOCUMENT_BYTES_MAX : this.#pieces === null);
      if (!isSkipped) continue;
      const skipped = this.#reader.skipRest();
      if (skipped > 0) return this.#next + skipped;
    }
    return at + piece.length;
  }

  finish(): void {
    this.#reader.finish();
  }

  done(compressed: boolean): ArchiveFiles {
    return {
      path: this.#path,
      documents: this.#documents,
      slices: this.#slices,
      sizesBytes: this.#sizesBytes,
      compressed,
      resolve: (name) => this.#resolve(name),
    };
  }

  #resolve(name: string): string | null {
    let at = normalPath(name) ?? "";
    for (let step = 0; step < LINKS_MAX; step += 1) {
      if (this.#sizesBytes.has(at)) return at;
      const target = this.#links.get(at);
      if (target === undefined) return null;
      at = target;
    }
    return null;
  }
}

/** Where a symbolic link of the archive leads; `..` at the top stays at the top. */
function resolveLink(name: string, target: string): string {
  const parts = target.startsWith("/") ? [] : parentPath(name).split("/");
  for (const part of target.split("/")) {
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return normalPath(parts.join("/")) ?? "";
}
