import { randomBytes } from "node:crypto";
import { open, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError, reasonOf } from "../kit/error.ts";
import { codeOf } from "./error-code.ts";
import { makeFolder } from "./make-folder.ts";

/**
 * Writes a file whole or not at all: beside its place, then renamed. A reader sees the old content or the new one, and a full
 * disk or a signal leaves the old one.
 *
 * @param mode Permissions of a new file; `0o600` keeps it to its owner.
 * @throws The error of the file system; {@link outputError} words it.
 */
export async function writeWhole(
  path: string,
  bytes: Uint8Array | string | AsyncIterable<string> | Iterable<string>,
  mode: number = 0o600,
): Promise<void> {
  const partial = `${path}.${process.pid}-${randomBytes(4).toString("hex")}.part`;
  try {
    await create(partial, bytes, mode);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw error;
  }
}

/**
 * Writes a file that does not exist yet.
 *
 * @param mode Its permissions; `0o600` keeps it to its owner.
 * @returns false when there is one already; it is left as it is.
 * @throws {AppError} `output-unwritable`, `disk-full`.
 */
export async function writeNew(path: string, text: string, mode: number = 0o644): Promise<boolean> {
  try {
    await create(path, text, mode);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw outputError("file", path, error);
  }
}

/** Folders are made when one is missing, rather than asked for each time. */
async function create(
  path: string,
  bytes: Uint8Array | string | AsyncIterable<string> | Iterable<string>,
  mode: number,
): Promise<void> {
  const file = await open(path, "wx", mode).catch(async (error: unknown) => {
    if (codeOf(error) !== "ENOENT") throw error;
    makeFolder(dirname(path), mode === 0o600 ? 0o700 : 0o755);
    return open(path, "wx", mode);
  });
  try {
    await writeFile(file, bytes);
  } finally {
    await file.close();
  }
}

/** Whether a write failed because the disk, or what the user may have of it, is full. */
export function isDiskFull(error: unknown): boolean {
  return codeOf(error) === "ENOSPC" || codeOf(error) === "EDQUOT";
}

/** What a failed write of something the user asked for becomes. */
export function outputError(what: string, path: string, error: unknown): AppError {
  const quoted = JSON.stringify(path);
  if (isDiskFull(error)) {
    return new AppError("disk-full", `cannot write ${what} ${quoted}: no space is left`, {
      hint: "free some space or write elsewhere; what was there before is unchanged",
      subject: path,
      cause: error,
    });
  }
  // A rename onto a folder is told with both names, of which one is ours.
  const state = codeOf(error) === "EISDIR" ? "it is a folder" : reasonOf(error);
  return new AppError("output-unwritable", `cannot write ${what} ${quoted}: ${state}`, {
    hint: "name a file in a folder that may be written",
    subject: path,
    cause: error,
  });
}
