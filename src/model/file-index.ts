import type { Digest } from "./digest.ts";
import { type FileRow, type FileTable, rowOf } from "./file-table.ts";

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
