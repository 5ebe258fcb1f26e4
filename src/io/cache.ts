import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Problem } from "../model/problem.ts";
import { CACHE_BYTES_MAX, isUseOld, keepBounded, noteUse } from "./cache-bounds.ts";
import { WriteBehind } from "./write-behind.ts";

/**
 * Results kept by content, in files of one folder.
 *
 * Safe for parallel processes: a file appears whole, by renaming, or not at all; two writers of one name write the same
 * bytes. Never needed: a folder that cannot be read or written costs time and nothing else. Bounded: what has gone unused for
 * longest leaves it.
 */
export interface Cache {
  /** null when there is no such entry, or it cannot be read. The caller tells whole from damaged bytes. */
  read(name: string): Promise<Buffer | null>;
  has(name: string): Promise<boolean>;
  /** Begins to keep an entry. The bytes must not change until {@link settled}. */
  write(name: string, bytes: Uint8Array): void;
  /** Waits for all that was begun, and sees to the bound. @returns Why writing failed, once, if it did. */
  settled(): Promise<readonly Problem[]>;
}

/**
 * Opens the cache in a folder, which need not exist; null makes one that keeps nothing.
 *
 * @param bytesMax What it may hold, as of the last time that it was looked over.
 */
export function openCache(folder: string | null, bytesMax: number = CACHE_BYTES_MAX): Cache {
  return folder === null ? NO_CACHE : new FolderCache(folder, bytesMax);
}

const NO_CACHE: Cache = {
  read: async () => null,
  has: async () => false,
  write: () => undefined,
  settled: async () => [],
};

class FolderCache implements Cache {
  readonly #folder: string;
  readonly #bytesMax: number;
  readonly #writer: WriteBehind;
  #hasGrown = false;

  constructor(folder: string, bytesMax: number) {
    this.#folder = folder;
    this.#bytesMax = bytesMax;
    this.#writer = new WriteBehind(folder, "cache-unusable", "the cache");
  }

  async read(name: string): Promise<Buffer | null> {
    const path = join(this.#folder, name);
    try {
      const file = await open(path, "r");
      try {
        const { mtimeMs } = await file.stat();
        if (isUseOld(mtimeMs)) await noteUse(path);
        return await file.readFile();
      } finally {
        await file.close();
      }
    } catch {
      return null;
    }
  }

  async has(name: string): Promise<boolean> {
    try {
      return (await stat(join(this.#folder, name))).isFile();
    } catch {
      return false;
    }
  }

  write(name: string, bytes: Uint8Array): void {
    this.#hasGrown = true;
    this.#writer.write(name, bytes);
  }

  async settled(): Promise<readonly Problem[]> {
    const problems = await this.#writer.settled();
    if (this.#hasGrown && problems.length === 0) await keepBounded(this.#folder, this.#bytesMax);
    return problems;
  }
}
