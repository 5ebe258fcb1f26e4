import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { codeOf } from "./error-code.ts";

/**
 * Makes a folder with those above it; nothing happens when it is there. Node's own way (`recursive`) never returns where the
 * system lets nobody make a folder and says that there is no such place, as below /proc.
 *
 * @param mode Permissions of the folders that are made.
 * @throws The error of the file system.
 */
export function makeFolder(path: string, mode: number = 0o755): void {
  try {
    mkdirSync(path, mode);
  } catch (error) {
    // Another program may have made it in the meantime.
    if (isFolder(path)) return;
    const parent = dirname(path);
    if (codeOf(error) !== "ENOENT" || parent === path || existsSync(parent)) throw error;
    makeFolder(parent, mode);
    makeIn(path, mode);
  }
}

/** In a folder that was there a moment ago: what fails now is the answer. */
function makeIn(path: string, mode: number): void {
  try {
    mkdirSync(path, mode);
  } catch (error) {
    if (!isFolder(path)) throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
