// go.mod and go.sum. Source: https://go.dev/ref/mod, "go.mod files" and "go.sum files".
import { eachLine } from "../kit/text.ts";

/** A module that is asked for. Versions as written, with their `v`. */
export interface GoRequire {
  readonly path: string;
  readonly version: string;
  /** 1-based. */
  readonly line: number;
}

/** A module that stands in for another; `target` begins with `.` or `/` when it is a folder, and then has no version. */
export interface GoReplace {
  readonly path: string;
  /** Replaces this version only; null replaces all. */
  readonly version: string | null;
  readonly target: string;
  readonly targetVersion: string | null;
}

/** What a go.mod says, as far as packages are concerned. */
export interface GoMod {
  readonly module: string;
  /** `1.21`, `1.22.3`; null when it does not say. */
  readonly go: string | null;
  /** `go1.22.3`; null when it does not say, or says `default`. */
  readonly toolchain: GoRequire | null;
  readonly requires: readonly GoRequire[];
  readonly replaces: readonly GoReplace[];
  /** 1-based lines that are not understood; at most a hundred. */
  readonly strange: readonly number[];
}

const STRANGE_MAX = 100;
/** Statements without a meaning for us: `exclude` never selects a version, it only forbids one. */
const PASSED: ReadonlySet<string> = new Set(["exclude", "retract", "tool", "godebug", "ignore"]);

/** Reads a go.mod. Never throws; lines that are not understood are left out and named. */
export function readGoMod(text: string): GoMod {
  const reader = new GoModReader();
  eachLine(text, (line, number) => reader.line(line, number));
  return reader;
}

class GoModReader implements GoMod {
  module = "";
  go: string | null = null;
  toolchain: GoRequire | null = null;
  readonly requires: GoRequire[] = [];
  readonly replaces: GoReplace[] = [];
  readonly strange: number[] = [];
  /** The statement whose block is open. */
  #block: string | null = null;

  line(line: string, number: number): void {
    const words = wordsOf(line);
    if (words.length === 0) return;
    if (this.#block !== null) {
      if (words[0] === ")") this.#block = null;
      else this.#statement(this.#block, words, number);
      return;
    }
    const [verb = "", ...rest] = words;
    if (rest[0] === "(" && rest.length === 1) this.#block = verb;
    else this.#statement(verb, rest, number);
  }

  #statement(verb: string, words: readonly string[], number: number): void {
    const [first = "", second = ""] = words;
    if (verb === "require" && words.length === 2) {
      this.requires.push({ path: first, version: second, line: number });
    } else if (verb === "replace" && words.includes("=>")) this.#replace(words, number);
    else if (verb === "module") this.module = first;
    else if (verb === "go") this.go = first;
    else if (verb === "toolchain") {
      if (first !== "default") this.toolchain = { path: "toolchain", version: first, line: number };
    } else if (!PASSED.has(verb)) this.#strange(number);
  }

  #replace(words: readonly string[], number: number): void {
    const arrow = words.indexOf("=>");
    const [path, version] = words.slice(0, arrow);
    const [target, targetVersion] = words.slice(arrow + 1);
    if (path === undefined || target === undefined) this.#strange(number);
    else {
      this.replaces.push({
        path,
        version: version ?? null,
        target,
        targetVersion: targetVersion ?? null,
      });
    }
  }

  #strange(number: number): void {
    if (this.strange.length < STRANGE_MAX) this.strange.push(number);
  }
}

/** Words of a line without its comment; quotes are taken off, brackets stand alone. */
function wordsOf(line: string): string[] {
  const comment = line.search(/(?:^|\s)\/\//);
  const plain = comment === -1 ? line : line.slice(0, comment);
  return plain
    .trim()
    .split(/\s+/)
    .flatMap((word) => (word.length > 1 && word.endsWith("(") ? [word.slice(0, -1), "("] : [word]))
    .map((word) => (/^(["`]).*\1$/.test(word) ? word.slice(1, -1) : word))
    .filter((word) => word !== "");
}

/**
 * Reads a go.sum: the modules whose contents were hashed, not only their go.mod, each with the highest version that stands there.
 * Go writes the file sorted by version. Also gives 1-based lines that are not understood; at most a hundred.
 */
export function readGoSum(text: string): {
  readonly modules: ReadonlyMap<string, string>;
  readonly strange: readonly number[];
} {
  const modules = new Map<string, string>();
  const strange: number[] = [];
  eachLine(text, (line, number) => {
    const [path = "", version = "", hash] = line.trim().split(/\s+/, 3);
    if (path === "") return;
    if (hash === undefined) {
      if (strange.length < STRANGE_MAX) strange.push(number);
    } else if (!version.endsWith("/go.mod")) modules.set(path, version);
  });
  return { modules, strange };
}
