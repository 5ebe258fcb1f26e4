// What stands for one character of several: `[a-z]`, `\d`, `\pL`; and escapes of one.
import {
  complement,
  foldAscii,
  PERL_CLASSES,
  POSIX_CLASSES,
  type SetSource,
  unicodeClass,
} from "./character-set.ts";

const SIMPLE: ReadonlyMap<string, number> = new Map([
  ["a", 7],
  ["f", 12],
  ["n", 10],
  ["r", 13],
  ["t", 9],
  ["v", 11],
]);
const NUMERIC = /\\(?:x([0-9A-Fa-f]{2})|x\{([0-9A-Fa-f]{1,6})\}|([1-7][0-7]{1,2}|0[0-7]{0,2}))/y;
const CLASS = /\\(?:([dswDSW])|([pP])(?:([A-Z])|\{(\^?)([A-Za-z_]+)\}))/y;
const POSIX = /\[:(\^?)([a-z]+):\]/y;

/** The character that an escape stands for; null when it is none. */
export function escapeOf(text: string, at: number): { point: number; end: number } | null {
  NUMERIC.lastIndex = at;
  const match = NUMERIC.exec(text);
  if (match !== null) {
    const [whole, short, long, octal] = match;
    const point =
      octal === undefined ? Number.parseInt(short ?? long ?? "", 16) : Number.parseInt(octal, 8);
    return point > 0x10ffff ? null : { point, end: at + whole.length };
  }
  const next = text[at + 1] ?? "";
  const simple = SIMPLE.get(next);
  if (simple !== undefined) return { point: simple, end: at + 2 };
  // Signs stand for themselves; letters and digits without a meaning are refused.
  return /^[!-/:-@[-`{-~]$/.test(next) ? { point: next.charCodeAt(0), end: at + 2 } : null;
}

/** Reads a class from a place in an expression. */
export class ClassReader {
  readonly #text: string;
  readonly #isFolded: boolean;
  readonly #refuse: (why: string) => never;
  readonly #ranges: (readonly [number, number])[] = [];
  readonly #classes: string[] = [];
  at: number;

  constructor(text: string, at: number, isFolded: boolean, refuse: (why: string) => never) {
    this.#text = text;
    this.at = at;
    this.#isFolded = isFolded;
    this.#refuse = refuse;
  }

  /** `[…]`, from its bracket on. */
  bracketed(): SetSource {
    this.at += 1;
    const isNegated = this.#text[this.at] === "^";
    if (isNegated) this.at += 1;
    for (let isFirst = true; isFirst || this.#text[this.at] !== "]"; isFirst = false) {
      if (this.at >= this.#text.length) this.#refuse("a class has no end");
      if (!this.#named()) this.#range();
    }
    this.at += 1;
    return this.#set(isNegated);
  }

  /** `\d`, `\pL` and the like; null when it is another escape. */
  classEscape(): SetSource | null {
    return this.#named() ? this.#set(false) : null;
  }

  #set(isNegated: boolean): SetSource {
    const isFolded = this.#isFolded;
    return { ranges: this.#ranges, classes: this.#classes, isNegated, isFolded };
  }

  /** Takes a class that has a name, if one stands here. */
  #named(): boolean {
    POSIX.lastIndex = this.at;
    const posix = POSIX.exec(this.#text);
    if (posix !== null && this.#text[this.at - 1] !== undefined) {
      const ranges = POSIX_CLASSES.get(posix[2] ?? "");
      if (ranges === undefined) this.#refuse(`the class ${posix[0]} is unknown`);
      return this.#add(posix[0], ranges ?? [], posix[1] === "^");
    }
    CLASS.lastIndex = this.at;
    const match = CLASS.exec(this.#text);
    if (match === null) return false;
    const [text, perl, p, letter, caret, name] = match;
    if (perl !== undefined) {
      const ranges = PERL_CLASSES.get(perl.toLowerCase()) ?? [];
      return this.#add(text, ranges, perl !== perl.toLowerCase());
    }
    return this.#unicode(text, letter ?? name ?? "", (p === "P") !== (caret === "^"));
  }

  #add(text: string, ranges: SetSource["ranges"], isNegated: boolean): true {
    const folded = this.#isFolded ? foldAscii(ranges) : ranges;
    this.#ranges.push(...(isNegated ? complement(folded) : folded));
    this.at += text.length;
    return true;
  }

  #unicode(text: string, name: string, isNegated: boolean): true {
    const found = unicodeClass(name);
    if (name === "Any") return this.#add(text, [[0, 0x10ffff]], isNegated);
    if (found === null) this.#refuse(`the class ${text} is unknown`);
    if (isNegated && this.#isFolded) this.#refuse(`${text} stands where cases are ignored`);
    this.#classes.push(`\\${isNegated ? "P" : "p"}{${found}}`);
    this.at += text.length;
    return true;
  }

  #range(): void {
    const first = this.#point();
    const isRange = this.#text[this.at] === "-" && this.#text[this.at + 1] !== "]";
    if (!isRange) {
      this.#ranges.push([first, first]);
      return;
    }
    this.at += 1;
    const last = this.#point();
    if (last < first) this.#refuse("a range in a class goes backwards");
    this.#ranges.push([first, last]);
  }

  #point(): number {
    if (this.#text[this.at] === "\\") {
      const found = escapeOf(this.#text, this.at);
      if (found === null)
        return this.#refuse(`"${this.#text.slice(this.at, this.at + 2)}" is no escape in a class`);
      this.at = found.end;
      return found.point;
    }
    const point = this.#text.codePointAt(this.at);
    if (point === undefined) return this.#refuse("a class has no end");
    this.at += point > 0xffff ? 2 : 1;
    return point;
  }
}
