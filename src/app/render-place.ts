// Where what is rendered is looked for, and under which names people know it.
import { dirname, isAbsolute, join, relative } from "node:path";
import { lookAt, realPath } from "../io/look.ts";
import type { Problem } from "../model/problem.ts";
import type { ReadSubject } from "./file-kind.ts";

/** The folder that somebody named, and the checkout that it lies in: nothing outside of that is read for it. */
export class RenderPlace {
  readonly #target: string;
  readonly #root: string;
  readonly #bounds: string;

  private constructor(target: string, root: string, bounds: string) {
    this.#target = target;
    this.#root = root;
    this.#bounds = bounds;
  }

  /** null when there is no such folder. */
  static async of(target: string): Promise<RenderPlace | null> {
    const root = await realPath(target);
    return root === null ? null : new RenderPlace(target, root, await checkoutOf(root));
  }

  /** @param real Without links. */
  holds(real: string): boolean {
    const inside = relative(this.#bounds, real);
    return inside !== ".." && !inside.startsWith("../") && !isAbsolute(inside);
  }

  /** The path as the user would write it. */
  shown(real: string): string {
    return join(this.#target, relative(this.#root, real));
  }
}

/** The nearest folder above that is a checkout of git, whose parts belong together; the folder itself where there is none. */
async function checkoutOf(folder: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    if ((await lookAt(join(at, ".git"))).kind !== "nothing") return at;
    if (at === dirname(at)) return folder;
  }
}

/** What came of files that have to be rendered. */
export interface Rendered {
  readonly subjects: readonly ReadSubject[];
  readonly problems: readonly Problem[];
  /** Files that have been looked at with it and say nothing by themselves, as the user would write them. */
  readonly covered: ReadonlySet<string>;
}

/** What could not be rendered; what it is made of may be looked at by itself. */
export function unrendered(path: string, detail: string): Rendered {
  return {
    subjects: [],
    problems: [{ code: "configuration-unreadable", detail, path }],
    covered: new Set(),
  };
}
