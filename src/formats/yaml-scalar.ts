// The small parts of plain YAML: texts, numbers, and flow maps and lists that end on their line.
import {
  DEPTH_MAX,
  DocumentDamage,
  DocumentList,
  DocumentMap,
  type DocumentValue,
} from "./document.ts";

/** The document uses something that only the full reader knows. */
export class NotPlain extends Error {
  readonly line: number;

  constructor(line: number, what: string) {
    super(what);
    this.line = line;
  }
}

/** Characters that begin something other than a plain text. */
const INDICATORS = new Set(["&", "*", "!", "|", ">", "%", "@", "`", "{", "[", "}", "]", ","]);

/** A text, boolean or null by YAML's core schema. Numbers stay texts, because `1.10` is a version and not 1.1. */
export function scalarOf(text: string, line: number): string | boolean | null {
  const first = text[0] ?? "";
  if (first === '"' || first === "'") return quoted(text, line);
  if (INDICATORS.has(first)) throw new NotPlain(line, `"${text.slice(0, 40)}" is not plain`);
  const comment = text.indexOf(" #");
  return plain(comment === -1 ? text : text.slice(0, comment).trimEnd());
}

function plain(text: string): string | boolean | null {
  if (text.length > 5) return text;
  if (/^(null|Null|NULL|~|)$/.test(text)) return null;
  if (/^(true|True|TRUE)$/.test(text)) return true;
  if (/^(false|False|FALSE)$/.test(text)) return false;
  return text;
}

function quoted(text: string, line: number): string {
  const quote = text[0] ?? "";
  const flow = new FlowReader(text, line);
  const value = flow.quoted(quote);
  if (!flow.isAtEnd()) throw new NotPlain(line, "there is more after a quoted text");
  return value;
}

/** Reads `{…}` or `[…]`, which must end on the line. */
export function readFlow(text: string, line: number): DocumentValue {
  const flow = new FlowReader(text, line);
  const value = flow.value(0);
  if (!flow.isAtEnd()) throw new NotPlain(line, "there is more after a flow value");
  return value;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["t", "\t"],
  ["r", "\r"],
  ["0", "\0"],
  ["a", "\u0007"],
  ["b", "\b"],
  ["e", "\u001b"],
  ["f", "\f"],
  ["v", "\v"],
  [" ", " "],
  ['"', '"'],
  ["/", "/"],
  ["\\", "\\"],
  ["N", "\u0085"],
  ["_", "\u00a0"],
  ["L", "\u2028"],
  ["P", "\u2029"],
]);
/** Characters by their number, and how many digits it has. */
const CODE_DIGITS: ReadonlyMap<string, number> = new Map([
  ["x", 2],
  ["u", 4],
  ["U", 8],
]);

class FlowReader {
  readonly #text: string;
  readonly #line: number;
  #at = 0;

  constructor(text: string, line: number) {
    this.#text = text;
    this.#line = line;
  }

  /** Whether nothing but a comment follows. */
  isAtEnd(): boolean {
    const before = this.#at;
    this.#space();
    const rest = this.#text[this.#at];
    return rest === undefined || (rest === "#" && this.#at > before);
  }

  #fail(): never {
    throw new NotPlain(this.#line, `"${this.#text.slice(0, 40)}" is not a flow value of one line`);
  }

  #space(): void {
    while (this.#text[this.#at] === " ") this.#at += 1;
  }

  value(depth: number): DocumentValue {
    if (depth > DEPTH_MAX)
      throw new DocumentDamage(this.#line, `nested more than ${DEPTH_MAX} deep`);
    this.#space();
    const first = this.#text[this.#at] ?? "";
    if (first === "{") return this.#map(depth);
    if (first === "[") return this.#list(depth);
    if (first === '"' || first === "'") return this.quoted(first);
    const end = this.#plainEnd();
    const text = this.#text.slice(this.#at, end).trimEnd();
    this.#at = end;
    return scalarOf(text, this.#line);
  }

  /** A plain text in a flow ends at a comma, a closing bracket, or a colon and a blank. */
  #plainEnd(): number {
    for (let i = this.#at; i < this.#text.length; i += 1) {
      const char = this.#text[i] ?? "";
      if (char === "," || char === "]" || char === "}") return i;
      if (char === ":" && (this.#text[i + 1] ?? " ") === " ") return i;
      if (char === "{" || char === "[" || (char === "#" && this.#text[i - 1] === " ")) this.#fail();
    }
    return this.#fail();
  }

  #map(depth: number): DocumentMap {
    const map = new DocumentMap(this.#line);
    this.#at += 1;
    while (!this.#ends("}")) {
      const key = this.value(depth + 1);
      if (key instanceof DocumentMap || key instanceof DocumentList) this.#fail();
      this.#space();
      const hasValue = this.#text[this.#at] === ":";
      if (hasValue) this.#at += 1;
      map.members.set(String(key), hasValue ? this.#valueOrNull(depth) : null);
      this.#comma("}");
    }
    return map;
  }

  #valueOrNull(depth: number): DocumentValue {
    this.#space();
    const next = this.#text[this.#at];
    return next === "," || next === "}" ? null : this.value(depth + 1);
  }

  #list(depth: number): DocumentList {
    const list = new DocumentList(this.#line);
    this.#at += 1;
    while (!this.#ends("]")) {
      list.items.push(this.value(depth + 1));
      this.#comma("]");
    }
    return list;
  }

  #ends(closing: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== closing) return false;
    this.#at += 1;
    return true;
  }

  #comma(closing: string): void {
    this.#space();
    const next = this.#text[this.#at];
    if (next === ",") this.#at += 1;
    else if (next !== closing) this.#fail();
  }

  quoted(quote: string): string {
    let value = "";
    let start = this.#at + 1;
    for (let i = start; i < this.#text.length; i += 1) {
      const char = this.#text[i];
      if (char === "\\" && quote === '"') {
        const { text, length } = this.#escape(i + 1);
        value += this.#text.slice(start, i) + text;
        i += length;
        start = i + 1;
      } else if (char === quote) {
        value += this.#text.slice(start, i);
        if (quote === '"' || this.#text[i + 1] !== "'") {
          this.#at = i + 1;
          return value;
        }
        value += "'";
        i += 1;
        start = i + 1;
      }
    }
    return this.#fail();
  }

  /** What stands after a backslash, and how many characters it takes there. */
  #escape(at: number): { readonly text: string; readonly length: number } {
    const letter = this.#text[at] ?? "";
    const digits = CODE_DIGITS.get(letter);
    if (digits === undefined) return { text: ESCAPES.get(letter) ?? this.#fail(), length: 1 };
    const hex = this.#text.slice(at + 1, at + 1 + digits);
    const code =
      /^[0-9a-fA-F]+$/.test(hex) && hex.length === digits ? Number.parseInt(hex, 16) : -1;
    if (code < 0 || code > 0x10ffff) this.#fail();
    return { text: String.fromCodePoint(code), length: 1 + digits };
  }
}
