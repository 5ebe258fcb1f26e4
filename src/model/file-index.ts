import type { Digest } from "./digest.ts";
import { FILE_KINDS, type FileRow, type FileTable, rowOf } from "./file-table.ts";

/** Every file of a finished image: what drift is measured against. Keyed by the image's digest. */
export interface FileIndex {
  readonly digest: Digest;
  /** Visible rows, sorted by path; no whiteouts. */
  readonly files: FileTable;
  /** Index of the layer that last wrote each row, from 0 at the bottom. */
  readonly layers: readonly number[];
  /** The system package to which a row belongs, as `type/name`, by row; absent for what no package owns. */
  readonly owners: ReadonlyMap<number, string>;
}

/** A row of the index, for people. */
export interface IndexedFile extends FileRow {
  readonly layer: number;
  readonly owner: string | null;
}

/** The rows at and below a path; all for `""`. Binary search, then one pass over what is asked for. */
export function rowsBelow(index: FileIndex, path: string): IndexedFile[] {
  const { paths } = index.files;
  const found: IndexedFile[] = [];
  if (path === "") return paths.map((_, row) => indexedFile(index, row));
  const exact = firstNotBefore(paths, path);
  if (paths[exact] === path) found.push(indexedFile(index, exact));
  const inside = `${path}/`;
  for (let row = firstNotBefore(paths, inside); paths[row]?.startsWith(inside) === true; row += 1) {
    found.push(indexedFile(index, row));
  }
  return found;
}

/** The row of a path; null when there is none. */
export function rowAt({ files: { paths } }: FileIndex, path: string): number | null {
  const row = firstNotBefore(paths, path);
  return paths[row] === path ? row : null;
}

/** The file at a path; null when there is none. */
export function indexedFileAt(index: FileIndex, path: string): IndexedFile | null {
  const row = rowAt(index, path);
  return row === null ? null : indexedFile(index, row);
}

/** As the kernel has it (path_resolution(7)). */
const LINKS_MAX = 40;

/**
 * Where a path leads when the folders above it are links: `usr/bin/ls` for `bin/ls` where `bin` is a link to `usr/bin`. The
 * last part is taken as it is, so that a link can be asked for.
 *
 * @returns null when links go round in circles.
 */
export function throughLinks(index: FileIndex, path: string): string | null {
  const left = path.split("/").reverse();
  const done: string[] = [];
  for (let followed = 0; left.length > 1; ) {
    const part = left.pop() ?? "";
    if (part === "..") done.pop();
    if (part === "" || part === "." || part === "..") continue;
    done.push(part);
    const link = symlinkAt(index.files, done.join("/"));
    if (link === undefined) continue;
    followed += 1;
    if (followed > LINKS_MAX) return null;
    done.length = link.startsWith("/") ? 0 : done.length - 1;
    left.push(...link.split("/").reverse());
  }
  return [...done, ...left].join("/");
}

function symlinkAt({ paths, kinds, links }: FileTable, path: string): string | undefined {
  const row = firstNotBefore(paths, path);
  const isSymlink = paths[row] === path && FILE_KINDS[kinds[row] ?? 0] === "symlink";
  return isSymlink ? links.get(row) : undefined;
}

function firstNotBefore(paths: readonly string[], path: string): number {
  let low = 0;
  let high = paths.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((paths[middle] ?? "") < path) low = middle + 1;
    else high = middle;
  }
  return low;
}

function indexedFile(index: FileIndex, row: number): IndexedFile {
  return {
    ...rowOf(index.files, row),
    layer: index.layers[row] ?? 0,
    owner: index.owners.get(row) ?? null,
  };
}
