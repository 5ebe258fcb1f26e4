// The list of crates that cargo-auditable puts into a program: JSON, compressed by zlib, in a section of its own.
// Source: the project's PARSING.md and its JSON schema. Hostile input: the inflated size is bounded, and nothing in the JSON is
// believed to be there.
import { inflateSync } from "node:zlib";
import { utf8 } from "../kit/text.ts";
import type { Executable } from "./executable.ts";
import { asObject, member } from "./json-object.ts";

export interface RustCrate {
  readonly name: string;
  readonly version: string;
  /** `crates.io`, `registry`, `git`, `local`, or another word. */
  readonly source: string;
  /** Needed to build, and not in the program. */
  readonly isForBuild: boolean;
  /** What the program is of. */
  readonly isRoot: boolean;
  /** Indices into the list. */
  readonly dependencies: readonly number[];
}

/** In ELF, PE and Mach-O alike. */
const SECTION = ".dep-v0";
/** The project's own advice for readers; real lists have some ten kilobytes. */
const JSON_BYTES_MAX = 8 << 20;
const CRATES_MAX = 50_000;

/**
 * Reads the list.
 *
 * @returns null when there is none; a text that says what is wrong when it cannot be read. Never throws.
 */
export function readRustAudit(executable: Executable): readonly RustCrate[] | string | null {
  const section = executable.section(SECTION);
  if (section === null) return null;
  const json = inflated(section);
  if (json === null) return "the list of crates cannot be inflated";
  const packages = packagesIn(json);
  if (packages === null) return "the list of crates is not in its format";
  const crates = packages.slice(0, CRATES_MAX).map(crateOf);
  return crates.every((crate) => crate !== null)
    ? crates
    : "the list of crates has one without name or version";
}

function inflated(section: Uint8Array): Uint8Array | null {
  try {
    return inflateSync(section, { maxOutputLength: JSON_BYTES_MAX });
  } catch {
    return null;
  }
}

function packagesIn(json: Uint8Array): readonly unknown[] | null {
  try {
    const document = asObject(JSON.parse(utf8(json)));
    const packages = member(document, "packages");
    return Array.isArray(packages) ? packages : null;
  } catch {
    return null;
  }
}

function crateOf(value: unknown): RustCrate | null {
  const item = asObject(value);
  const name = member(item, "name");
  const version = member(item, "version");
  if (typeof name !== "string" || typeof version !== "string") return null;
  const source = member(item, "source");
  const dependencies = member(item, "dependencies");
  return {
    name,
    version,
    source: typeof source === "string" ? source : "",
    isForBuild: member(item, "kind") === "build",
    isRoot: member(item, "root") === true,
    dependencies: Array.isArray(dependencies)
      ? dependencies.filter((index: unknown) => typeof index === "number")
      : [],
  };
}
