import { type FileKind, type FileTable, kindOf } from "../../model/file-table.ts";
import type { PlacedReading } from "./inventory.ts";
import type { LayerReading } from "./read.ts";
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

/** Evidence that is asked for under one path and lies under another. */
export interface LinkedEvidence {
  /** The symbolic link. */
  readonly path: string;
  /** Layer and path, as the layer writes it, of the file to which it leads. */
  readonly layer: number;
  readonly target: string;
}

/**
 * Exact paths that catalogers ask for and that are symbolic links in the finished image, where the file behind them was not
 * read because its own name says nothing to the same cataloger.
 */
export function linkedEvidence(
  squashed: Squashed,
  tables: readonly FileTable[],
  selection: Selection,
): LinkedEvidence[] {
  const found: LinkedEvidence[] = [];
  for (const path of selection.exactPaths) {
    const link = standing(squashed, tables, squashed.links.place(path));
    if (link?.kind !== "symlink") continue;
    const target = squashed.links.resolve(path);
    const file = target === null ? null : standing(squashed, tables, target);
    if (file?.kind !== "file") continue;
    const readAlready = selection.byName(file.path);
    if (selection.byName(path).some((cataloger) => !readAlready.includes(cataloger)))
      found.push({ path, layer: file.layer, target: file.path });
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
