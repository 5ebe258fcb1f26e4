import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { reasonOf } from "../kit/error.ts";
import type { Problem } from "../model/problem.ts";
import { writeWhole } from "./write-whole.ts";

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
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Why writing failed, once, if it did. */
  problems(): readonly Problem[];
}

/** Opens the cache in a folder, which need not exist; null makes one that keeps nothing. */
export function openCache(folder: string | null): Cache {
  return folder === null ? NO_CACHE : new FolderCache(folder);
}

const NO_CACHE: Cache = {
  read: async () => null,
  has: async () => false,
  write: async () => undefined,
  problems: () => [],
};

class FolderCache implements Cache {
  readonly #folder: string;
  #failure: Problem | null = null;

  constructor(folder: string) {
    this.#folder = folder;
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

  async write(name: string, bytes: Uint8Array): Promise<void> {
    if (this.#failure !== null) return;
    try {
      await writeWhole(join(this.#folder, name), bytes);
    } catch (error) {
      this.#failure = {
        code: "cache-unusable",
        detail: `cannot write the cache in ${JSON.stringify(this.#folder)}: ${reasonOf(error)}`,
      };
    }
  }

  problems(): readonly Problem[] {
    return this.#failure === null ? [] : [this.#failure];
  }
}
