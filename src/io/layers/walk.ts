import { createHash, type Hash, hash } from "node:crypto";
import { type TarConsumer, type TarEntry, TarReader } from "../../formats/tar.ts";
import { AppError } from "../../kit/error.ts";
import { baseName, normalPath, parentPath } from "../../kit/path.ts";
import {
  digestBytes,
  type FileKind,
  type FileTable,
  FileTableBuilder,
  kindOf,
} from "../../model/file-table.ts";
import type { Problem } from "../../model/problem.ts";

/** Whether a file's bytes are wanted: always, only if it begins with the ELF magic, or not. */
export type Interest = "always" | "if-elf" | "no";

/** Told of the content of every file, piece by piece: `begin`, `piece` as often as there are some, `end`. */
export interface ContentVisitor {
  begin(path: string, sizeBytes: number): void;
  /** A view on a buffer that is used again: to be read before returning. */
  piece(bytes: Uint8Array): void;
  end(): void;
  /** Whether the rest of the file need not be shown. */
  readonly isSated?: boolean;
}

/** Told of a layer's files while they stream by. */
export interface LayerVisitor {
  /** Who reads everything; absent when nobody does. */
  readonly contents?: ContentVisitor | undefined;
  interest(path: string): Interest;
  /** The most bytes of one file that are gathered; larger ones go to `tooLarge`. */
  readonly gatherBytesMax: number;
  /** A view on a buffer that is used again: to be read before returning. */
  file(path: string, bytes: Uint8Array): void;
  tooLarge(path: string, sizeBytes: number): void;
}

/** A layer after one pass. */
export interface WalkedLayer {
  readonly files: FileTable;
  readonly problems: readonly Problem[];
  /** Hard links to wanted names: [the name, the path in the same layer that has the content]. */
  readonly hardLinks: readonly (readonly [path: string, target: string])[];
}

/** No image that people build comes near; a hostile one must not take all memory. */
const ENTRIES_MAX = 4_000_000;
const PROBLEMS_MAX = 100;
const PATH_MAX = 4096;
const DEPTH_MAX = 200;

/**
 * Walks a layer's plain tar once: a row for every entry with its digest, and to the visitor the files it wants.
 *
 * @throws {AppError} `archive-invalid` when it is no tar or is cut, `limit-exceeded` past four million entries.
 */
export async function walkLayer(
  pieces: AsyncIterable<Buffer>,
  visitor: LayerVisitor,
): Promise<WalkedLayer> {
  const walker = new Walker(visitor);
  const reader = new TarReader(walker);
  for await (const piece of pieces) reader.push(piece);
  reader.finish();
  return walker.done();
}

class Walker implements TarConsumer {
  readonly #visitor: LayerVisitor;
  readonly #files = new FileTableBuilder();
  readonly #problems: Problem[] = [];
  readonly #hardLinks: [string, string][] = [];
  /** Rows of files and symbolic links by the names under which they stand; made when the first hard link asks. */
  #standing: Map<string, number> | null = null;
  #refused = 0;
  /** The file that is streaming by; row -1 when its entry was refused. */
  #path = "";
  #row = -1;
  #sizeBytes = 0;
  #interest: Interest = "no";
  #hash: Hash | null = null;
  /** Whether the bytes of the file are being put together; only those that come in several pieces are. */
  #gathering = false;
  #seenBytes = 0;
  /** Used again for every file that is put together: fresh memory costs more than the copying. */
  #scratch: Buffer = EMPTY;

  constructor(visitor: LayerVisitor) {
    this.#visitor = visitor;
  }

  entry(entry: TarEntry): void {
    this.#row = -1;
    this.#hash = null;
    this.#gathering = false;
    this.#seenBytes = 0;
    this.#interest = "no";
    const path = placeable(entry.path);
    if (path === null) this.#refuse(entry.path);
    else if (path !== "") this.#place(path, entry);
  }

  #place(path: string, entry: TarEntry): void {
    if (this.#files.count >= ENTRIES_MAX) {
      throw new AppError(
        "limit-exceeded",
        `cannot read tar archive: more than ${ENTRIES_MAX} entries`,
      );
    }
    const name = baseName(path);
    if (name.startsWith(".wh.")) {
      this.#whiteout(path, name);
      return;
    }
    if (entry.type === "hardlink") {
      this.#hardLink(path, entry);
      return;
    }
    this.#row = this.#files.add({ ...entry, path, kind: entry.type });
    if (this.#standing !== null) stand(this.#standing, path, entry.type, this.#row);
    if (entry.type === "file") this.#beginFile(path, entry);
  }

