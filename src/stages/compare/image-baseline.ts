// The files of an image, so that they can be asked for by path and by content.
import type { ImageFile } from "../../model/drift.ts";
import { type FileIndex, rowAt, throughLinks } from "../../model/file-index.ts";
import { type FileTable, kindOf } from "../../model/file-table.ts";

/** What a container is measured against. */
export interface ImageBaseline {
  readonly index: FileIndex;
  /** The row of a path, the links of its folders followed; null when the image has none. */
  at(path: string): number | null;
  /** Whether a row has this content (64 hex digits). */
  hasContent(row: number, sha256: string): boolean;
  /** The first row with this content; null when there is none. Empty files are alike, and never found. */
  withContent(sha256: string): number | null;
  file(row: number): ImageFile;
  /** Rows directly in a folder. */
  namesIn(folder: string): readonly string[];
}

/** Makes an index ready for comparing: one pass, and then each question is a look-up. */
export function imageBaseline(index: FileIndex): ImageBaseline {
  const { files } = index;
  let byContent: Map<number, number[]> | null = null;
  let byFolder: Map<string, string[]> | null = null;
  return {
    index,
    at: (path) => rowAt(index, path) ?? linkedRow(index, path),
    hasContent: (row, sha256) => isContent(files, row, sha256),
    withContent: (sha256) => {
      if (sha256 === EMPTY) return null;
      byContent ??= rowsByContent(files);
      const rows = byContent.get(Number.parseInt(sha256.slice(0, 12), 16)) ?? [];
      return rows.find((row) => isContent(files, row, sha256)) ?? null;
    },
    file: (row) => ({
      path: files.paths[row] ?? "",
      layer: index.layers[row] ?? 0,
      owner: index.owners.get(row) ?? null,
      mode: files.modes[row] ?? 0,
    }),
    namesIn: (folder) => {
      byFolder ??= namesByFolder(files);
      return byFolder.get(folder) ?? [];
    },
  };
}

/** Of nothing at all. */
const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

function linkedRow(index: FileIndex, path: string): number | null {
  const real = throughLinks(index, path);
  return real === null || real === path ? null : rowAt(index, real);
}

/** By the first six bytes, which is as much as a number holds exactly; whoever is found is compared whole. */
function rowsByContent(files: FileTable): Map<number, number[]> {
  const found = new Map<number, number[]>();
  const view = new DataView(files.digests.buffer, files.digests.byteOffset);
  for (let row = 0; row < files.count; row += 1) {
    if (!isFile(files, row)) continue;
    const key = view.getUint32(row * 32) * 0x10000 + view.getUint16(row * 32 + 4);
    const rows = found.get(key);
    if (rows === undefined) found.set(key, [row]);
    else rows.push(row);
  }
  return found;
}

function isContent(files: FileTable, row: number, sha256: string): boolean {
  if (!isFile(files, row) || sha256.length !== 64) return false;
  for (let i = 0; i < 32; i += 1) {
    if (files.digests[row * 32 + i] !== Number.parseInt(sha256.slice(2 * i, 2 * i + 2), 16))
      return false;
  }
  return true;
}

function isFile(files: FileTable, row: number): boolean {
  const kind = kindOf(files, row);
  return kind === "file" || kind === "hardlink";
}

function namesByFolder({ paths }: FileTable): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const path of paths) {
    const slash = path.lastIndexOf("/");
    const folder = slash === -1 ? "" : path.slice(0, slash);
    const names = found.get(folder);
    if (names === undefined) found.set(folder, [path.slice(slash + 1)]);
    else names.push(path.slice(slash + 1));
  }
  return found;
}
