import { Links, PATH_LENGTH_MAX } from "../../kit/links.ts";
import { type FileTable, kindOf } from "../../model/file-table.ts";

/** Symbolic links of one state of an image, resolved inside the image only. */
export interface FolderLinks {
  /** Where a row really lies: the links of its folder followed, itself not. */
  place(path: string): string;
  /** Follows all links in a path; null for loops. */
  resolve(path: string): string | null;
}

/**
 * The links in effect after each layer, from the bottom; the last is the finished image.
 *
 * A layer may write through a link of a lower one (`lib/x` where `lib` → `usr/lib`), and may replace a folder by a link or a
 * link by a folder; so each layer's rows are placed by what held at that layer.
 */
export function folderLinksByLayer(tables: readonly FileTable[]): FolderLinks[] {
  let targets: ReadonlyMap<string, string> = new Map();
  return tables.map((table) => {
    targets = changedBy(table, targets);
    return folderLinks(targets);
  });
}

type Targets = ReadonlyMap<string, string>;

function changedBy(table: FileTable, before: Targets): Targets {
  const standing = before.size === 0 ? before : withoutRemoved(table, before);
  const after = new Map(standing);
  let changed = standing !== before;
  for (let row = 0; row < table.count; row += 1) {
    const path = table.paths[row] ?? "";
    const target = linkAt(table, row);
    if (target !== undefined) {
      after.set(path, target);
      changed = true;
    } else if (after.delete(path)) {
      changed = true;
    }
  }
  return changed ? placed(table, after) : before;
}

/** What lies deeper than any path may be leads nowhere. */
function linkAt(table: FileTable, row: number): string | undefined {
  if ((table.paths[row] ?? "").length > PATH_LENGTH_MAX) return undefined;
  return kindOf(table, row) === "symlink" ? table.links.get(row) : undefined;
}

/** A link goes with the folder in which it lies: by a whiteout of that, or by something else in its place. */
function withoutRemoved(table: FileTable, before: Targets): Targets {
  const { place } = folderLinks(before);
  const folders = new Set<string>();
  for (const path of before.keys()) for (const folder of foldersOf(path)) folders.add(folder);
  const removed = new Set<string>();
  for (let row = 0; row < table.count; row += 1) {
    const kind = kindOf(table, row);
    if (kind === "directory") continue;
    const path = place(table.paths[row] ?? "");
    // An opaque folder stays, and what lies in it goes.
    if (folders.has(path)) removed.add(path);
  }
  if (removed.size === 0) return before;
  return new Map(
    [...before].filter(([path]) => !foldersOf(path).some((folder) => removed.has(folder))),
  );
}

function foldersOf(path: string): string[] {
  const folders = [""];
  for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1))
    folders.push(path.slice(0, at));
  return folders;
}

/** A layer may write a link, or what replaces one, through another link: it is known by the place where it really lies. */
function placed(table: FileTable, after: Map<string, string>): Targets {
  const { place } = folderLinks(new Map(after));
  for (let row = 0; row < table.count; row += 1) {
    const path = table.paths[row] ?? "";
    const real = place(path);
    if (real === path) continue;
    const target = linkAt(table, row);
    after.delete(path);
    if (target === undefined) after.delete(real);
    else after.set(real, target);
  }
  return after;
}

/** Resolves paths by a map of link path → target as written. `..` never leads above the image's root. */
export function folderLinks(targets: ReadonlyMap<string, string>): FolderLinks {
  const links = new Links(targets, "stays");
  const resolve = (path: string): string | null => {
    const real = links.follow(path);
    return typeof real === "string" ? real : null;
  };
  // Rows of one folder follow one another.
  let folder = "";
  let real = "";
  return {
    resolve,
    place: (path) => {
      if (targets.size === 0) return path;
      const slash = path.lastIndexOf("/");
      if (slash === -1) return path;
      if (slash !== folder.length || !path.startsWith(folder)) {
        folder = path.slice(0, slash);
        real = resolve(folder) ?? folder;
      }
      return real === folder ? path : joined(real, path.slice(slash + 1));
    },
  };
}

function joined(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}
