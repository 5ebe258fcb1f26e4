// What every reader of a lock file or manifest needs: packages gathered each once, problems kept to a number that people read.
import { printable } from "../../../kit/text.ts";
import type { FoundPackage, PackageType } from "../../../model/package.ts";
import type { Reading, ReadingProblem } from "../../../stages/catalog/contract.ts";

/** The largest lock files known have some ten thousand. */
const PACKAGES_MAX = 200_000;
/** One more says how many there would have been. */
const PROBLEMS_MAX = 20;
const NAME_LENGTH_MAX = 400;
const VERSION_LENGTH_MAX = 200;
const DEPENDENCIES_MAX = 2_000;

/** A package as a lock file has it. Empty and absent facts are left out of what is reported. */
export interface Declared {
  readonly name: string;
  readonly version: string;
  readonly line?: number | undefined;
  readonly development?: boolean | undefined;
  readonly dependsOn?: readonly string[] | undefined;
  readonly licenses?: readonly string[] | undefined;
}

/** Gathers what one file declares. */
export class Declarations {
  readonly #type: PackageType;
  readonly #packages = new Map<string, FoundPackage>();
  readonly #problems: ReadingProblem[] = [];
  #problemCount = 0;
  #isFull = false;

  constructor(type: PackageType) {
    this.#type = type;
  }

  /**
   * Adds a package. The same name and version a second time adds nothing but that it is needed by the product, if one of the two
   * is. Names and versions with blanks, control characters, or of absurd length are a problem.
   */
  add(declared: Declared): void {
    const { name, version } = declared;
    if (!isWord(name, NAME_LENGTH_MAX) || !isWord(version, VERSION_LENGTH_MAX)) {
      const where = declared.line === undefined ? "" : `line ${declared.line}: `;
      this.damaged(`${where}${shown(name)} with version ${shown(version)} is not a package`);
      return;
    }
    const key = `${name}\0${version}`;
    const known = this.#packages.get(key);
    if (known !== undefined) {
      if (known.development === true && declared.development !== true) {
        const { development: _, ...facts } = known;
        this.#packages.set(key, facts);
      }
    } else if (this.#packages.size < PACKAGES_MAX) this.#packages.set(key, this.#found(declared));
    else this.#overfull();
  }

  #found({ name, version, line, development, dependsOn, licenses }: Declared): FoundPackage {
    const needed = dependsOn === undefined ? [] : namesIn(dependsOn, name);
    const stated = (licenses ?? []).map((l) => printable(l, 500)).filter((l) => l !== "");
    return {
      type: this.#type,
      name,
      version,
      ...(stated.length === 0 ? {} : { licenses: stated.slice(0, 20) }),
      ...(development === true ? { development } : {}),
      ...(needed.length === 0 ? {} : { dependsOn: needed }),
      ...(line === undefined ? {} : { line }),
    };
  }

  #overfull(): void {
    if (!this.#isFull) this.damaged(`more than ${PACKAGES_MAX} packages`);
    this.#isFull = true;
  }

  /** Something that cannot be read as the format demands. */
  damaged(detail: string): void {
    this.#problem({ code: "file-damaged", detail });
  }

  /** A package whose version cannot be known from here, and why: `line 4: "flask" is not pinned to one version`. */
  unversioned(detail: string): void {
    this.#problem({ code: "declared-only", detail });
  }

  #problem(problem: ReadingProblem): void {
    this.#problemCount += 1;
    if (this.#problems.length < PROBLEMS_MAX) this.#problems.push(problem);
    else if (problem.code === "file-damaged" && !this.#problems.some(isDamage)) {
      // What blocks a verdict must not be crowded out by what does not.
      this.#problems[PROBLEMS_MAX - 1] = problem;
    }
  }

  /** What was gathered, in the order of the file. */
  reading(): Reading {
    const left = this.#problemCount - this.#problems.length;
    const code = this.#problems.some(isDamage) ? "file-damaged" : "declared-only";
    const more = left > 0 ? [{ code, detail: `${left} more problems of this file` } as const] : [];
    return { packages: [...this.#packages.values()], problems: [...this.#problems, ...more] };
  }
}

function isDamage({ code }: ReadingProblem): boolean {
  return code === "file-damaged";
}

function namesIn(names: readonly string[], self: string): string[] {
  const wanted = names.slice(0, DEPENDENCIES_MAX);
  return [...new Set(wanted)].filter((n) => n !== self && isWord(n, NAME_LENGTH_MAX));
}

/** Without blanks, control characters and what could not be decoded, neither empty nor longer than `max`. */
function isWord(text: string, max: number): boolean {
  if (text.length === 0 || text.length > max) return false;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code <= 0x20 || (code >= 0x7f && code <= 0xa0) || code === 0xfffd) return false;
  }
  return true;
}

/** A stranger's text for a message: quoted, printable, short. */
export function shown(text: string): string {
  return JSON.stringify(printable(text, 80));
}
