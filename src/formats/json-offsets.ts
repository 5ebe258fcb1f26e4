// Where values stand in JSON text that JSON.parse has read: pointers go in, offsets come out. One pass for all of them.
import { pointerKeys } from "../kit/json-pointer.ts";

/** What is looked for, by its next key. */
interface Wanted {
  /** Pointers that end here. */
  readonly pointers: string[];
  readonly next: Map<string, Wanted>;
}

/**
 * The offset of each pointer's value in the text: of its key, or of itself in a list; of the last one that is there when
 * the pointer leads nowhere.
 *
 * @param text JSON that has been parsed without an error.
 * @param from Where the value begins into which the pointers lead: the whole text, or a part of it.
 */
export function jsonOffsets(
  text: string,
  pointers: Iterable<string>,
  from = 0,
): Map<string, number> {
  const top: Wanted = { pointers: [], next: new Map() };
  for (const pointer of pointers) wish(top, pointer);
  const found = new Map<string, number>();
  new Finder(text, found, from).value(top, from);
  return found;
}

function wish(top: Wanted, pointer: string): void {
  let at = top;
  for (const key of pointerKeys(pointer)) {
    const next = at.next.get(key) ?? { pointers: [], next: new Map() };
    at.next.set(key, next);
    at = next;
  }
  at.pointers.push(pointer);
}

class Finder {
  readonly #text: string;
  readonly #found: Map<string, number>;
  #at: number;

  constructor(text: string, found: Map<string, number>, from: number) {
    this.#text = text;
    this.#found = found;
    this.#at = from;
    this.#blanks();
  }

  /** Reads a value, whose own offset or that of its key is given. */
  value(wanted: Wanted, offset: number): void {
    this.#settle(wanted, offset);
    const first = this.#text[this.#at];
    if (wanted.next.size === 0 || (first !== "{" && first !== "[")) {
      this.#skip();
      return;
    }
    this.#at += 1;
    this.#blanks();
    for (let index = 0; !this.#isEnd(); index += 1) {
      const start = this.#at;
      const key = first === "{" ? this.#key() : String(index);
      const next = wanted.next.get(key);
      if (next === undefined) this.#skip();
      else this.value(next, start);
      this.#blanks();
      if (this.#text[this.#at] === ",") this.#at += 1;
      this.#blanks();
    }
    this.#at += 1;
  }

  /** All that is wanted below stands here at least. */
  #settle(wanted: Wanted, offset: number): void {
    for (const pointer of wanted.pointers) this.#found.set(pointer, offset);
    for (const next of wanted.next.values()) this.#settle(next, offset);
  }

  #isEnd(): boolean {
    const char = this.#text[this.#at];
    return char === undefined || char === "}" || char === "]";
  }

  #key(): string {
    const start = this.#at;
    this.#string();
    const key: unknown = JSON.parse(this.#text.slice(start, this.#at));
    this.#blanks();
    this.#at += 1;
    this.#blanks();
    return String(key);
  }

  #string(): void {
    for (this.#at += 1; this.#at < this.#text.length; this.#at += 1) {
      const char = this.#text[this.#at];
      if (char === "\\") this.#at += 1;
      else if (char === '"') break;
    }
    this.#at += 1;
  }

  /** Passes over a whole value. */
  #skip(): void {
    const first = this.#text[this.#at];
    if (first === "{" || first === "[") this.#nested();
    else if (first === '"') this.#string();
    else this.#word();
  }

  /** Up to where as many brackets have closed as have opened. */
  #nested(): void {
    let depth = 0;
    do {
      const char = this.#text[this.#at];
      if (char === '"') this.#string();
      else {
        if (char === "{" || char === "[") depth += 1;
        else if (char === "}" || char === "]") depth -= 1;
        this.#at += 1;
      }
    } while (depth > 0 && this.#at < this.#text.length);
  }

  /** A number, `true`, `false` or `null`. */
  #word(): void {
    while (this.#at < this.#text.length && !/[\s,\]}]/.test(this.#text[this.#at] ?? ""))
      this.#at += 1;
  }

  #blanks(): void {
    while (this.#at < this.#text.length && this.#text.charCodeAt(this.#at) <= 0x20) this.#at += 1;
  }
}
