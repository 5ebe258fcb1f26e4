// Finds what an image archive holds: small documents are kept, layers are remembered by place, and nothing is unpacked.
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { TarReader } from "../../formats/tar.ts";
import { AppError, reasonOf } from "../../kit/error.ts";
import { normalPath, parentPath } from "../../kit/path.ts";
import type { FileSlice } from "../image.ts";
import { inflate } from "../layers/inflate.ts";
import { openError } from "../open-error.ts";

/** A manifest or configuration is a few kilobytes; what is larger is a layer, or an attack. */
export const DOCUMENT_BYTES_MAX = 4 * 2 ** 20;
const DOCUMENTS_BYTES_MAX = 64 * 2 ** 20;
const ENTRIES_MAX = 100_000;

/** The entries of an image archive by path. */
export interface ArchiveFiles {
  /** JSON documents, whole. */
  readonly documents: ReadonlyMap<string, Buffer>;
  /** Everything else, by place in the file; empty when the archive is compressed and has no places. */
  readonly slices: ReadonlyMap<string, FileSlice>;
  /** Names of all regular files. */
  readonly names: ReadonlySet<string>;
  /** Older `docker save` writes layers that it has written already as links. */
  readonly links: ReadonlyMap<string, string>;
  readonly compressed: boolean;
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
    const gatherer = new Gatherer(path);
    const head = Buffer.alloc(4);
    await file.read(head, 0, 4, 0);
    const compressed =
      (head[0] === 0x1f && head[1] === 0x8b) || head.readUInt32LE(0) === 0xfd2fb528;
    if (compressed) await readThrough(path, gatherer);
    else await hop(file, gatherer);
    return gatherer.done(compressed);
  } catch (error) {
    if (error instanceof AppError && error.code !== "archive-invalid") throw error;
    throw new AppError(
      "archive-invalid",
      `cannot read archive ${JSON.stringify(path)}: ${stateOf(error)}`,
      { cause: error },
    );
  } finally {
    await file.close();
  }
}

function stateOf(error: unknown): string {
  return reasonOf(error).replace(/^cannot read tar archive /, "");
}

async function hop(file: FileHandle, gatherer: Gatherer): Promise<void> {
  const size = (await file.stat()).size;
  const buffer = Buffer.alloc(1 << 16);
  let at = 0;
  while (at < size) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) break;
    at = gatherer.push(buffer.subarray(0, bytesRead), at);
  }
  gatherer.finish(at > size);
}

async function readThrough(path: string, gatherer: Gatherer): Promise<void> {
  let at = 0;
  for await (const piece of inflate(createReadStream(path)).pieces) {
    gatherer.push(piece, at, false);
    at += piece.length;
  }
  gatherer.finish(false);
}

class Gatherer {
  readonly #path: string;
  readonly #documents = new Map<string, Buffer>();
  readonly #slices = new Map<string, FileSlice>();
  readonly #names = new Set<string>();
  readonly #links = new Map<string, string>();
  readonly #reader: TarReader;
  #documentBytes = 0;
  #name = "";
  #sizeBytes = 0;
  #opened = false;
  #pieces: Buffer[] | null = null;

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
    if (this.#names.size >= ENTRIES_MAX)
      throw new AppError("limit-exceeded", `cannot read archive: over ${ENTRIES_MAX} entries`);
    this.#pieces = null;
    this.#opened = false;
    if (type === "symlink") this.#links.set(name, normalPath(resolveLink(name, entry.link)) ?? "");
    if (type === "hardlink") this.#links.set(name, normalPath(entry.link) ?? "");
    if (type !== "file") return;
    this.#name = name;
    this.#names.add(name);
    this.#sizeBytes = entry.sizeBytes;
    this.#opened = true;
  }

  #data(piece: Uint8Array): void {
    if (!this.#opened) return;
    if (this.#pieces === null && !isDocument(piece, this.#sizeBytes)) return;
    this.#documentBytes += piece.length;
    if (this.#documentBytes > DOCUMENTS_BYTES_MAX)
      throw new AppError("limit-exceeded", "cannot read archive: too many documents");
    this.#pieces ??= [];
    this.#pieces.push(Buffer.from(piece));
  }

  #end(): void {
    if (this.#pieces !== null) this.#documents.set(this.#name, Buffer.concat(this.#pieces));
    this.#pieces = null;
    this.#opened = false;
  }

  /** Reads a piece that begins at `at`; returns where the next one should begin. */
  push(piece: Buffer, at: number, seekable = true): number {
    if (!seekable) {
      this.#reader.push(piece);
      return at + piece.length;
    }
    // Headers are aligned to 512 bytes: going block by block, a file's place is known when its first bytes arrive.
    let used = 0;
    while (used < piece.length) {
      const block = piece.subarray(used, used + 512);
      const before = this.#opened;
      this.#reader.push(block);
      used += block.length;
      if (this.#opened && !before)
        this.#slices.set(this.#name, {
          path: this.#path,
          offset: at + used,
          sizeBytes: this.#sizeBytes,
        });
      if (this.#opened && this.#sizeBytes > DOCUMENT_BYTES_MAX) {
        const skipped = this.#reader.skipRest();
        if (skipped > 0) return at + used + skipped;
      }
    }
    return at + used;
  }

  finish(beyondEnd: boolean): void {
    if (beyondEnd) throw new AppError("archive-invalid", "it is cut");
    this.#reader.finish();
  }

  done(compressed: boolean): ArchiveFiles {
    return {
      documents: this.#documents,
      slices: this.#slices,
      names: this.#names,
      links: this.#links,
      compressed,
    };
  }
}

function resolveLink(name: string, target: string): string {
  const parts = target.startsWith("/") ? [] : parentPath(name).split("/");
  for (const part of target.split("/")) {
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}

function isDocument(first: Uint8Array, sizeBytes: number): boolean {
  const byte = first.find((b) => b !== 0x20 && b !== 0x0a && b !== 0x0d && b !== 0x09);
  return sizeBytes <= DOCUMENT_BYTES_MAX && (byte === 0x7b || byte === 0x5b);
}
