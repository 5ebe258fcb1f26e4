// Bytes of the log go to the disk here: whole, flushed, or not at all.
import { closeSync, fsyncSync, openSync } from "node:fs";
import { type FileHandle, link, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError, reasonOf } from "../../kit/error.ts";
import { isDiskFull } from "../write-whole.ts";

/**
 * Makes a file of the log, which appears with its content.
 *
 * @returns Its size in bytes.
 * @throws The error of the file system.
 */
export async function createWith(path: string, text: string): Promise<number> {
  const partial = `${path}.part`;
  const bytes = Buffer.from(text);
  const file = await open(partial, "w", 0o600);
  try {
    await writeFully(file, bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  // A link, because a rename would take the place of a file that should not be there.
  await link(partial, path);
  await rm(partial, { force: true });
  syncFolder(dirname(path));
  return bytes.length;
}

/**
 * Writes at the end of a file of the log. What could be written of it when the disk is full is taken back.
 *
 * @param sizeBefore What the file must have; somebody else wrote to it otherwise.
 * @returns Its size in bytes.
 * @throws The error of the file system.
 */
export async function appendTo(path: string, text: string, sizeBefore: number): Promise<number> {
  const bytes = Buffer.from(text);
  const file = await open(path, "a", 0o600);
  try {
    if ((await file.stat()).size !== sizeBefore) throw new Error("somebody else is writing to it");
    try {
      await writeFully(file, bytes);
      await file.datasync();
    } catch (error) {
      await file.truncate(sizeBefore).catch(() => undefined);
      throw error;
    }
  } finally {
    await file.close();
  }
  return sizeBefore + bytes.length;
}

async function writeFully(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, null);
    at += bytesWritten;
  }
}

/** A name is on the disk when its folder is. */
function syncFolder(path: string): void {
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** What a failed append becomes. */
export function evidenceWriteError(folder: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  const state = isDiskFull(error) ? "no space is left" : reasonOf(error);
  return new AppError(
    "evidence-unwritable",
    `cannot append to the evidence log in ${JSON.stringify(folder)}: ${state}`,
    {
      hint: "set BULWARK_EVIDENCE to a folder that may be written",
      subject: folder,
      cause: error,
    },
  );
}
