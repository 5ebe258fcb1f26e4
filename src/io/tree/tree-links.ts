// Where the symbolic links of a folder lead, told from its listing alone: nothing is asked of the file system, so nothing
// outside the folder is ever touched.
import { baseName, parentPath } from "../../kit/path.ts";
import type { ExactPlaces } from "../../stages/catalog/contract.ts";

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

  /**
   * Links whose names are wanted and whose targets are files under names that are not; and what is asked for below a link of a
   * folder.
   */
  *evidence(isWanted: (path: string) => boolean, exact: ExactPlaces): Generator<LinkedFile> {
    const links = [...this.#links.keys()].filter(isWanted);
    for (const path of new Set([...links, ...this.#below(exact)])) {
      const place = this.#resolve(path);
      if (place?.kind === "outside") yield { path, target: null };
      else if (place !== null && this.#files.has(place.path) && !isWanted(place.path))
        yield { path, target: place.path };
    }
  }

  /** Paths that are asked for and stand nowhere under that name, unless it is behind a link. */
  *#below({ paths, folders }: ExactPlaces): Generator<string> {
    if (this.#links.size === 0) return;
    for (const path of paths) if (this.#leadsElsewhere(path)) yield path;
    const elsewhere = new Map<string, string>();
    for (const folder of folders) {
      const place = this.#resolve(folder);
      if (place?.kind === "outside") yield folder;
      else if (place !== null && place.path !== folder) elsewhere.set(place.path, folder);
    }
    if (elsewhere.size === 0) return;
    for (const file of this.#files) {
      const folder = elsewhere.get(parentPath(file));
      if (folder !== undefined) yield `${folder}/${baseName(file)}`;
    }
  }

  #leadsElsewhere(path: string): boolean {
    const place = this.#resolve(path);
    return place?.kind === "outside" || (place !== null && place.path !== path);
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
