// TOML as programs write it, read by hand, because lock files are large: tables, arrays of tables, texts on one line, whole
// numbers, booleans, arrays and inline tables. Whatever else there is, and whatever is wrong, is left to the full reader, so this
// one need only be right where it accepts. Source: https://toml.io/en/v1.0.0.
import { DocumentList, DocumentMap, type DocumentValue } from "./document.ts";

/** The document uses something that only the full reader knows, or is damaged. */
export class NotPlainToml extends Error {}

const DEPTH_MAX = 50;
const BARE_KEY = /[A-Za-z0-9_-]+/y;
const WORD = /[A-Za-z0-9_:.+-]+/y;
const DATE = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?)?$/;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

/** Reads a document. @throws {NotPlainToml} */
export function readPlainToml(text: string): DocumentMap {
  return new PlainReader(text).document();
}

class PlainReader {
  readonly #text: string;
  readonly #root = new DocumentMap(1);
  /** Tables and arrays of tables that headers may still add to. */
  readonly #open = new Set<DocumentValue>([this.#root]);
  /** Tables that exist because a header named something inside them. */
  readonly #implied = new Set<DocumentMap>();
  #table: DocumentMap = this.#root;
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  document(): DocumentMap {
    for (let code = this.#space(); !Number.isNaN(code); code = this.#space()) {
      if (code === 0x5b) this.#header();
      else this.#member(this.#table, 0);
      this.#lineEnd();
    }
    return this.#root;
  }

  /** Passes blanks, line ends and comments; gives the code of what follows, NaN at the end. */
  #space(): number {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === 0x0a) this.#line += 1;
      else if (code === 0x23) {
        this.#comment();
        continue;
      } else if (code !== 0x20 && code !== 0x09 && !this.#isLineEnd(code)) return code;
      this.#at += 1;
    }
  }

  #comment(): void {
    for (let code = 0x23; isOfText(code); code = this.#text.charCodeAt(this.#at)) this.#at += 1;
    this.#lineEnd();
  }

  #isLineEnd(code: number): boolean {
    return code === 0x0d && this.#text.charCodeAt(this.#at + 1) === 0x0a;
  }

  #blanks(): number {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x09) return code;
      this.#at += 1;
    }
  }

  #lineEnd(): void {
    const code = this.#blanks();
    const isEnd = Number.isNaN(code) || code === 0x0a || code === 0x23 || this.#isLineEnd(code);
    if (!isEnd) throw new NotPlainToml();
  }

  #expect(text: string): void {
    if (!this.#text.startsWith(text, this.#at)) throw new NotPlainToml();
    this.#at += text.length;
  }

  #header(): void {
    const isArray = this.#text.charCodeAt(this.#at + 1) === 0x5b;
    this.#at += isArray ? 2 : 1;
    let within = this.#root;
    this.#blanks();
    for (let name = this.#key(); ; name = this.#key()) {
      if (this.#blanks() !== 0x2e) {
        this.#table = isArray ? this.#entry(within, name) : this.#named(within, name);
        break;
      }
      this.#at += 1;
      this.#blanks();
      within = this.#step(within, name);
    }
    this.#expect(isArray ? "]]" : "]");
  }

  /** Into the table of a name, or the last table of an array of that name. */
  #step(within: DocumentMap, name: string): DocumentMap {
    const found = within.members.get(name);
    if (found === undefined) {
      const table = new DocumentMap(0);
      within.members.set(name, table);
      this.#open.add(table);
      this.#implied.add(table);
      return table;
    }
    const table = found instanceof DocumentList ? found.items.at(-1) : found;
    if (!this.#open.has(found) || !(table instanceof DocumentMap)) throw new NotPlainToml();
    return table;
  }

  #named(within: DocumentMap, name: string): DocumentMap {
    const found = within.members.get(name);
    if (found !== undefined && !(found instanceof DocumentMap && this.#implied.delete(found))) {
      throw new NotPlainToml();
    }
    const table = this.#step(within, name);
    this.#implied.delete(table);
    return table;
  }

  #entry(within: DocumentMap, name: string): DocumentMap {
    const found = within.members.get(name) ?? new DocumentList(0);
    if (!(found instanceof DocumentList)) throw new NotPlainToml();
    if (!within.members.has(name)) {
      within.members.set(name, found);
      this.#open.add(found);
    } else if (!this.#open.has(found)) throw new NotPlainToml();
    const table = new DocumentMap(within === this.#root ? this.#line : 0);
    found.items.push(table);
    this.#open.add(table);
    return table;
  }

  #key(): string {
    const code = this.#text.charCodeAt(this.#at);
    return code === 0x22 || code === 0x27 ? this.#string(code) : this.#match(BARE_KEY);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) throw new NotPlainToml();
    this.#at += found.length;
    return found;
  }

  #member(table: DocumentMap, depth: number): void {
    const name = this.#key();
    this.#blanks();
    this.#expect("=");
    this.#blanks();
    if (table.members.has(name)) throw new NotPlainToml();
    table.members.set(name, this.#value(depth));
  }

  #value(depth: number): DocumentValue {
    const code = this.#text.charCodeAt(this.#at);
    if (code === 0x22 || code === 0x27) return this.#string(code);
    if (depth > DEPTH_MAX) throw new NotPlainToml();
    if (code === 0x5b) return this.#list(depth);
    if (code === 0x7b) return this.#inlineTable(depth);
    const word = this.#match(WORD);
    if (word === "true" || word === "false") return word === "true";
    if (/^(?:0|[1-9]\d{0,14})$/.test(word)) return Number(word);
    if (DATE.test(word)) return word;
    throw new NotPlainToml();
  }

  #list(depth: number): DocumentList {
    const list = new DocumentList(0);
    this.#at += 1;
    for (let code = this.#space(); code !== 0x5d; code = this.#space()) {
      list.items.push(this.#value(depth + 1));
      if (this.#space() === 0x2c) this.#at += 1;
      else if (this.#text.charCodeAt(this.#at) !== 0x5d) throw new NotPlainToml();
    }
    this.#at += 1;
    return list;
  }

  /** On one line, and without a comma after the last. */
  #inlineTable(depth: number): DocumentMap {
    const table = new DocumentMap(0);
    this.#at += 1;
    if (this.#blanks() !== 0x7d) {
      for (;;) {
        this.#member(table, depth + 1);
        if (this.#blanks() !== 0x2c) break;
        this.#at += 1;
        this.#blanks();
      }
    }
    this.#expect("}");
    return table;
  }

  #string(quote: number): string {
    const start = this.#at + 1;
    let isEscaped = false;
    for (let i = start; ; i += 1) {
      const code = this.#text.charCodeAt(i);
      if (code === quote) {
        this.#at = i + 1;
        // Three quotes begin a text over several lines.
        if (i === start && this.#text.charCodeAt(this.#at) === quote) throw new NotPlainToml();
        const raw = this.#text.slice(start, i);
        return isEscaped ? unescaped(raw) : raw;
      }
      if (!isOfText(code)) throw new NotPlainToml();
      if (code === 0x5c && quote === 0x22) {
        isEscaped = true;
        i += 1;
      }
    }
  }
}

/** Neither a control character but a tab, nor the end. */
function isOfText(code: number): boolean {
  return (code >= 0x20 && code !== 0x7f) || code === 0x09;
}

function unescaped(raw: string): string {
  return raw.replaceAll(/\\([\s\S])/g, (_, char: string) => {
    const known = ESCAPES.get(char);
    if (known === undefined) throw new NotPlainToml();
    return known;
  });
}
