import { open } from "node:fs/promises";
import { AppError } from "../kit/error.ts";
import { openError } from "./open-error.ts";

/** A file that the user named, read whole. */
export interface ReadableFile {
  readonly path: string;
  readonly bytes: Buffer;
}

const BYTES_MAX = 16 << 20;

/**
 * Reads a file that the user named.
 *
 * @param what For messages: `exceptions`, `SBOM`.
 * @throws {AppError} `not-found`, `unreadable`, `limit-exceeded`.
 */
export async function readNamed(
  what: string,
  path: string,
  bytesMax: number = BYTES_MAX,
): Promise<ReadableFile> {
  try {
    const file = await open(path, "r");
    try {
      const { size } = await file.stat();
      if (size > bytesMax) throw tooLarge(what, path, bytesMax);
      const bytes = await file.readFile();
      // Devices and pipes have no size beforehand.
      if (bytes.length > bytesMax) throw tooLarge(what, path, bytesMax);
      return { path, bytes };
    } finally {
      await file.close();
    }
  } catch (error) {
    throw error instanceof AppError ? error : openError(what, path, error);
  }
}

/** Reads a file that need not be there; null when it is not. */
export async function readOptional(path: string): Promise<ReadableFile | null> {
  try {
    return await readNamed("file", path);
  } catch (error) {
    if (error instanceof AppError && error.code === "not-found") return null;
    throw error;
  }
}

function tooLarge(what: string, path: string, bytesMax: number): AppError {
  return new AppError(
    "limit-exceeded",
    `cannot read ${what} ${JSON.stringify(path)}: it is larger than ${bytesMax} bytes`,
    { subject: path },
  );
}
