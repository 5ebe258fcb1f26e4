// Where the symbolic links of a folder lead, told from its listing alone: nothing is asked of the file system, so nothing
// outside the folder is ever touched.
import { Links, OUTSIDE } from "../../kit/links.ts";
import { baseName, parentPath } from "../../kit/path.ts";
import type { ExactPlaces } from "../../stages/catalog/contract.ts";

/** Evidence that is asked for under a link's name. */
export interface LinkedFile {
  readonly path: string;
  /** The regular file inside the folder; null when the link leads outside. */
  readonly target: string | null;
}

export class TreeLinks {
  readonly #root: string;
  readonly #links = new Map<string, string>();
  readonly #files = new Set<string>();

  /** @param root The folder's own real path. */
  constructor(root: string) {
    this.#root = root === "/" ? "" : root;
  }

  add(path: string, target: string): void {
    this.#links.set(path, target);
  }

  addFile(path: string): void {
    this.#files.add(path);
  }

  /**
   * Links whose names are wanted and whose targets are files under names that are not; and what is asked for below a link of a
   * folder.
   */
  *evidence(isWanted: (path: string) => boolean, exact: ExactPlaces): Generator<LinkedFile> {
    const links = [...this.#links.keys()].filter(isWanted);
    // Absolute links lead from the folder as from a root.
    const follower = new Links(this.#links, "leaves", (target) => this.#inside(target));
    for (const path of new Set([...links, ...this.#below(exact, follower)])) {
      const place = follower.follow(path);
      if (place === OUTSIDE) yield { path, target: null };
      else if (place !== null && this.#files.has(place) && !isWanted(place))
        yield { path, target: place };
    }
  }

  /** Paths that are asked for and stand nowhere under that name, unless it is behind a link. */
  *#below({ paths, folders }: ExactPlaces, follower: Links): Generator<string> {
    if (this.#links.size === 0) return;
    for (const path of paths) {
      const place = follower.follow(path);
      if (place !== null && place !== path) yield path;
    }
    const elsewhere = new Map<string, string>();
    for (const folder of folders) {
      const place = follower.follow(folder);
      if (place === OUTSIDE) yield folder;
      else if (place !== null && place !== folder) elsewhere.set(place, folder);
    }
    if (elsewhere.size === 0) return;
    for (const file of this.#files) {
      const folder = elsewhere.get(parentPath(file));
      if (folder !== undefined) yield `${folder}/${baseName(file)}`;
    }
  }

  /** A link may name the folder by its path on this machine. */
  #inside(target: string): string {
    return this.#root !== "" && target.startsWith(`${this.#root}/`)
      ? target.slice(this.#root.length)
      : target;
  }
}
