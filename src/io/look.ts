import { statSync } from "node:fs";
import { type FileHandle, open, readdir, realpath, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { codeOf } from "./error-code.ts";
import { openError } from "./open-error.ts";

/** What lies under a name, as far as a look tells. */
export type Look =
  | { readonly kind: "nothing" }
  | { readonly kind: "folder"; readonly names: readonly string[] }
  /** The first bytes of a file. */
  | { readonly kind: "file"; readonly head: Buffer };

const HEAD_BYTES = 4096;

/**
 * Looks at a path without reading it.
 *
 * @throws {AppError} `unreadable` when something is there and may not be opened.
 */
export async function lookAt(path: string): Promise<Look> {
  let file: FileHandle | null = null;
  try {
    const found = await stat(path);
    if (found.isDirectory()) return { kind: "folder", names: (await readdir(path)).sort() };
    // What is read from a pipe is gone, and whoever opens one waits for somebody who writes.
    if (!found.isFile()) return { kind: "file", head: Buffer.alloc(0) };
    file = await open(path, "r");
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return { kind: "file", head: buffer.subarray(0, bytesRead) };
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return { kind: "nothing" };
    throw openError("target", path, error);
  } finally {
    await file?.close();
  }
}

/** Whether a file lies there that may be looked at. For small questions that are asked often: it waits for the file system. */
export function hasFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    return false;
  }
}

/** How large a file is; 0 where none lies. It waits for the file system. */
export function fileBytes(path: string): number {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  } catch {
    return 0;
  }
}

/** The path without links in it; null where nothing is there. */
export async function realPath(path: string): Promise<string | null> {
  return realpath(path).catch(() => null);
}

/** Folders in which no objects of one's own lie. */
const SKIPPED: ReadonlySet<string> = new Set(["node_modules", ".git", "vendor", ".terraform"]);

/** What a look through a folder found. */
export interface FilesBelow {
  /** In their order by name, folder by folder. */
  readonly paths: readonly string[];
  /** Whether nothing was passed over: no file beyond `max`, no folder beyond `depth`, none that may not be read. */
  readonly isWhole: boolean;
  /** Wanted by their names, and not read: pipes, devices, links that lead nowhere or out of the folder. */
  readonly unreadable: readonly string[];
}

/**
 * Files below a folder that are wanted by their name, at most `max`, at most `depth` folders down. Links are not followed: what they
 * lead to in the folder is found where it lies.
 */
export async function filesBelow(
  root: string,
  { wants, max, depth }: { wants: (path: string) => boolean; max: number; depth: number },
): Promise<FilesBelow> {
  const paths: string[] = [];
  const unreadable: string[] = [];
  let isWhole = true;
  const pending = [{ folder: root, left: depth }];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const { folder, left } = at;
    const { files, folders, others, isRead } = await listed(folder);
    unreadable.push(...(await nothingsAmong(others.filter(wants), root)));
    const wanted = files.filter(wants);
    const room = max - paths.length;
    const isFull = wanted.length > room;
    paths.push(...wanted.slice(0, room));
    const isDeep = left === 0 && folders.length > 0;
    if (!isRead || isDeep || isFull) isWhole = false;
    if (isFull) break;
    if (!isDeep)
      for (const name of folders.reverse()) pending.push({ folder: name, left: left - 1 });
  }
  return { paths, isWhole, unreadable };
}

/** Links that lead nowhere or out of the root, pipes, sockets and devices. */
async function nothingsAmong(paths: readonly string[], root: string): Promise<string[]> {
  const nothings: string[] = [];
  for (const path of paths) {
    const found = await stat(path).catch(() => null);
    const isFolder = found?.isDirectory() === true;
    const isFile = found?.isFile() === true && (await isWithin(path, root));
    if (!isFolder && !isFile) nothings.push(path);
  }
  return nothings;
}

async function isWithin(path: string, root: string): Promise<boolean> {
  const [inner, outer] = await Promise.all([realpath(path), realpath(root)]).catch(() => ["", "/"]);
  return inner !== undefined && outer !== undefined && !relative(outer, inner).startsWith("..");
}

interface Listed {
  readonly files: readonly string[];
  readonly folders: string[];
  /** Links, pipes, sockets, devices. */
  readonly others: readonly string[];
  readonly isRead: boolean;
}

async function listed(folder: string): Promise<Listed> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => null);
  const sorted = (entries ?? []).sort((a, b) => (a.name < b.name ? -1 : 1));
  const pathsOf = (wanted: (entry: (typeof sorted)[number]) => boolean): string[] =>
    sorted.filter(wanted).map(({ name }) => join(folder, name));
  return {
    files: pathsOf((entry) => entry.isFile()),
    folders: pathsOf((entry) => entry.isDirectory() && !SKIPPED.has(entry.name)),
    others: pathsOf((entry) => !entry.isFile() && !entry.isDirectory()),
    isRead: entries !== null,
  };
}
