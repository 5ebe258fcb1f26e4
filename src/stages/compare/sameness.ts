// What is different each time, and means the same: numbers of processes, names made by chance, one file of many.

/** Parts of a name that are made anew each time. */
const ANEW =
  /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<![A-Za-z\d])(?=[a-f]*\d)[0-9a-f]{8,}(?![A-Za-z\d])|\d{4,}|(?<=[._-])(?=\w*[A-Z\d])(?=\w*[a-z])(?=\w*[A-Z])[A-Za-z\d]{6,}$/g;
const WORD_MAX = 200;
const WORDS_MAX = 40;

/** A name of a folder or file without what is made anew: `*` for `4711`, `sess_*` for `sess_3f1c09d2ab77`. */
export function steadyName(name: string): string {
  return /^\d+$/.test(name) ? "*" : name.replace(ANEW, "*");
}

/** The words of a command without what is made anew. */
export function steadyWords(words: readonly string[]): string[] {
  const steady = words
    .slice(0, WORDS_MAX)
    .map((word) => word.slice(0, WORD_MAX).split("/").map(steadyName).join("/"));
  return words.length > WORDS_MAX ? [...steady, "*"] : steady;
}

/** Files of one folder, from which on they are not told apart. */
const CHILDREN_MAX = 24;

interface Folder {
  /** When the first of it was seen. */
  readonly at: number;
  readonly children: Map<string, Folder>;
  isFile: boolean;
  /** What it holds are many of a kind. */
  isMany: boolean;
}

function folderOf(at: number): Folder {
  return { at, children: new Map(), isFile: false, isMany: false };
}

/** Paths, of which many in one folder become `*`. The first names below the root always stand for themselves. */
export class Paths {
  readonly #root = folderOf(0);
  size = 0;

  /** @returns Whether it was not there, and none that means the same. */
  add(path: string, at: number): boolean {
    const names = namesOf(path);
    let folder = this.#root;
    let isNew = false;
    for (const [depth, name] of names.entries()) {
      const child = folder.isMany ? folder.children.get("*") : folder.children.get(name);
      if (child !== undefined) {
        folder = child;
        continue;
      }
      isNew = true;
      const made = folderOf(at);
      folder.children.set(name, made);
      this.size += 1;
      if (depth > 0 && folder.children.size > CHILDREN_MAX) this.#collapse(folder);
      folder = folder.isMany ? (folder.children.get("*") ?? made) : made;
    }
    const was = folder.isFile;
    folder.isFile = true;
    return isNew || !was;
  }

  has(path: string): boolean {
    let folder = this.#root;
    for (const name of namesOf(path)) {
      const child = folder.children.get(folder.isMany ? "*" : name);
      if (child === undefined) return false;
      folder = child;
    }
    return folder.isFile;
  }

  *entries(): Generator<readonly [path: string, at: number]> {
    yield* entriesBelow(this.#root, "");
  }

  #collapse(folder: Folder): void {
    const all = [...folder.children.values()];
    const many = folderOf(Math.min(...all.map(({ at }) => at)));
    folder.isMany = true;
    folder.children.clear();
    folder.children.set("*", many);
    for (const child of all) merge(many, child);
    this.size = [...this.entries()].length;
  }
}

function namesOf(path: string): string[] {
  return path.split("/").slice(1).map(steadyName);
}

function merge(into: Folder, from: Folder): void {
  into.isFile ||= from.isFile;
  into.isMany ||= from.isMany;
  for (const [name, child] of from.children) {
    const known = into.children.get(name);
    if (known === undefined) into.children.set(name, child);
    else merge(known, child);
  }
}

function* entriesBelow(folder: Folder, path: string): Generator<readonly [string, number]> {
  if (folder.isFile) yield [path === "" ? "/" : path, folder.at];
  for (const [name, child] of folder.children) yield* entriesBelow(child, `${path}/${name}`);
}
