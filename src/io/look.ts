import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
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

/** Folders in which no objects of one's own lie. */
const SKIPPED: ReadonlySet<string> = new Set(["node_modules", ".git", "vendor", ".terraform"]);

/** Files below a folder with one of these endings, sorted, at most `max`, at most `depth` folders down. Links are not followed. */
export async function filesBelow(
  root: string,
  { endings, max, depth }: { endings: readonly string[]; max: number; depth: number },
): Promise<string[]> {
  const found: string[] = [];
  const visit = async (folder: string, left: number): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (found.length >= max) return;
      const path = join(folder, entry.name);
      if (entry.isFile() && endings.some((e) => entry.name.endsWith(e))) found.push(path);
      else if (entry.isDirectory() && left > 0 && !SKIPPED.has(entry.name))
        await visit(path, left - 1);
    }
  };
  await visit(root, depth);
  return found;
}
