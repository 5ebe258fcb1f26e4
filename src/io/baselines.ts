// Baselines that were learned on this machine, in one folder: one file for each image and container, a recording each.
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { stableId } from "../kit/stable-id.ts";
import { outputError, writeWhole } from "./write-whole.ts";

/** Files that are kept; the one that was learned longest ago goes first. */
const FILES_MAX = 500;
const FILE_BYTES_MAX = 64 << 20;
const SUFFIX = ".ndjson";

/** By which a baseline is found again: whose it is, and of which image. */
export interface BaselineKey {
  /** Of every image that may follow this one. */
  readonly owner: string;
  readonly image: string | null;
}

export class BaselineFolder {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  #pathOf({ owner, image }: BaselineKey): string {
    return join(this.#folder, `${stableId([owner])}-${stableId([image ?? ""])}${SUFFIX}`);
  }

  /** Of this image; of the newest one before it where there is none. null where nothing was learned yet. */
  async find(key: BaselineKey): Promise<{ readonly path: string; readonly bytes: Buffer } | null> {
    const exact = this.#pathOf(key);
    const family = `${stableId([key.owner])}-`;
    const others = (await this.#files())
      .filter(({ name }) => name.startsWith(family))
      .map(({ path }) => path);
    for (const path of [exact, ...others]) {
      const bytes = await readFile(path).catch(() => null);
      if (bytes !== null) return { path, bytes };
    }
    return null;
  }

  /** Every baseline, the newest first. */
  async all(): Promise<readonly { readonly path: string; readonly bytes: Buffer }[]> {
    const found: { path: string; bytes: Buffer }[] = [];
    for (const { path } of await this.#files()) {
      const bytes = await readFile(path).catch(() => null);
      if (bytes !== null) found.push({ path, bytes });
    }
    return found;
  }

  /** @throws {AppError} `output-unwritable`, `disk-full`. */
  async save(key: BaselineKey, text: string): Promise<string> {
    const path = this.#pathOf(key);
    await writeWhole(path, text).catch((error: unknown) => {
      throw outputError("baseline", path, error);
    });
    for (const { path: old } of (await this.#files()).slice(FILES_MAX))
      await rm(old, { force: true }).catch(() => undefined);
    return path;
  }

  /** The newest first. */
  async #files(): Promise<readonly { readonly name: string; readonly path: string }[]> {
    const names = await readdir(this.#folder).catch(() => []);
    const files = await Promise.all(
      names
        .filter((name) => name.endsWith(SUFFIX))
        .map(async (name) => {
          const path = join(this.#folder, name);
          const found = await stat(path).catch(() => null);
          return { name, path, at: found?.mtimeMs ?? 0, size: found?.size ?? Infinity };
        }),
    );
    return files.filter(({ size }) => size <= FILE_BYTES_MAX).sort((a, b) => b.at - a.at);
  }
}
