// The lock file of Yarn 1: blocks of lines, told apart by their indentation.
// Source: https://classic.yarnpkg.com/en/docs/yarn-lock, and what Yarn 1 writes.
import { eachLine } from "../kit/text.ts";

/** One package that was chosen for one or more ranges. */
export interface YarnEntry {
  /** What asked for it: `name@^1.0.0`. */
  readonly patterns: readonly string[];
  readonly version: string;
  /** What it asks for, in the form of `patterns`. */
  readonly dependencies: readonly string[];
  /** 1-based line of its patterns. */
  readonly line: number;
}

interface OpenEntry extends YarnEntry {
  version: string;
  readonly dependencies: string[];
}

/** Entries in order, and what could not be understood, as lines with reasons (at most a hundred). */
export interface YarnLock {
  readonly entries: readonly YarnEntry[];
  readonly damage: readonly string[];
}

const SECTIONS: ReadonlySet<string> = new Set(["dependencies:", "optionalDependencies:"]);
const DAMAGE_MAX = 100;

/** Reads a lock file of Yarn 1. Never throws; lines that are not understood are left out and named. */
export function readYarnLock(text: string): YarnLock {
  const reader = new YarnReader();
  eachLine(text, (line, number) => reader.line(line, number));
  const entries = reader.entries.filter((entry) => entry.version !== "");
  for (const { version, line } of reader.entries) {
    if (version === "") reader.strange(line, "it has no version");
  }
  return { entries, damage: reader.damage };
}

class YarnReader {
  readonly entries: OpenEntry[] = [];
  readonly damage: string[] = [];
  #open: OpenEntry | null = null;
  #isInSection = false;

  strange(number: number, what: string): void {
    if (this.damage.length < DAMAGE_MAX) this.damage.push(`line ${number}: ${what}`);
  }

  line(line: string, number: number): void {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) return;
    const indent = line.length - line.trimStart().length;
    if (indent === 0) this.#begin(trimmed, number);
    else if (this.#open !== null) this.#within(this.#open, trimmed, indent);
  }

  #begin(text: string, number: number): void {
    this.#isInSection = false;
    this.#open = text.endsWith(":") ? entryOf(text.slice(0, -1), number) : null;
    if (this.#open === null) this.strange(number, "it begins no package");
    else this.entries.push(this.#open);
  }

  #within(open: OpenEntry, text: string, indent: number): void {
    const [name, value] = wordsOf(text);
    if (indent === 4 && this.#isInSection) open.dependencies.push(`${name}@${value}`);
    if (indent !== 2) return;
    this.#isInSection = SECTIONS.has(text);
    if (name === "version") open.version = value;
  }
}

function entryOf(patterns: string, line: number): OpenEntry {
  return { patterns: patternsOf(patterns), version: "", dependencies: [], line };
}

/** `"a@1 || 2", b@^3`: apart at commas outside of quotes. A quote that nothing closes goes to the end of the line. */
function patternsOf(text: string): string[] {
  const patterns: string[] = [];
  for (const match of text.matchAll(/"((?:[^"\\]|\\.)*)(?:"|\\?$)|([^",\s][^",]*)/g)) {
    patterns.push((match[1] ?? match[2] ?? "").trim());
  }
  return patterns;
}

/** `name value` or `"name" "value"`. */
function wordsOf(text: string): [string, string] {
  const end = text.startsWith('"') ? text.indexOf('"', 1) + 1 : text.indexOf(" ");
  if (end <= 0) return [text, ""];
  return [unquoted(text.slice(0, end)), unquoted(text.slice(end).trim())];
}

function unquoted(text: string): string {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}
