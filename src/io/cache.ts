import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Problem } from "../model/problem.ts";
import { WriteBehind } from "./write-behind.ts";

/**
 * Results kept by content, in files of one folder.
 *
 * Safe for parallel processes: a file appears whole, by renaming, or not at all; two writers of one name write the same
 * bytes. Never needed: a folder that cannot be read or written costs time and nothing else.
 */
export interface Cache {
  /** null when there is no such entry, or it cannot be read. The caller tells whole from damaged bytes. */
  read(name: string): Promise<Buffer | null>;
  has(name: string): Promise<boolean>;
  /** Begins to keep an entry. The bytes must not change until {@link settled}. */
  write(name: string, bytes: Uint8Array): void;
  /** Waits for all that was begun. @returns Why writing failed, once, if it did. */
  settled(): Promise<readonly Problem[]>;
}

/** Opens the cache in a folder, which need not exist; null makes one that keeps nothing. */
export function openCache(folder: string | null): Cache {
  return folder === null ? NO_CACHE : new FolderCache(folder);
}

const NO_CACHE: Cache = {
  read: async () => null,
  has: async () => false,
  write: () => undefined,
  settled: async () => [],
};

class FolderCache implements Cache {
  readonly #folder: string;
  readonly #writer: WriteBehind;

  constructor(folder: string) {
    this.#folder = folder;
    this.#writer = new WriteBehind(folder, "cache-unusable", "the cache");
  }

  async read(name: string): Promise<Buffer | null> {
    try {
      return await readFile(join(this.#folder, name));
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
    this.#writer.write(name, bytes);
  }

  settled(): Promise<readonly Problem[]> {
    return this.#writer.settled();
  }
}
