// Where a repository keeps its objects (gitrepository-layout(5)): in `.git`, in the folder that a file of that name tells of (a
// work tree, a submodule, `--separate-git-dir`), or in the folder itself; and what is known to be missing there.
import { type Dirent, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { codeOf } from "./error-code.ts";

export interface GitStores {
  /** Folders that hold `objects`: the repository's own first, then those of its submodules. */
  readonly paths: readonly string[];
  /** What is known not to be there. */
  readonly problems: readonly string[];
  /** Whether objects that commits lead to must all be there. */
  readonly isPartial: boolean;
  readonly isSha256: boolean;
  /** The commits whose parents were not fetched, one a line. */
  readonly shallow: string;
  /** What branches and tags lead to. */
  readonly tips: readonly string[];
}

const SMALL_BYTES_MAX = 4 << 20;
const POINTER_BYTES_MAX = 5000;
const SUBMODULE_DEPTH_MAX = 8;
const FOLDERS_MAX = 10_000;

/** @returns null when the folder is no repository. */
export function gitStores(folder: string): GitStores | null {
  const found = storeOf(folder);
  if (found.kind === "none") return null;
  if (found.kind === "lost") return told([], [`${found.detail}: its history was not searched`]);
  const submodules = new Submodules(found.path);
  return told([found.path, ...submodules.paths], submodules.problems);
}

type Store =
  | { readonly kind: "none" }
  | { readonly kind: "lost"; readonly detail: string }
  | { readonly kind: "found"; readonly path: string };

function storeOf(folder: string): Store {
  const git = join(folder, ".git");
  const kind = kindOf(git);
  if (kind === "absent") return isStore(folder) ? found(resolve(folder)) : { kind: "none" };
  if (kind === "folder") return isStore(git) ? found(resolve(git)) : lost(".git has no objects");
  const named = /^gitdir: (.+)$/m.exec(textOf(git, POINTER_BYTES_MAX) ?? "")?.[1]?.trim();
  if (named === undefined) return lost(".git names no folder");
  const own = resolve(folder, named);
  const shared = textOf(join(own, "commondir"), POINTER_BYTES_MAX)?.trim() ?? ".";
  const store = resolve(own, shared);
  return isStore(store) ? found(store) : lost(`the folder that .git names is no repository here`);
}

const found = (path: string): Store => ({ kind: "found", path });
const lost = (detail: string): Store => ({ kind: "lost", detail });

function isStore(path: string): boolean {
  return kindOf(join(path, "objects")) === "folder" && kindOf(join(path, "HEAD")) !== "absent";
}

function kindOf(path: string): "absent" | "folder" | "other" {
  try {
    return statSync(path).isDirectory() ? "folder" : "other";
  } catch (error) {
    return ["ENOENT", "ENOTDIR"].includes(codeOf(error)) ? "absent" : "other";
  }
}

/** Null when it cannot be read, or is larger than anything that git writes there. */
function textOf(path: string, bytesMax: number): string | null {
  try {
    const about = statSync(path);
    return about.isFile() && about.size <= bytesMax ? readFileSync(path, "utf8") : null;
  } catch {
    return null;
  }
}

/** Repositories below `modules`, those of their own submodules too; their names may have slashes. */
class Submodules {
  readonly paths: string[] = [];
  readonly problems: string[] = [];
  #folders = 0;
  #left = 0;

  constructor(store: string) {
    this.#below(join(store, "modules"), SUBMODULE_DEPTH_MAX);
    if (this.#left > 0)
      this.problems.push(
        `${this.#left} folders of its submodules are left out of the search of its history`,
      );
  }

  #below(folder: string, depth: number): void {
    for (const name of foldersIn(folder)) {
      const path = join(folder, name);
      this.#folders += 1;
      if (depth === 0 || this.#folders > FOLDERS_MAX) this.#left += 1;
      else if (!isStore(path)) this.#below(path, depth - 1);
      else {
        this.paths.push(path);
        this.#below(join(path, "modules"), depth - 1);
      }
    }
  }
}

function foldersIn(path: string): string[] {
  return entriesIn(path)
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

function entriesIn(path: string): Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return [];
  }
}

function told(candidates: readonly string[], lostOnes: readonly string[]): GitStores {
  const configs = candidates.map((path) => textOf(join(path, "config"), SMALL_BYTES_MAX) ?? "");
  const isSha256 = SHA256.test(configs[0] ?? "");
  const paths = candidates.filter((_, at) => SHA256.test(configs[at] ?? "") === isSha256);
  const shallow = paths
    .map((path) => textOf(join(path, "shallow"), SMALL_BYTES_MAX) ?? "")
    .join("");
  const isPartial = configs.some((config) => PROMISED.test(config));
  const problems = [...lostOnes];
  if (paths.length < candidates.length)
    problems.push("submodules that name objects by another hash were not searched");
  if (shallow !== "") problems.push(SHALLOW);
  if (isPartial) problems.push(PARTIAL);
  return { paths, problems, isPartial, isSha256, shallow, tips: paths.flatMap(tipsOf) };
}

function tipsOf(store: string): string[] {
  const packed = textOf(join(store, "packed-refs"), PACKED_BYTES_MAX) ?? "";
  const tips = [...packed.matchAll(PACKED)].map(([, id = ""]) => id);
  const pending = [join(store, "refs")];
  for (let at = pending.pop(); at !== undefined && tips.length < TIPS_MAX; at = pending.pop())
    for (const entry of entriesIn(at)) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) pending.push(path);
      else tips.push(...(LOOSE.exec(textOf(path, POINTER_BYTES_MAX) ?? "") ?? []));
    }
  return tips;
}

const PACKED_BYTES_MAX = 64 << 20;
const TIPS_MAX = 1_000_000;
const PACKED = /^([0-9a-f]{40,64}) /gm;
const LOOSE = /^[0-9a-f]{40,64}(?=\n?$)/;

const SHA256 = /objectformat\s*=\s*"?sha256/i;
const PROMISED = /^[ \t]*(?:promisor\s*=\s*"?(?:true|yes|on|1)|partialclone\s*=)/im;
const SHALLOW =
  "only the newest part of its history is here (a shallow clone) and was searched: fetch the rest with `git fetch --unshallow`, or leave history out with --no-history";
const PARTIAL =
  "not all of its objects are here (a partial clone): clone it without --filter to search them, or leave history out with --no-history";
