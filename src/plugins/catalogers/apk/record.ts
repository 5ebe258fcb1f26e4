import { eachLine } from "../../../kit/text.ts";
import type { OwnedPaths } from "../shared/owned-paths.ts";

/** One package of apk's database as it stands there. */
export interface ApkRecord {
  /** By their letter; a letter that stands twice keeps its first value. */
  readonly fields: ReadonlyMap<string, string>;
  /** Paths without leading slash, from the pairs of `F:` (folder) and `R:` (file in it). */
  readonly files: readonly string[];
  /** 1-based line of its first field. */
  readonly line: number;
}

const KEPT: ReadonlySet<string> = new Set(["P", "V", "A", "L", "o", "D", "p"]);

/**
 * Calls back for every record, as apk-tools writes them: one letter, a colon, a value; an empty line after each.
 *
 * @returns 1-based numbers of lines of another form, at most a hundred of them.
 * @see https://wiki.alpinelinux.org/wiki/Apk_spec "Installed Database V2"
 */
export function eachRecord(
  text: string,
  paths: OwnedPaths,
  record: (record: ApkRecord) => void,
): number[] {
  const reading = new Reading(paths, record);
  eachLine(text, (line, number) => reading.line(line, number));
  reading.close();
  return reading.strange;
}

/** The record being read. */
class Reading {
  readonly strange: number[] = [];
  readonly #paths: OwnedPaths;
  readonly #done: (record: ApkRecord) => void;
  #fields = new Map<string, string>();
  #files: string[] = [];
  #folder = "";
  /** Line on which it began; 0 between records. */
  #line = 0;

  constructor(paths: OwnedPaths, done: (record: ApkRecord) => void) {
    this.#paths = paths;
    this.#done = done;
  }

  line(line: string, number: number): void {
    if (line === "") {
      this.close();
      return;
    }
    if (this.#line === 0) this.#line = number;
    if (line[1] === ":") this.#field(line[0] ?? "", line.slice(2));
    else if (this.strange.length < 100) this.strange.push(number);
  }

  close(): void {
    if (this.#line === 0) return;
    this.#done({ fields: this.#fields, files: this.#files, line: this.#line });
    this.#fields = new Map();
    this.#files = [];
    this.#folder = "";
    this.#line = 0;
  }

  #field(letter: string, value: string): void {
    if (letter === "F") this.#folder = value;
    else if (letter === "R") this.#file(value);
    else if (KEPT.has(letter) && !this.#fields.has(letter)) this.#fields.set(letter, value);
  }

  #file(name: string): void {
    const path = this.#paths.path(this.#folder, name);
    if (path !== null) this.#files.push(path);
  }
}
