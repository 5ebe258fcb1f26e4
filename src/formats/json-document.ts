// JSON with lines: JSON.parse forgets where a value stood, loses members named `__proto__` to careless readers, and does not
// read the comments and trailing commas of JSONC. Source: RFC 8259; for JSONC, what Bun writes and editors accept.
import {
  DEPTH_MAX,
  DocumentDamage,
  DocumentList,
  DocumentMap,
  type DocumentValue,
  type ReadDocument,
  reading,
} from "./document.ts";

/** Reads JSON strictly. A byte order mark is to be taken off before. */
export function readJsonDocument(text: string): ReadDocument {
  return reading(() => new JsonReader(text, false).document());
}

/** Reads JSON with comments and trailing commas. */
export function readJsoncDocument(text: string): ReadDocument {
  return reading(() => new JsonReader(text, true).document());
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);
const WORDS: readonly (readonly [string, boolean | null])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
];

class JsonReader {
  readonly #text: string;
  readonly #isLoose: boolean;
  #at = 0;
  #line = 1;
  #depth = 0;

  constructor(text: string, isLoose: boolean) {
    this.#text = text;
    this.#isLoose = isLoose;
  }

  document(): DocumentValue {
    const value = this.#value(1);
    this.#space();
    if (this.#at < this.#text.length) this.#fail("expected the end of the document");
    return value;
  }

  #fail(what: string): never {
    const isCut = this.#at >= this.#text.length;
    throw new DocumentDamage(this.#line, isCut ? "the document is cut" : what);
  }

  /** Passes blanks, line ends and, if they are allowed, comments; gives the code of what follows, NaN at the end. */
  #space(): number {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === 0x0a) this.#line += 1;
      else if (code === 0x2f && this.#isLoose) {
        this.#comment();
        continue;
      } else if (code !== 0x20 && code !== 0x0d && code !== 0x09) return code;
      this.#at += 1;
    }
  }

  #comment(): void {
    const isBlock = this.#text[this.#at + 1] === "*";
    if (!isBlock && this.#text[this.#at + 1] !== "/") this.#fail('expected a comment after "/"');
    const end = this.#text.indexOf(isBlock ? "*/" : "\n", this.#at + 2);
    const stop = end === -1 ? this.#text.length : end;
    if (isBlock) {
      for (let i = this.#at; i < stop; i += 1)
        if (this.#text.charCodeAt(i) === 0x0a) this.#line += 1;
    }
    this.#at = isBlock && end !== -1 ? stop + 2 : stop;
    if (isBlock && end === -1) this.#fail("a comment has no end");
  }

  /** @param line Line that a map or list shall name, that of its key; 0 for its own beginning. */
  #value(line: number): DocumentValue {
    const code = this.#space();
    if (code === QUOTE) return this.#string();
    if (code === 0x7b) return this.#nested(() => this.#map(line));
    if (code === 0x5b) return this.#nested(() => this.#list(line));
    NUMBER.lastIndex = this.#at;
    const number = NUMBER.exec(this.#text)?.[0];
    if (number !== undefined) {
      this.#at += number.length;
      return Number(number);
    }
    for (const [word, value] of WORDS) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return value;
    }
    return this.#fail("expected a value");
  }

  #nested<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) this.#fail(`nested more than ${DEPTH_MAX} deep`);
    this.#at += 1;
    const value = read();
    this.#depth -= 1;
    return value;
  }

  #map(line: number): DocumentMap {
    const map = new DocumentMap(line === 0 ? this.#line : line);
    if (this.#ends(0x7d)) return map;
    for (;;) {
      if (this.#space() !== QUOTE) this.#fail("expected a name in quotes");
      const keyLine = this.#line;
      const key = this.#string();
      if (this.#space() !== 0x3a) this.#fail('expected ":"');
      this.#at += 1;
      map.members.set(key, this.#value(keyLine));
      if (this.#goesOn(0x7d)) return map;
    }
  }

  #list(line: number): DocumentList {
    const list = new DocumentList(line === 0 ? this.#line : line);
    if (this.#ends(0x5d)) return list;
    for (;;) {
      list.items.push(this.#value(0));
      if (this.#goesOn(0x5d)) return list;
    }
  }

  #ends(closing: number): boolean {
    if (this.#space() !== closing) return false;
    this.#at += 1;
    return true;
  }

  /** Passes a comma, or the end; true at the end. */
  #goesOn(closing: number): boolean {
    if (this.#ends(closing)) return true;
    if (this.#space() !== COMMA) this.#fail(`expected "," or "${String.fromCharCode(closing)}"`);
    this.#at += 1;
    return this.#isLoose && this.#ends(closing);
  }

  #string(): string {
    const start = this.#at + 1;
    let escaped = false;
    for (let i = start; ; i += 1) {
      const code = this.#text.charCodeAt(i);
      if (code === QUOTE) {
        this.#at = i + 1;
        const raw = this.#text.slice(start, i);
        return escaped ? this.#unescaped(raw) : raw;
      }
      if (code === BACKSLASH) {
        escaped = true;
        i += 1;
      } else if (!(code >= 0x20)) {
        this.#at = i;
        this.#fail("a text has no end on its line");
      }
    }
  }

  #unescaped(raw: string): string {
    return raw.replaceAll(/\\(?:u([0-9a-fA-F]{4})|([\s\S]?))/g, (_, hex: string, char: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      return ESCAPES.get(char) ?? this.#fail(`"\\${char}" is no escape`);
    });
  }
}
