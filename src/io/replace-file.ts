import { chmod, readFile, realpath, stat } from "node:fs/promises";
import { openError } from "./open-error.ts";
import { outputError, writeWhole } from "./write-whole.ts";

/**
 * The name under which a file lies, links followed: two names of one file have the same.
 *
 * @throws {AppError} `not-found`, `unreadable`.
 */
export async function trueName(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    throw openError("file", path, error);
  }
}

/**
 * Writes new bytes into a file that somebody may be editing: whole or not at all, with the permissions that it had, and only
 * if it still has the bytes that were read.
 *
 * @returns false when the file has changed meanwhile; it is left as it is.
 * @throws {AppError} `output-unwritable`, `disk-full`.
 */
export async function replaceFile(
  path: string,
  { before, after }: { readonly before: Buffer; readonly after: Buffer },
): Promise<boolean> {
  try {
    const target = await realpath(path);
    const { mode } = await stat(target);
    if (!before.equals(await readFile(target))) return false;
    await writeWhole(target, after, mode & 0o777);
    // What the process masks was a right that the file had.
    await chmod(target, mode & 0o777);
    return true;
  } catch (error) {
    throw outputError("file", path, error);
  }
}
