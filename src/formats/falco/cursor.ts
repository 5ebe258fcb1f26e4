// A place in a condition that moves on: what the parser asks of the text, and the smallest things in it.
import { unescapeText } from "./escape.ts";

const BLANK = /[ \t\b\r\n]*/y;
const IDENTIFIER = /[a-zA-Z][a-zA-Z0-9_]*/y;
const FIELD_NAME = /[a-zA-Z][a-zA-Z0-9_]*(?:\.[a-zA-Z][a-zA-Z0-9_]*)+/y;
const ARGUMENT = /[^\][" \t\b\r\n\v\f']+/y;
const HEXADECIMAL = /0[xX][0-9a-zA-Z]+/y;
const NUMBER = /[+-]?[0-9]+\.?[0-9]*(?:[eE][+-][0-9]+)?/y;
const BARE = /[^()"' \t\r\n\v\f=,]+/y;

export class Cursor {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** Passes blanks; tells whether there were any. */
  skipBlanks(): boolean {
    const from = this.at;
    this.#take(BLANK);
    return this.at > from;
  }

  /** Passes the text if it stands here. */
  skip(text: string): boolean {
    if (!this.text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  /** Passes a word if it stands here with a blank behind it, and the blanks. */
  skipWord(word: string): boolean {
    const from = this.at;
    if (this.skip(word) && this.skipBlanks()) return true;
    this.at = from;
    return false;
  }

  identifier(): string | null {
    return this.#take(IDENTIFIER);
  }

  fieldName(): string | null {
    return this.#take(FIELD_NAME);
  }

  argument(): string | null {
    return this.#take(ARGUMENT);
  }

  number(): string | null {
    return this.#take(HEXADECIMAL) ?? this.#take(NUMBER);
  }

  bare(): string | null {
    return this.#take(BARE);
  }

  /** A quoted text; null when there is none or it does not end. A quote behind a backslash never ends one. */
  quoted(): string | null {
    const quote = this.text[this.at];
    if (quote !== '"' && quote !== "'") return null;
    for (let end = this.text.indexOf(quote, this.at + 1); end !== -1; ) {
      if (this.text[end - 1] !== "\\") {
        const from = this.at + 1;
        this.at = end + 1;
        return unescapeText(this.text.slice(from, end), quote, from);
      }
      end = this.text.indexOf(quote, end + 1);
    }
    return null;
  }

  /** The word or the character that stands here, for messages. */
  here(): string {
    if (this.isAtEnd) return "the end";
    const [word = ""] =
      /^(?:[^()"'\s,=]+|[\s\S])/.exec(this.text.slice(this.at, this.at + 40)) ?? [];
    return JSON.stringify(word);
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const [found] = pattern.exec(this.text) ?? [];
    if (found === undefined) return null;
    this.at += found.length;
    return found;
  }
}
