// Gemfile.lock. Source: Bundler's LockfileParser describes it by reading it; https://bundler.io/guides/ has no grammar.
import { eachLine } from "../kit/text.ts";

/** One entry under `specs:`. */
export interface LockedGem {
  readonly name: string;
  /** Without the platform: `1.10.4` of `1.10.4-x86_64-linux`. */
  readonly version: string;
  /** Where it comes from, as the section is named. */
  readonly from: "GEM" | "GIT" | "PATH" | "PLUGIN SOURCE";
  readonly dependencies: readonly string[];
  /** 1-based. */
  readonly line: number;
}

/** Gems in order, and 1-based lines that are not understood (at most a hundred). */
export interface GemfileLock {
  readonly gems: readonly LockedGem[];
  readonly strange: readonly number[];
}

const SOURCES = ["GEM", "GIT", "PATH", "PLUGIN SOURCE"] as const;
const STRANGE_MAX = 100;

/** Reads a lock file of Bundler. Never throws. */
export function readGemfileLock(text: string): GemfileLock {
  const reader = new GemfileReader();
  eachLine(text, (line, number) => reader.line(line, number));
  return reader;
}

class GemfileReader implements GemfileLock {
  readonly gems: (LockedGem & { readonly dependencies: string[] })[] = [];
  readonly strange: number[] = [];
  /** The section, when it holds gems. */
  #from: LockedGem["from"] | null = null;
  #isInSpecs = false;

  line(line: string, number: number): void {
    if (/^[<>=|]{7}/.test(line)) this.#strange(number);
    else if (/^\S/.test(line)) {
      this.#from = SOURCES.find((source) => source === line.trim()) ?? null;
      this.#isInSpecs = false;
    } else if (this.#from !== null && line.trim() !== "") {
      this.#within(line, { number, from: this.#from });
    }
  }

  #within(line: string, at: { readonly number: number; readonly from: LockedGem["from"] }): void {
    const indent = line.length - line.trimStart().length;
    if (indent === 2) this.#isInSpecs = line.trim() === "specs:";
    else if (this.#isInSpecs && indent === 4) this.#gem(line.trim(), at);
    else if (this.#isInSpecs && indent === 6) {
      const name = /^[^\s!]{1,300}/.exec(line.trim())?.[0];
      if (name !== undefined) this.gems.at(-1)?.dependencies.push(name);
    }
  }

  #gem(text: string, { number, from }: { number: number; from: LockedGem["from"] }): void {
    const match = /^(\S{1,300}) \(([^\s()]{1,200})\)!?$/.exec(text);
    if (match === null) {
      this.#strange(number);
      return;
    }
    const version = (match[2] ?? "").split("-", 1)[0] ?? "";
    this.gems.push({ name: match[1] ?? "", version, from, dependencies: [], line: number });
  }

  #strange(number: number): void {
    if (this.strange.length < STRANGE_MAX) this.strange.push(number);
  }
}
