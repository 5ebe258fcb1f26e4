import { readFileSync, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
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
    const small = HANDED.test(path) ? null : smallFile(what, path, bytesMax);
    if (small !== null) return { path, bytes: small };
    const file = await open(path, "r");
    try {
      const { size } = await file.stat();
      if (size > bytesMax) throw tooLarge(what, path, bytesMax, size);
      const bytes = await readAtMost(file, bytesMax, size);
      if (bytes === null) throw tooLarge(what, path, bytesMax);
      return { path, bytes };
    } finally {
      await file.close();
    }
  } catch (error) {
    throw error instanceof AppError ? error : openError(what, path, error);
  }
}

/**
 * Reads standard input to its end, whatever it is: a pipe, a file, a socket.
 *
 * @param what For messages.
 * @throws {AppError} `unreadable`, `limit-exceeded`.
 */
export async function readStandardInput(what: string, bytesMax: number): Promise<ReadableFile> {
  const path = "-";
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of process.stdin as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > bytesMax) throw tooLarge(what, path, bytesMax);
      pieces.push(piece);
    }
  } catch (error) {
    throw error instanceof AppError ? error : openError(what, path, error);
  }
  return { path, bytes: Buffer.concat(pieces) };
}

/** What a shell hands over (`<(…)`, standard input) has somebody who writes; for a pipe with a name one could wait forever. */
const HANDED = /^\/(?:dev\/(?:fd\/\d+|stdin)|proc\/(?:self|\d+)\/fd\/\d+)$/;

/** Most files are small, and waiting for one takes less than asking a thread to. */
const SMALL_BYTES_MAX = 1 << 18;

/**
 * Reads a small file at once; null for any other, and where something is wrong with it.
 *
 * @throws {AppError} `unreadable` for a pipe.
 */
function smallFile(what: string, path: string, bytesMax: number): Buffer | null {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFIFO()) throw namedPipe(what, path);
  // What is made as it is read, as in /proc, has no size.
  if (!found?.isFile() || found.size === 0 || found.size > Math.min(SMALL_BYTES_MAX, bytesMax))
    return null;
  const bytes = readFileSync(path);
  return bytes.length <= bytesMax ? bytes : null;
}

function namedPipe(what: string, path: string): AppError {
  return new AppError("unreadable", `cannot open ${what} ${JSON.stringify(path)}: it is a pipe`, {
    hint: "give what it holds on standard input, as /dev/stdin",
    subject: path,
  });
}

const PIECE_BYTES = 1 << 20;
const LAST_BYTES = 1 << 10;

/** Devices and pipes have no size beforehand, and some have no end. @returns null when there is more. */
async function readAtMost(
  file: FileHandle,
  bytesMax: number,
  size: number,
): Promise<Buffer | null> {
  const pieces: Buffer[] = [];
  let length = 0;
  // The second piece of a file of known size is where nothing is left.
  for (let room = Math.max(size, 1); ; room = length > size ? PIECE_BYTES : LAST_BYTES) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(room), 0, room, null);
    if (bytesRead === 0)
      return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
    length += bytesRead;
    if (length > bytesMax) return null;
    pieces.push(buffer.subarray(0, bytesRead));
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

/** @param size As far as it is known: what comes out of a pipe may have no end. */
function tooLarge(what: string, path: string, bytesMax: number, size?: number): AppError {
  const has = size === undefined ? "" : `, it has ${size}`;
  return new AppError(
    "limit-exceeded",
    `cannot read ${what} ${JSON.stringify(path)}: it is larger than ${bytesMax} bytes${has}`,
    { subject: path },
  );
}
