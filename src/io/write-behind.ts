import { join } from "node:path";
import { reasonOf } from "../kit/error.ts";
import type { Problem, ProblemCode } from "../model/problem.ts";
import { writeWhole } from "./write-whole.ts";

/**
 * Writes files of one folder while the caller goes on, each whole or not at all. After the first failure nothing more is
 * tried: what is written here is worth keeping, and a scan is worth more.
 */
export class WriteBehind {
  readonly #folder: string;
  readonly #code: ProblemCode;
  /** What the folder holds, for the message: `the cache`. */
  readonly #what: string;
  /** By name. */
  readonly #writing = new Map<string, Promise<void>>();
  #failure: Problem | null = null;

  constructor(folder: string, code: ProblemCode, what: string) {
    this.#folder = folder;
    this.#code = code;
    this.#what = what;
  }

  /** Begins to write a file, after what was begun under the same name. The bytes must not change until {@link settled}. */
  write(name: string, bytes: Uint8Array | string): void {
    const writing = this.#written(name, bytes, this.#writing.get(name));
    this.#writing.set(name, writing);
  }

  /** Waits for all that was begun. @returns Why writing failed, once, if it did. */
  async settled(): Promise<readonly Problem[]> {
    await Promise.all(this.#writing.values());
    return this.#failure === null ? [] : [this.#failure];
  }

  async #written(
    name: string,
    bytes: Uint8Array | string,
    before: Promise<void> | undefined,
  ): Promise<void> {
    await before;
    if (this.#failure !== null) return;
    try {
      await writeWhole(join(this.#folder, name), bytes);
    } catch (error) {
      this.#failure ??= {
        code: this.#code,
        detail: `cannot write ${this.#what} in ${JSON.stringify(this.#folder)}: ${reasonOf(error)}`,
      };
    }
  }
}
