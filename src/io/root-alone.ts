import { realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";

const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;

/**
 * Whether root alone decides what a file holds: what root runs must not be another's to change.
 *
 * @returns The file or the folder above it that somebody else may change; null when there is none.
 * @throws The error of the file system.
 */
export async function changeableByOthers(path: string): Promise<string | null> {
  const file = await realpath(path);
  for (let at = file; ; at = dirname(at)) {
    const { uid, mode } = await stat(at);
    // In a sticky folder everybody may add, and nobody may change what is root's.
    const isOpen = (mode & WRITABLE_BY_OTHERS) !== 0 && (at === file || (mode & STICKY) === 0);
    if (uid !== 0 || isOpen) return at;
    if (at === "/") return null;
  }
}
