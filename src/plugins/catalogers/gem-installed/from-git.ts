// Gems that Bundler takes from git: a repository in `bundler/gems/NAME-COMMIT`, whose specification is the one that people wrote.
// That is a program; what stands in it as a text is read, and so is the file in which the version usually stands.
import { baseName, parentPath } from "../../../kit/path.ts";
import { utf8 } from "../../../kit/text.ts";
import type { FoundPackage } from "../../../model/package.ts";
import {
  type EvidenceFile,
  NOTHING,
  type Reading,
  type VisibleReading,
} from "../../../stages/catalog/contract.ts";
import { depending, isWord, licensed } from "../shared/words.ts";
import { parseGemspec } from "./gemspec.ts";

export const VERSION_FILE = "version.rb";

/** Bundler names a repository's folder by its name and the first twelve digits of the commit. */
const REPOSITORY = /^(.*\/)?bundler\/gems\/[^/]+-[0-9a-f]{7,40}(?=\/)/;

/** The repository in which a path lies; null when it lies in none. */
export function gitFolderOf(path: string): string | null {
  return REPOSITORY.exec(path)?.[0] ?? null;
}

/**
 * Whether a file of a repository says what gem it is: a specification at its top, or in the folder of its name where a repository
 * has several; and the versions below `lib`.
 */
export function isOfGit(path: string): boolean {
  const folder = parentPath(path);
  if (baseName(path) === VERSION_FILE) return /\/lib\//.test(path);
  const top = gitFolderOf(path);
  return (
    folder === top ||
    (parentPath(folder) === top && baseName(path) === `${baseName(folder)}.gemspec`)
  );
}

/** A package where the specification states all; else what `joinFromGit` makes one from. */
export function readFromGit({ path, bytes }: EvidenceFile): Reading {
  const text = utf8(bytes);
  if (baseName(path) === VERSION_FILE) {
    const version = versionIn(text);
    return version === null ? NOTHING : noted({ kind: "version", version });
  }
  const parsed = parseGemspec(text, baseName(path));
  const name = parsed.name || baseName(path).replace(/\.gemspec$/, "");
  if (!isWord(name)) return NOTHING;
  const gem = { name, ...licensed(parsed.licenses), ...depending(parsed.dependencies, name) };
  if (!isWord(parsed.version)) return noted({ kind: "gem", gem });
  return { packages: [{ type: "gem", version: parsed.version, ...gem }], problems: [] };
}

function noted(note: { readonly kind: string; readonly [field: string]: unknown }): Reading {
  return { packages: [], problems: [], notes: [note] };
}

/** `VERSION = "1.2.3"`, also frozen; what is put together from numbers is not read. */
function versionIn(text: string): string | null {
  const found = /^\s{0,100}VERSION\s{0,20}=\s{0,20}["'](\d[0-9A-Za-z.-]{0,100})["']/m.exec(text);
  return found?.[1] ?? null;
}

/** Gives gems whose specification takes its version from another file that version. */
export function joinFromGit(readings: readonly VisibleReading[]): readonly VisibleReading[] {
  const versions = new Map<string, string>();
  for (const { path, reading } of readings) {
    const version = reading.notes?.find(({ kind }) => kind === "version")?.["version"];
    if (typeof version === "string") versions.set(path, version);
  }
  return readings.map((placed) => {
    const { path, reading } = placed;
    const note = reading.notes?.find(({ kind }) => kind === "gem");
    if (note === undefined) return { path, reading: { ...reading, notes: [] } };
    // Written by readFromGit, and nowhere else.
    return {
      path,
      reading: completed(
        note["gem"] as Omit<FoundPackage, "type" | "version">,
        parentPath(path),
        versions,
      ),
    };
  });
}

function completed(
  gem: Omit<FoundPackage, "type" | "version">,
  folder: string,
  versions: ReadonlyMap<string, string>,
): Reading {
  const version = versionOf(gem.name, folder, versions);
  if (version !== null) return { packages: [{ type: "gem", version, ...gem }], problems: [] };
  const detail = `${JSON.stringify(gem.name)} was taken from git, and its version is not stated in a way that can be read`;
  return { packages: [], problems: [{ code: "version-unreadable", detail }] };
}

/** `a-b` lies in `lib/a/b` or `lib/a_b` or `lib/a-b`; else the only version that there is. */
function versionOf(
  name: string,
  folder: string,
  versions: ReadonlyMap<string, string>,
): string | null {
  for (const stem of [name.replaceAll("-", "/"), name.replaceAll("-", "_"), name]) {
    const version = versions.get(`${folder}/lib/${stem}/${VERSION_FILE}`);
    if (version !== undefined) return version;
  }
  const others = [...versions].filter(([path]) => path.startsWith(`${folder}/lib/`));
  return others.length === 1 ? (others[0]?.[1] ?? null) : null;
}
