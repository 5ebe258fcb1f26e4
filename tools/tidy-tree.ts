// What tidy looks at: the project's own files, as values, so that a rule can be tried on a tree that was made up.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

export interface TidyFile {
  /** From the project's root, with forward slashes. */
  readonly path: string;
  /** Null for files that are not text. */
  readonly text: string | null;
  readonly sizeBytes: number;
  readonly executable: boolean;
}

export type Tree = readonly TidyFile[];

/** A rule of the house. */
export interface TidyRule {
  /** What must hold. */
  readonly name: string;
  /** Why it must. */
  readonly reason: string;
  /** One line for each offence, beginning with the file. */
  find(tree: Tree): readonly string[];
}

/** Folders that are made, not written. */
const MADE = new Set([".git", "node_modules", "dist", "coverage", ".bench"]);

/** Reads the project's files. Binary ones, and those past a mebibyte, come without text. */
export function readTree(root: string): Tree {
  const files: TidyFile[] = [];
  const visit = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (MADE.has(entry.name)) continue;
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile() && !entry.name.endsWith(".tgz")) files.push(fileOf(root, path));
    }
  };
  visit("");
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function fileOf(root: string, path: string): TidyFile {
  const { size, mode } = statSync(join(root, path));
  const bytes = size <= 1 << 20 ? readFileSync(join(root, path)) : null;
  const text = bytes === null || bytes.includes(0) ? null : bytes.toString("utf8");
  return { path, text, sizeBytes: size, executable: (mode & 0o111) !== 0 };
}

/** A tree of made-up files, for trying rules. */
export function treeOf(files: Readonly<Record<string, string | Partial<TidyFile>>>): Tree {
  return Object.entries(files).map(([path, file]) => {
    const text = typeof file === "string" ? file : (file.text ?? "");
    const rest = typeof file === "string" ? {} : file;
    return { path, text, sizeBytes: text.length, executable: false, ...rest };
  });
}

/** Files whose path fits, with their text. */
export function textsIn(tree: Tree, path: RegExp): { path: string; text: string }[] {
  return tree.flatMap((file) =>
    file.text !== null && path.test(file.path) ? [{ path: file.path, text: file.text }] : [],
  );
}

/** `path:line: what` for every place in the files where the pattern fits. */
export function places(
  files: readonly { path: string; text: string }[],
  pattern: RegExp,
  what: (match: string) => string,
): string[] {
  return files.flatMap(({ path, text }) =>
    text.split("\n").flatMap((line, index) => {
      const match = pattern.exec(line);
      return match === null ? [] : [`${path}:${index + 1}: ${what(match[0])}`];
    }),
  );
}
