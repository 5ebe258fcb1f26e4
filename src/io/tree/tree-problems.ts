import type { Problem } from "../../model/problem.ts";

const PROBLEMS_MAX = 100;

/** Problems of a folder, as many as people can read; the rest is counted. */
export class TreeProblems {
  readonly #problems: Problem[] = [];
  #count = 0;

  add(path: string, detail: string): void {
    this.#count += 1;
    if (this.#problems.length < PROBLEMS_MAX)
      this.#problems.push({ code: "file-unreadable", detail, path });
  }

  all(): Problem[] {
    const more = this.#count - this.#problems.length;
    if (more === 0) return this.#problems;
    const detail = `${more} more files or folders cannot be read`;
    return [...this.#problems, { code: "file-unreadable", detail }];
  }
}
