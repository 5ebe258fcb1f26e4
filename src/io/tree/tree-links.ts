// Where the symbolic links of a folder lead, told from its listing alone: nothing is asked of the file system, so nothing
// outside the folder is ever touched.

/** Evidence that is asked for under a link's name. */
export interface LinkedFile {
  readonly path: string;
  /** The regular file inside the folder; null when the link leads outside. */
  readonly target: string | null;
}

const HOPS_MAX = 40;

type Place =
  | { readonly kind: "inside"; readonly path: string }
  | { readonly kind: "outside" }
  | null;

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

  /** Links whose names are wanted and whose targets are files under names that are not. */
  *evidence(isWanted: (path: string) => boolean): Generator<LinkedFile> {
    for (const path of this.#links.keys()) {
      if (!isWanted(path)) continue;
      const place = this.#resolve(path);
      if (place?.kind === "outside") yield { path, target: null };
      else if (place !== null && this.#files.has(place.path) && !isWanted(place.path))
        yield { path, target: place.path };
    }
  }

  /** null for links that lead round in circles. Absolute links lead from the folder as from a root. */
  #resolve(path: string): Place {
    let done: string[] = [];
    let left = path.split("/").reverse();
    let hops = 0;
    for (let part = left.pop(); part !== undefined; part = left.pop()) {
      if (part === "" || part === ".") continue;
      if (part === "..") {
        if (done.pop() === undefined) return { kind: "outside" };
        continue;
      }
      const at = [...done, part].join("/");
      const target = this.#links.get(at);
      if (target === undefined) {
        done.push(part);
        continue;
      }
      hops += 1;
      if (hops > HOPS_MAX) return null;
      if (target.startsWith("/")) done = [];
      left = [...left, ...this.#inside(target).split("/").reverse()];
    }
    return { kind: "inside", path: done.join("/") };
  }

  /** A link may name the folder by its path on this machine. */
  #inside(target: string): string {
    return this.#root !== "" && target.startsWith(`${this.#root}/`)
      ? target.slice(this.#root.length)
      : target;
  }
}
