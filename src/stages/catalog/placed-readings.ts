import { baseName, parentPath } from "../../kit/path.ts";
import { type FileKind, type FileTable, kindOf } from "../../model/file-table.ts";
import type { LayerReading, PlacedReading } from "./read.ts";
import type { Selection } from "./select.ts";
import type { Squashed } from "./squash.ts";

/** Keeps the readings whose evidence is still there in the finished image, under the path where it is seen. */
export function placedReadings(
  squashed: Squashed,
  readingsByLayer: readonly (readonly LayerReading[])[],
): PlacedReading[] {
  return readingsByLayer.flatMap((readings, layer) =>
    readings.flatMap((reading) => {
      const path = squashed.visible(layer, reading.path);
      return path === null ? [] : [{ ...reading, path, layer }];
    }),
  );
}

/** What every layer said, under the paths where it lies, whether or not upper layers took it away or replaced it. */
export function allReadings(
  squashed: Squashed,
  readingsByLayer: readonly (readonly LayerReading[])[],
): PlacedReading[] {
  return readingsByLayer.flatMap((readings, layer) =>
    readings.map((r) => ({ ...r, path: squashed.place(layer, r.path), layer })),
  );
}

/** Evidence that is asked for under one path and lies under another. */
export interface LinkedEvidence {
  /** Where it is asked for: a symbolic link, or below one. */
  readonly path: string;
  /** Layer and path, as the layer writes it, of the file to which it leads. */
  readonly layer: number;
  readonly target: string;
}

/**
 * Exact paths that catalogers ask for and to which symbolic links lead in the finished image, of a file or of a folder above it,
 * where the file behind them was not read because its own name says nothing to the same cataloger.
 */
export function linkedEvidence(
  squashed: Squashed,
  tables: readonly FileTable[],
  selection: Selection,
): LinkedEvidence[] {
  return leadingElsewhere(squashed, selection).flatMap(([path, target]) => {
    const file = standing(squashed, tables, target);
    if (file?.kind !== "file") return [];
    const readAlready = selection.byName(file.path);
    const isUnread = selection.byName(path).some((cataloger) => !readAlready.includes(cataloger));
    return isUnread ? [{ path, layer: file.layer, target: file.path }] : [];
  });
}

/** Places that are asked for exactly and lie somewhere else, with where that is. */
function leadingElsewhere(
  { links, rows }: Squashed,
  { exact }: Selection,
): [path: string, target: string][] {
  const found: [string, string][] = [];
  for (const path of exact.paths) {
    const target = links.resolve(path);
    if (target !== null && target !== path) found.push([path, target]);
  }
  const folders = new Map<string, string>();
  for (const folder of exact.folders) {
    const target = links.resolve(folder);
    if (target !== null && target !== folder) folders.set(target, folder);
  }
  if (folders.size === 0) return found;
  for (const target of rows.keys()) {
    const folder = folders.get(parentPath(target));
    if (folder !== undefined) found.push([`${folder}/${baseName(target)}`, target]);
  }
  return found;
}

/** What stands at a path of the finished image: its kind, its layer, and the path under which that layer wrote it. */
function standing(
  squashed: Squashed,
  tables: readonly FileTable[],
  place: string,
): { kind: FileKind; layer: number; path: string } | null {
  const seen = squashed.rows.get(place);
  const table = seen === undefined ? undefined : tables[seen.layer];
  if (seen === undefined || table === undefined) return null;
  return { kind: kindOf(table, seen.row), layer: seen.layer, path: table.paths[seen.row] ?? "" };
}
