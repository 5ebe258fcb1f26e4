/**
 * Files of a layer or of a whole image, as columns: an image has tens of thousands of them, and drift detection will ask
 * for digests of single paths. Rows keep the order in which they were added.
 */

/** What a row is. `whiteout` and `opaque` occur in layers only: they take away what lower layers brought. */
export const FILE_KINDS = [
  "file",
  "directory",
  "symlink",
  "hardlink",
  "character",
  "block",
  "fifo",
  "whiteout",
  "opaque",
] as const;

export type FileKind = (typeof FILE_KINDS)[number];

export interface FileTable {
  readonly count: number;
  /** Without leading slash; the root folder itself is not a row. */
  readonly paths: readonly string[];
  /** Index into {@link FILE_KINDS}. */
  readonly kinds: Uint8Array;
  readonly modes: Uint16Array;
  readonly sizesBytes: Float64Array;
  /** 32 bytes a row: sha256 of regular files and of what hard links lead to; zeros otherwise. */
  readonly digests: Uint8Array;
  /** Targets of symbolic and hard links by row. */
  readonly links: ReadonlyMap<number, string>;
}

/** One row, for people. */
export interface FileRow {
  readonly path: string;
  readonly kind: FileKind;
  readonly mode: number;
  readonly sizeBytes: number;
  /** 64 hex digits; null for what has no content. */
  readonly sha256: string | null;
  readonly link: string | null;
}

/** Grows a {@link FileTable} row by row. */
export class FileTableBuilder {
  readonly #paths: string[] = [];
  readonly #links = new Map<number, string>();
  #kinds: Uint8Array;
  #modes: Uint16Array;
  #sizes: Float64Array;
  #digests: Uint8Array;

  /** @param rows How many there will be, if that is known; there may be more. */
  constructor(rows: number = 1024) {
    const size = Math.max(rows, 1);
    this.#kinds = new Uint8Array(size);
    this.#modes = new Uint16Array(size);
    this.#sizes = new Float64Array(size);
    this.#digests = new Uint8Array(size * 32);
  }

  get count(): number {
    return this.#paths.length;
  }

  /** @returns The row's number. */
  add(row: {
    path: string;
    kind: FileKind;
    mode: number;
    sizeBytes: number;
    link: string;
  }): number {
    const at = this.#paths.length;
    if (at === this.#kinds.length) this.#grow();
    this.#paths.push(row.path);
    this.#kinds[at] = FILE_KINDS.indexOf(row.kind);
    this.#modes[at] = row.mode;
    this.#sizes[at] = row.sizeBytes;
    if (row.link !== "") this.#links.set(at, row.link);
    return at;
  }

  /** Adds a row of another table, under another path. */
  copy(table: FileTable, row: number, path: string): number {
    const at = this.#paths.length;
    if (at === this.#kinds.length) this.#grow();
    this.#paths.push(path);
    this.#kinds[at] = table.kinds[row] ?? 0;
    this.#modes[at] = table.modes[row] ?? 0;
    this.#sizes[at] = table.sizesBytes[row] ?? 0;
    const link = table.links.get(row);
    if (link !== undefined) this.#links.set(at, link);
    // Byte by byte: a view for each of tens of thousands of rows costs more than what it copies.
    for (let i = 0; i < 32; i += 1) this.#digests[at * 32 + i] = table.digests[row * 32 + i] ?? 0;
    return at;
  }

  /** @param sha256 32 bytes, or a text of 32 characters of one byte each, in which Node gives digests much faster. */
  setDigest(row: number, sha256: Uint8Array | string): void {
    if (typeof sha256 !== "string") this.#digests.set(sha256, row * 32);
    else for (let i = 0; i < 32; i += 1) this.#digests[row * 32 + i] = sha256.charCodeAt(i);
  }

  build(): FileTable {
    const count = this.count;
    return {
      count,
      paths: this.#paths,
      kinds: this.#kinds.subarray(0, count),
      modes: this.#modes.subarray(0, count),
      sizesBytes: this.#sizes.subarray(0, count),
      digests: this.#digests.subarray(0, count * 32),
      links: this.#links,
    };
  }

  #grow(): void {
    const size = this.#kinds.length * 2;
    const kinds = new Uint8Array(size);
    kinds.set(this.#kinds);
    const modes = new Uint16Array(size);
    modes.set(this.#modes);
    const sizes = new Float64Array(size);
    sizes.set(this.#sizes);
    const digests = new Uint8Array(size * 32);
    digests.set(this.#digests);
    this.#kinds = kinds;
    this.#modes = modes;
    this.#sizes = sizes;
    this.#digests = digests;
  }
}

export function kindOf(table: FileTable, row: number): FileKind {
  return FILE_KINDS[table.kinds[row] ?? 0] ?? "file";
}

export function digestBytes(table: FileTable, row: number): Uint8Array {
  return table.digests.subarray(row * 32, row * 32 + 32);
}

/** A row in readable form. */
export function rowOf(table: FileTable, row: number): FileRow {
  const bytes = digestBytes(table, row);
  const known = bytes.some((b) => b !== 0);
  return {
    path: table.paths[row] ?? "",
    kind: kindOf(table, row),
    mode: table.modes[row] ?? 0,
    sizeBytes: table.sizesBytes[row] ?? 0,
    sha256: known ? Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("") : null,
    link: table.links.get(row) ?? null,
  };
}
