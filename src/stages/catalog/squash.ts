// Lays layers over one another: which row of which layer is visible in the finished image.
// OCI image specification, layer.md: "Whiteouts", "Opaque Whiteout", "Applying Changesets".
// Layers are walked from the top, so that the first to speak of a path has the last word, and cost stays linear.
import { parentPath } from "../../kit/path.ts";
import { type FileTable, kindOf } from "../../model/file-table.ts";
import { type FolderLinks, folderLinks, folderLinksByLayer } from "./folder-links.ts";

/** What is visible in the end. */
export interface Squashed {
  /** Visible rows by path in the finished image. */
  readonly rows: ReadonlyMap<string, VisibleRow>;
  /** Links as they are in the finished image. */
  readonly links: FolderLinks;
  /** Where a file of a layer is seen in the finished image; null when an upper layer took it away or replaced it. */
  visible(layer: number, path: string): string | null;
  /** Where a file of a layer lies, seen or not: the links of its folder followed as that layer has them. */
  place(layer: number, path: string): string;
}

export interface VisibleRow {
  readonly layer: number;
  readonly row: number;
}

/** Squashes tables of layers, given from the bottom. */
export function squash(tables: readonly FileTable[]): Squashed {
  const linksByLayer = folderLinksByLayer(tables);
  const rows = new Map<string, VisibleRow>();
  const hidden = new Hidden();
  for (let layer = tables.length - 1; layer >= 0; layer -= 1) {
    const table = tables[layer];
    const links = linksByLayer[layer];
    if (table !== undefined && links !== undefined) layDown(table, layer, { rows, hidden, links });
  }
  const place = (layer: number, path: string): string => linksByLayer[layer]?.place(path) ?? path;
  return {
    rows,
    links: linksByLayer.at(-1) ?? folderLinks(new Map()),
    visible: (layer, path) => {
      const at = place(layer, path);
      return rows.get(at)?.layer === layer ? at : null;
    },
    place,
  };
}

interface Ground {
  readonly rows: Map<string, VisibleRow>;
  readonly hidden: Hidden;
  readonly links: FolderLinks;
}

function layDown(table: FileTable, layer: number, ground: Ground): void {
  const { hidden, links } = ground;
  const taken: string[] = [];
  const opaque: string[] = [];
  const seen: Seen = { rows: ground.rows, hidden, overlaid: new Set() };
  // A later entry of the same layer replaces an earlier one: walked backwards, the first seen wins here, too.
  for (let row = table.count - 1; row >= 0; row -= 1) {
    const path = links.place(table.paths[row] ?? "");
    const kind = kindOf(table, row);
    if (kind === "whiteout") taken.push(path);
    else if (kind === "opaque") opaque.push(path);
    // What is no folder hides all that lower layers have under its name, also when an upper layer made it a folder again.
    else if (isFirst(path, { layer, row }, seen) && kind !== "directory") taken.push(path);
  }
  // Whiteouts concern lower layers only, so they take effect after the layer's own rows.
  if (layer > 0) hidden.add(taken, opaque);
}

interface Seen extends Omit<Ground, "links"> {
  /** Paths of this layer that an upper one covers. */
  readonly overlaid: Set<string>;
}

/** Shows a row if nothing is in its way; whether it is the first of its layer at that path, shown or not. */
function isFirst(path: string, at: VisibleRow, { rows, hidden, overlaid }: Seen): boolean {
  const above = rows.get(path);
  if (above?.layer === at.layer || overlaid.has(path)) return false;
  if (above !== undefined) overlaid.add(path);
  else if (!hidden.covers(path)) rows.set(path, at);
  return true;
}

/** Paths that upper layers took away, with all below them. */
class Hidden {
  readonly #whole = new Set<string>();
  readonly #insides = new Set<string>();
  /** Answers for folders, asked again and again; empty after every change. */
  #folders = new Map<string, boolean>();
  /** Rows of one folder follow one another: the last that was asked for, and its answer. */
  #folder = "";
  #isCovered = false;

  add(whole: readonly string[], insides: readonly string[]): void {
    for (const path of whole) this.#whole.add(path);
    for (const path of insides) this.#insides.add(path);
    this.#folders = new Map();
    this.#folder = "";
    this.#isCovered = this.#coversInside("");
  }

  covers(path: string): boolean {
    if (this.#whole.size === 0 && this.#insides.size === 0) return false;
    const slash = Math.max(0, path.lastIndexOf("/"));
    if (slash !== this.#folder.length || !path.startsWith(this.#folder)) {
      this.#folder = path.slice(0, slash);
      this.#isCovered = this.#coversInside(this.#folder);
    }
    return this.#isCovered || this.#whole.has(path);
  }

  #coversInside(folder: string): boolean {
    const known = this.#folders.get(folder);
    if (known !== undefined) return known;
    const covered =
      this.#whole.has(folder) ||
      this.#insides.has(folder) ||
      (folder !== "" && this.#coversInside(parentPath(folder)));
    this.#folders.set(folder, covered);
    return covered;
  }
}
