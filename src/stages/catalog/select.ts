import { baseName, extensionOf, parentPath } from "../../kit/path.ts";
import type { Cataloger, ExactPlaces } from "./contract.ts";

/** Sorts paths to catalogers by a few map look-ups: it is asked for every file of every layer. */
export interface Selection {
  /** Catalogers that want this path by its name, in the order of the list. */
  byName(path: string): readonly Cataloger[];
  /** Catalogers that want it if it begins with the ELF magic. */
  byElf(path: string): readonly Cataloger[];
  readonly hasElf: boolean;
  /** What some cataloger asked for where it stands; symbolic links there, and on the way there, must be followed. */
  readonly exact: ExactPlaces;
}

const NONE: readonly Cataloger[] = [];

/** Prepares the look-up for a list of catalogers. */
export function selectionOf(catalogers: readonly Cataloger[]): Selection {
  const names = new Map<string, Cataloger[]>();
  const extensions = new Map<string, Cataloger[]>();
  const paths = new Map<string, Cataloger[]>();
  const folders = new Map<string, Cataloger[]>();
  for (const cataloger of catalogers) {
    for (const name of cataloger.wants.names ?? []) listed(names, name, cataloger);
    for (const extension of cataloger.wants.extensions ?? [])
      listed(extensions, extension, cataloger);
    for (const path of cataloger.wants.paths ?? []) listed(paths, path, cataloger);
    for (const folder of cataloger.wants.folders ?? []) listed(folders, folder, cataloger);
  }
  const elf = catalogers.filter((c) => c.wants.elf === true);
  return {
    byName: (path) => {
      const byBase = names.get(baseName(path));
      const byExtension = extensions.get(extensionOf(path));
      const byPath = paths.get(path);
      const byFolder = folders.get(parentPath(path));
      // Asked for every file of every layer, and nearly always answered here.
      if (!byBase && !byExtension && !byPath && !byFolder) return NONE;
      const groups = [byBase, byExtension, byPath, byFolder];
      return narrowed(
        groups.filter((g) => g !== undefined),
        path,
      );
    },
    byElf: (path) => (elf.length === 0 ? NONE : elf.filter((c) => c.wants.test?.(path) ?? true)),
    hasElf: elf.length > 0,
    exact: { paths: new Set(paths.keys()), folders: new Set(folders.keys()) },
  };
}

function listed(map: Map<string, Cataloger[]>, key: string, cataloger: Cataloger): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [cataloger]);
  else list.push(cataloger);
}

function narrowed(groups: readonly (readonly Cataloger[])[], path: string): readonly Cataloger[] {
  if (groups.length === 0) return NONE;
  const wanted = new Set(groups.flat());
  return [...wanted].filter((c) => c.wants.test?.(path) ?? true);
}
