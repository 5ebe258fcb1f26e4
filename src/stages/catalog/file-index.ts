import type { Digest } from "../../model/digest.ts";
import type { FileIndex } from "../../model/file-index.ts";
import { type FileTable, FileTableBuilder } from "../../model/file-table.ts";
import type { Squashed } from "./squash.ts";

/** Writes down what is visible in a finished image, by path. */
export function fileIndexOf(
  digest: Digest,
  image: {
    readonly tables: readonly FileTable[];
    readonly squashed: Squashed;
    readonly owners: ReadonlyMap<string, string>;
  },
): FileIndex {
  const { tables, squashed } = image;
  const builder = new FileTableBuilder(squashed.rows.size);
  const layers: number[] = [];
  const owners = new Map<number, string>();
  for (const path of [...squashed.rows.keys()].sort()) {
    const visible = squashed.rows.get(path);
    const table = visible === undefined ? undefined : tables[visible.layer];
    if (visible === undefined || table === undefined) continue;
    const at = builder.copy(table, visible.row, path);
    layers.push(visible.layer);
    const owner = image.owners.get(path);
    if (owner !== undefined) owners.set(at, owner);
  }
  return { digest, files: builder.build(), layers, owners };
}