  #beginFile(path: string, entry: TarEntry): void {
    this.#path = path;
    this.#sizeBytes = entry.sizeBytes;
    this.#interest = this.#visitor.interest(path);
    if (entry.sizeBytes > 0) this.#visitor.contents?.begin(path, entry.sizeBytes);
    if (entry.sizeBytes === 0) this.#files.setDigest(this.#row, hash("sha256", EMPTY, "binary"));
  }

  data(piece: Uint8Array): void {
    if (this.#row === -1) return;
    this.#visitor.contents?.piece(piece);
    if (piece.length === this.#sizeBytes) {
      this.#files.setDigest(this.#row, hash("sha256", piece, "binary"));
      if (this.#wanted(piece)) this.#offer(piece);
      this.#sizeBytes = -1;
      return;
    }
    if (this.#hash === null) {
      this.#hash = createHash("sha256");
      this.#gathering = this.#wanted(piece);
      if (this.#gathering && !this.#isTooLarge()) this.#makeRoom(this.#sizeBytes);
    }
    this.#hash.update(piece);
    if (this.#gathering && !this.#isTooLarge()) this.#scratch.set(piece, this.#seenBytes);
    this.#seenBytes += piece.length;
  }

  #isTooLarge(): boolean {
    return this.#sizeBytes > this.#visitor.gatherBytesMax;
  }

  #makeRoom(bytes: number): void {
    if (this.#scratch.length >= bytes) return;
    this.#scratch = EMPTY;
    this.#scratch = Buffer.allocUnsafeSlow(Math.max(bytes, SCRATCH_BYTES_MIN));
  }

  end(): void {
    if (this.#row !== -1) this.#visitor.contents?.end();
    if (this.#row === -1 || this.#hash === null) return;
    this.#files.setDigest(this.#row, this.#hash.digest("binary"));
    if (!this.#gathering) return;
    this.#gathering = false;
    if (this.#isTooLarge()) this.#visitor.tooLarge(this.#path, this.#sizeBytes);
    else this.#offer(this.#scratch.subarray(0, this.#seenBytes));
  }

  #wanted(first: Uint8Array): boolean {
    // A piece may end within the magic; then the file is gathered and looked at when it is whole.
    if (this.#interest === "if-elf") return first.length < 4 || isElf(first);
    return this.#interest === "always";
  }

  #offer(bytes: Uint8Array): void {
    if (this.#interest === "if-elf" && !isElf(bytes)) return;
    this.#visitor.file(this.#path, bytes);
  }

  /** A second name: for a file the same content, for a symbolic link the same link. */
  #hardLink(path: string, entry: TarEntry): void {
    const target = placeable(entry.link) ?? "";
    const table = this.#files.build();
    this.#standing ??= standingIn(table);
    const row = this.#standing.get(target);
    if (row !== undefined) this.#standing.set(path, row);
    if (row !== undefined && kindOf(table, row) === "symlink") {
      this.#files.add({ ...entry, path, kind: "symlink", link: table.links.get(row) ?? "" });
      return;
    }
    // The first name may be gone from a later layer: this one has to tell its size by itself.
    const sizeBytes = row === undefined ? 0 : (table.sizesBytes[row] ?? 0);
    const own = this.#files.add({ ...entry, path, kind: "hardlink", sizeBytes, link: target });
    if (row === undefined) {
      this.#problem(
        path,
        `hard link leads to ${quoted(entry.link)}, which the layer does not have`,
      );
      return;
    }
    this.#files.setDigest(own, digestBytes(table, row));
    if (this.#visitor.interest(path) === "always")
      this.#hardLinks.push([path, table.paths[row] ?? target]);
  }

  #whiteout(path: string, name: string): void {
    const folder = parentPath(path);
    const common = { mode: 0, sizeBytes: 0, link: "" };
    if (name === ".wh..wh..opq") this.#files.add({ ...common, path: folder, kind: "opaque" });
    // Other names with a doubled prefix are notes of aufs to itself.
    else if (!name.startsWith(".wh..wh.")) {
      const hidden = name.slice(".wh.".length);
      // It would name the folder itself or the one above: a way to hide all lower layers from us and from nobody else.
      if (hidden === "" || hidden === "." || hidden === "..") {
        this.#problem(path, `whiteout ${quoted(path)} names no file and was left out`);
        return;
      }
      this.#files.add({
        ...common,
        path: folder === "" ? hidden : `${folder}/${hidden}`,
        kind: "whiteout",
      });
    }
  }

  #refuse(path: string): void {
    this.#problem(
      path,
      `entry ${quoted(path)} leads outside the image, or is too long or deep, and was left out`,
    );
  }

  #problem(path: string, detail: string): void {
    this.#refused += 1;
    if (this.#problems.length < PROBLEMS_MAX)
      this.#problems.push({ code: "entry-refused", detail, path: path.slice(0, 300) });
  }

  done(): WalkedLayer {
    const more = this.#refused - this.#problems.length;
    const rest: Problem[] =
      more > 0
        ? [{ code: "entry-refused", detail: `${more} more entries of this layer were left out` }]
        : [];
    return {
      files: this.#files.build(),
      problems: [...this.#problems, ...rest],
      hardLinks: this.#hardLinks,
    };
  }
}

const EMPTY: Buffer = Buffer.alloc(0);
/** Most files that are put together are smaller. */
const SCRATCH_BYTES_MIN = 4 << 20;

function isElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

function placeable(path: string): string | null {
  if (path.length > PATH_MAX) return null;
  const normal = normalPath(path);
  if (normal === null) return null;
  // A path of so few characters cannot be that deep, and taking thousands apart costs.
  if (normal.length < 2 * DEPTH_MAX) return normal;
  return normal.split("/", DEPTH_MAX + 1).length <= DEPTH_MAX ? normal : null;
}

function quoted(path: string): string {
  return JSON.stringify(path.slice(0, 120));
}

/** What stands under each name of a table. A later row replaces an earlier one. */
function standingIn(table: FileTable): Map<string, number> {
  const standing = new Map<string, number>();
  for (let row = 0; row < table.count; row += 1)
    stand(standing, table.paths[row] ?? "", kindOf(table, row), row);
  return standing;
}

/** Hard links lead to files and to symbolic links; whatever else has a name takes it from them. */
function stand(standing: Map<string, number>, path: string, kind: FileKind, row: number): void {
  if (kind === "file" || kind === "symlink") standing.set(path, row);
  else standing.delete(path);
}
