// Small files of runtimes, read at once: whoever asks has an event in hand and cannot wait for a thread.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { reasonOf } from "../../kit/error.ts";
import { codeOf } from "../error-code.ts";

/** What a look at a file gave. */
export type SmallFile =
  | { readonly kind: "file"; readonly bytes: Buffer; readonly modifiedMs: number }
  | { readonly kind: "absent" }
  /** It is there and was not read. */
  | { readonly kind: "unreadable"; readonly reason: string };

/** Docker's and Podman's files of a container have some kilobytes; a list of thousands of images a few megabytes. */
const BYTES_MAX = 8 << 20;

const ABSENT: SmallFile = { kind: "absent" };

/** Reads a file of at most 8 MiB. Pipes and devices are not opened for reading: they could make us wait. Never throws. */
export function readSmall(path: string): SmallFile {
  let file: number | null = null;
  try {
    // Without O_NONBLOCK, opening a pipe waits for somebody who writes.
    file = openSync(path, NONBLOCKING);
    const found = fstatSync(file);
    if (!found.isFile()) return { kind: "unreadable", reason: "it is no file" };
    if (found.size > BYTES_MAX)
      return { kind: "unreadable", reason: `it is larger than ${BYTES_MAX} bytes` };
    return { kind: "file", bytes: whole(file, found.size), modifiedMs: found.mtimeMs };
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return ABSENT;
    return {
      kind: "unreadable",
      reason: code === "EACCES" ? "permission denied" : reasonOf(error),
    };
  } finally {
    if (file !== null) closeSync(file);
  }
}

/** O_RDONLY | O_NONBLOCK | O_CLOEXEC of Linux, where runtimes are. */
const NONBLOCKING = 0o2004000;

/** It may be cut or grow while it is read: then it is as long as it was when it was opened, or shorter. */
function whole(file: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let length = 0;
  while (length < size) {
    const read = readSync(file, bytes, length, size - length, length);
    if (read === 0) break;
    length += read;
  }
  return bytes.subarray(0, length);
}
