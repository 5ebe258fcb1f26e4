// Regular expressions as RE2 and Go's regexp read them. Source: github.com/google/re2, doc/syntax.txt; Go's regexp/syntax. What is
// not in it (looking around, going back to a group) is refused.
import { fail } from "../values/failure.ts";
import type { SetSource } from "./character-set.ts";
import { ClassReader, escapeOf } from "./class.ts";

export type Assertion =
  | "text-start"
  | "text-end"
  | "line-start"
  | "line-end"
  | "word-boundary"
  | "no-word-boundary";

export type Regex =
  | { readonly kind: "set"; readonly set: SetSource }
  | { readonly kind: "sequence"; readonly parts: readonly Regex[] }
  | { readonly kind: "choice"; readonly parts: readonly Regex[] }
  | {
      readonly kind: "repeat";
      readonly part: Regex;
      readonly min: number;
      readonly max: number;
      readonly isGreedy: boolean;
    }
  | { readonly kind: "assertion"; readonly what: Assertion };

interface Flags {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
  readonly U: boolean;
}

export const EMPTY: Regex = { kind: "sequence", parts: [] };
const LENGTH_MAX = 4_096;
const DEPTH_MAX = 100;
const REPEAT_MAX = 1_000;
const REPEAT = /\{(\d{1,6})(?:(,)(\d{0,6}))?\}/y;
const GROUP = /\(\?(?:P?<([A-Za-z_][A-Za-z0-9_]*)>|([imsU]*)(?:-([imsU]+))?([:)]))/y;

/** Reads an expression. @throws Failure when it is none, or none that is supported. */
export function parseRegex(pattern: string): Regex {
  if (pattern.length > LENGTH_MAX) fail("a regular expression is too long");
  return new RegexReader(pattern).whole();
}

class RegexReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;
  #flags: Flags = { i: false, m: false, s: false, U: false };
  readonly #names = new Set<string>();

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Regex {
    const regex = this.#choice();
    if (this.#at < this.#text.length) this.#refuse("a bracket closes nothing");
    return regex;
  }

  #refuse(why: string): never {
    return fail(`the regular expression ${JSON.stringify(this.#text)} is not supported: ${why}`);
  }

  #choice(): Regex {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) this.#refuse("it nests too deep");
    const before = this.#flags;
    const parts = [this.#sequence()];
    while (this.#text[this.#at] === "|") {
      this.#at += 1;
      parts.push(this.#sequence());
    }
    this.#flags = before;
    this.#depth -= 1;
    return parts.length === 1 ? (parts[0] ?? EMPTY) : { kind: "choice", parts };
  }

  #sequence(): Regex {
    const parts: Regex[] = [];
    for (;;) {
      const next = this.#text[this.#at];
      if (next === undefined || next === "|" || next === ")") break;
      if (this.#text.startsWith("\\Q", this.#at)) {
        const quoted = this.#quoted();
        const last = quoted.pop();
        parts.push(...quoted);
        if (last !== undefined) parts.push(this.#repeated(last));
        continue;
      }
      const part = this.#atom();
      if (part !== null) parts.push(this.#repeated(part));
    }
    return { kind: "sequence", parts };
  }

  /** `\Q…\E`: everything stands for itself. */
  #quoted(): Regex[] {
    const start = this.#at + 2;
    const end = this.#text.indexOf("\\E", start);
    const inner = this.#text.slice(start, end === -1 ? undefined : end);
    this.#at = end === -1 ? this.#text.length : end + 2;
    return [...inner].map((c) => this.#character(c.codePointAt(0) ?? 0));
  }

  /** Null for what sets flags and is nothing itself. */
  #atom(): Regex | null {
    const { i, m, s } = this.#flags;
    const next = this.#text[this.#at];
    switch (next) {
      case "(":
        return this.#group();
      case "[":
        return { kind: "set", set: this.#class(i) };
      case "\\":
        return this.#escape();
      case ".":
        this.#at += 1;
        return this.#set(
          s
            ? [[0, 0x10ffff]]
            : [
                [0, 9],
                [11, 0x10ffff],
              ],
        );
      case "^":
      case "$": {
        this.#at += 1;
        const side = next === "^" ? "start" : "end";
        return { kind: "assertion", what: `${m ? "line" : "text"}-${side}` };
      }
      case "*":
      case "+":
      case "?":
        return this.#refuse(`"${next}" repeats nothing`);
      default: {
        const point = this.#text.codePointAt(this.#at) ?? 0;
        this.#at += point > 0xffff ? 2 : 1;
        return this.#character(point);
      }
    }
  }

  #set(ranges: SetSource["ranges"]): Regex {
    return { kind: "set", set: { ranges, classes: [], isNegated: false, isFolded: false } };
  }

  #character(point: number): Regex {
    const { i } = this.#flags;
    return {
      kind: "set",
      set: { ranges: [[point, point]], classes: [], isNegated: false, isFolded: i },
    };
  }

  #class(isFolded: boolean): SetSource {
    const reader = new ClassReader(this.#text, this.#at, isFolded, (why) => this.#refuse(why));
    const set = reader.bracketed();
    this.#at = reader.at;
    return set;
  }

  #group(): Regex | null {
    if (this.#text[this.#at + 1] !== "?") {
      this.#at += 1;
      return this.#inGroup();
    }
    GROUP.lastIndex = this.#at;
    const match = GROUP.exec(this.#text);
    if (match === null) return this.#refuse("a group of this form is unknown");
    const [text, name, on = "", off = "", end] = match;
    this.#at += text.length;
    if (name !== undefined) {
      if (this.#names.has(name)) this.#refuse(`two groups are named ${name}`);
      this.#names.add(name);
      return this.#inGroup();
    }
    const before = this.#flags;
    this.#flags = flagsAfter(before, on, off);
    if (end === ")") return null;
    const inner = this.#inGroup();
    this.#flags = before;
    return inner;
  }

  #inGroup(): Regex {
    const inner = this.#choice();
    if (this.#text[this.#at] !== ")") this.#refuse("a group has no end");
    this.#at += 1;
    // A group is one part for what follows it.
    return { kind: "sequence", parts: [inner] };
  }

  #escape(): Regex {
    const next = this.#text[this.#at + 1];
    const what = ASSERTIONS.get(next ?? "");
    if (what !== undefined) {
      this.#at += 2;
      return { kind: "assertion", what };
    }
    const { i } = this.#flags;
    const reader = new ClassReader(this.#text, this.#at, i, (why) => this.#refuse(why));
    const set = reader.classEscape();
    if (set !== null) {
      this.#at = reader.at;
      return { kind: "set", set };
    }
    const found = escapeOf(this.#text, this.#at);
    if (found === null) return this.#refuse(`"\\${next ?? ""}" is no escape`);
    this.#at = found.end;
    return this.#character(found.point);
  }

  #repeated(part: Regex): Regex {
    const count = this.#count();
    if (count === null) return part;
    const isLazy = this.#text[this.#at] === "?";
    if (isLazy) this.#at += 1;
    const { min, max } = count;
    if (this.#count() !== null) this.#refuse("a repetition is repeated");
    return { kind: "repeat", part, min, max, isGreedy: isLazy === this.#flags.U };
  }

  #count(): { min: number; max: number } | null {
    const sign = this.#text[this.#at];
    const known = COUNTS.get(sign ?? "");
    if (known !== undefined) {
      this.#at += 1;
      return known;
    }
    if (sign !== "{") return null;
    REPEAT.lastIndex = this.#at;
    const match = REPEAT.exec(this.#text);
    // Braces that hold no count stand for themselves.
    if (match === null) return null;
    const [text, from, comma, to = ""] = match;
    const min = Number(from);
    const max = comma === undefined ? min : to === "" ? Infinity : Number(to);
    if (min > REPEAT_MAX || (max !== Infinity && max > REPEAT_MAX) || min > max)
      this.#refuse(`the count ${text} is out of range`);
    this.#at += text.length;
    return { min, max };
  }
}

const ASSERTIONS: ReadonlyMap<string, Assertion> = new Map([
  ["A", "text-start"],
  ["z", "text-end"],
  ["b", "word-boundary"],
  ["B", "no-word-boundary"],
]);

const COUNTS: ReadonlyMap<string, { min: number; max: number }> = new Map([
  ["*", { min: 0, max: Infinity }],
  ["+", { min: 1, max: Infinity }],
  ["?", { min: 0, max: 1 }],
]);

function flagsAfter(before: Flags, on: string, off: string): Flags {
  const flag = (name: keyof Flags): boolean =>
    (before[name] || on.includes(name)) && !off.includes(name);
  return { i: flag("i"), m: flag("m"), s: flag("s"), U: flag("U") };
}
