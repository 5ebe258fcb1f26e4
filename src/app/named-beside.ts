// What a project names and a scan of it does not look into: images in Compose files and Kubernetes objects beside its lock files.
import { join } from "node:path";
import { readNamed } from "../io/named-file.ts";
import { AppError } from "../kit/error.ts";
import { baseName, parentPath } from "../kit/path.ts";
import { FILE_KINDS, type FileTable } from "../model/file-table.ts";

/** A hint, not an inventory: what lies deeper, or is one of very many, is not worth the reading. */
const DEPTH_MAX = 5;
const FILES_READ_MAX = 100;
const BYTES_MAX = 1 << 20;
const NAMED_MAX = 20;

/** Folders of other people's files. */
const FOREIGN = /(?:^|\/)(?:node_modules|vendor|\.git|\.terraform)\//;
/** What reads like either, without a parser: most YAML of a project is something else. */
const OBJECTS = /^(?:apiVersion|services)\s*:/m;

/**
 * Targets, as `bulwark scan` takes them, whose images are named in a project: Compose files, and folders of Kubernetes objects;
 * those nearest to its root, at most twenty. What cannot be read is left out, because it is only a hint.
 *
 * @param folder As the user wrote it.
 * @param files What lies in it.
 * @param isEvidence Whether a file belongs to a cataloger: a folder with one is a project of its own, so its objects are named
 *   one by one.
 */
export async function imagesNamedBeside(
  folder: string,
  files: FileTable,
  isEvidence: (path: string) => boolean,
): Promise<readonly string[]> {
  const named: string[] = [];
  const projects = new Set(files.paths.filter(isEvidence).map(parentPath));
  const isCovered = (path: string): boolean => named.some((n) => path.startsWith(`${n}/`));
  for (const path of candidates(files)) {
    if (named.length >= NAMED_MAX) break;
    if (isCovered(path)) continue;
    const kind = await kindOf(join(folder, path));
    if (kind === null) continue;
    const parent = parentPath(path);
    const isFolder = kind === "kubernetes" && parent !== "" && !projects.has(parent);
    named.push(isFolder ? parent : path);
  }
  return named.map((path) => join(folder, path));
}

/** The likeliest first: near the root, and Compose files by their usual names. */
function candidates({ paths, kinds }: FileTable): string[] {
  const file = FILE_KINDS.indexOf("file");
  const wanted: { readonly path: string; readonly rank: number }[] = [];
  for (const [row, path] of paths.entries()) {
    if (kinds[row] !== file || !/\.ya?ml$/.test(path) || FOREIGN.test(path)) continue;
    const depth = path.split("/").length;
    if (depth > DEPTH_MAX) continue;
    const isUsual = /^(?:docker-)?compose\b/.test(baseName(path));
    wanted.push({ path, rank: depth * 2 + (isUsual ? 0 : 1) });
  }
  return wanted
    .sort((a, b) => a.rank - b.rank || (a.path < b.path ? -1 : 1))
    .slice(0, FILES_READ_MAX)
    .map(({ path }) => path);
}

async function kindOf(path: string): Promise<"compose" | "kubernetes" | null> {
  try {
    const { bytes } = await readNamed("file", path, BYTES_MAX);
    if (!OBJECTS.test(bytes.toString("utf8"))) return null;
    const { imageReferences } = await import("../formats/image-references.ts");
    const named = imageReferences(bytes, path, () => "");
    return named === null || named.images.length === 0 ? null : named.kind;
  } catch (error) {
    if (error instanceof AppError && error.code !== "internal") return null;
    throw error;
  }
}
