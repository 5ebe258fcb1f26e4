// Symbolic links, followed by a list of them alone: nothing is asked of any file system.
import { baseName, parentPath } from "./path.ts";

/** As Linux: more links than this for one name are a loop. */
const LINKS_MAX = 40;
/** As Linux: nothing longer can be opened. */
export const PATH_LENGTH_MAX = 4096;

/** Said of a path that leads above the folder in which everything lies. */
export const OUTSIDE: unique symbol = Symbol("outside");

/** Where a path leads, without leading slash; null for loops and for what is too long to be a path. */
export type Followed = string | null | typeof OUTSIDE;

/** Follows links. Remembers folders, because most paths of a tree share theirs. */
export class Links {
  readonly #targets: ReadonlyMap<string, string>;
  readonly #above: "stays" | "leaves";
  readonly #targetOf: (written: string) => string;
  readonly #folders = new Map<string, Followed>([["", ""]]);

  /**
   * @param targets By the place of each link, itself free of links; targets as written, absolute ones from the folder.
   * @param above What `..` does at the top: it stays there, as at the root of a system, or leaves the folder.
   * @param targetOf What a target means, when that is another text than is written.
   */
  constructor(
    targets: ReadonlyMap<string, string>,
    above: "stays" | "leaves",
    targetOf: (written: string) => string = (written) => written,
  ) {
    this.#targets = targets;
    this.#above = above;
    this.#targetOf = targetOf;
  }

  /** Follows all links in a path, the last part included. */
  follow(path: string): Followed {
    const known = this.#folders.get(path);
    if (known !== undefined) return known;
    if (path.length > PATH_LENGTH_MAX) return null;
    const folder = this.follow(parentPath(path));
    const real =
      typeof folder === "string" ? this.#step(folder, baseName(path), { links: 0 }) : folder;
    this.#folders.set(path, real);
    return real;
  }

  /** From a folder that is free of links to one name in it. */
  #step(folder: string, name: string, walk: { links: number }): Followed {
    const here = folder === "" ? name : `${folder}/${name}`;
    const written = this.#targets.get(here);
    if (written === undefined) return here;
    walk.links += 1;
    if (walk.links > LINKS_MAX || written.length > PATH_LENGTH_MAX) return null;
    const target = this.#targetOf(written);
    let at: Followed = target.startsWith("/") ? "" : folder;
    for (const part of target.split("/")) {
      if (typeof at !== "string") return at;
      if (part === "..") at = this.#up(at);
      else if (part !== "" && part !== ".") at = this.#step(at, part, walk);
    }
    return at;
  }

  /** `..` counts from where a link has led, not from where it is written. */
  #up(folder: string): Followed {
    if (folder === "") return this.#above === "stays" ? "" : OUTSIDE;
    return parentPath(folder);
  }
}
