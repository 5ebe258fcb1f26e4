// Where values of JSON begin and end, without reading them: the elements of a list, or whole documents one behind the other.
import { Buffer } from "node:buffer";

export interface JsonElementSink {
  element(bytes: Uint8Array, line: number): void;
  tooLong(line: number): void;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const OPEN_OBJECT = 0x7b;
const CLOSE_LIST = 0x5d;
const CLOSE_OBJECT = 0x7d;
const IS_BRACKET = new Uint8Array(256);
for (const byte of [OPEN_LIST, OPEN_OBJECT, CLOSE_LIST, CLOSE_OBJECT]) IS_BRACKET[byte] = 1;
const NEWLINE = Uint8Array.of(0x0a);
const NONE = Number.POSITIVE_INFINITY;
/** Longer keys are not those that are looked for. */
const KEY_BYTES = 64;

/**
 * Follows brackets and texts. What is no JSON comes out as an element that cannot be read, or stays open.
 *
 * The elements are those of a list at the top, or of a list that is a member of the top object and has one of the names; every other
 * document at the top is one element by itself.
 */
export class JsonElements {
  readonly #bytesMax: number;
  readonly #listKeys: ReadonlySet<string>;
  readonly #sink: JsonElementSink;
  #depth = 0;
  #isInText = false;
  #isEscaped = false;
  /** The last text one below the top, as far as it is short: a key, if a list follows. */
  #key: number[] = [];
  /** How deep the brackets of an element are; 1 while the top itself is one, `NONE` behind a list. */
  #elementDepth = 1;
  #parts: Uint8Array[] = [];
  #partBytes = 0;
  #isTooLong = false;
  #line = 1;

  constructor(bytesMax: number, listKeys: ReadonlySet<string>, sink: JsonElementSink) {
    this.#bytesMax = bytesMax;
    this.#listKeys = listKeys;
    this.#sink = sink;
  }

  /** Whether more is to come of what was begun. */
  get isOpen(): boolean {
    return this.#depth > 0;
  }

  get isInText(): boolean {
    return this.#isInText;
  }

  /** On which the last element begins. */
  get line(): number {
    return this.#line;
  }

  endLine(): void {
    this.#keep(NEWLINE);
  }

  push(bytes: Uint8Array, line: number): void {
    let from = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at] as number;
      if (this.#isInText) this.#inText(byte);
      else if (byte === QUOTE) this.#beginText();
      else if (IS_BRACKET[byte] === 1) from = this.#bracket({ bytes, at, line }, from);
    }
    this.#keep(bytes.subarray(from));
  }

  /** @returns where what is to be kept begins. */
  #bracket(
    { bytes, at, line }: { readonly bytes: Uint8Array; readonly at: number; readonly line: number },
    from: number,
  ): number {
    const byte = bytes[at] as number;
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) return this.#opens(byte, line) ? at : from;
    return this.#closes(bytes.subarray(from, at + 1)) ? at + 1 : from;
  }

  #beginText(): void {
    this.#isInText = true;
    if (this.#depth === 1) this.#key = [];
  }

  #inText(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === BACKSLASH) this.#isEscaped = true;
    else if (byte === QUOTE) this.#isInText = false;
    else if (this.#depth === 1 && this.#key.length < KEY_BYTES) this.#key.push(byte);
  }

  /** @returns whether an element begins here. */
  #opens(byte: number, line: number): boolean {
    const isList =
      byte === OPEN_LIST &&
      (this.#depth === 0 ||
        (this.#depth === 1 &&
          (this.#elementDepth === 1 || this.#elementDepth === NONE) &&
          this.#listKeys.has(String.fromCharCode(...this.#key))));
    if (isList) {
      this.#drop();
      this.#elementDepth = this.#depth + 2;
    }
    this.#depth += 1;
    if (this.#depth !== this.#elementDepth) return false;
    this.#drop();
    this.#line = line;
    return true;
  }

  /** @param rest What there is of an element up to here. @returns whether it ends here. */
  #closes(rest: Uint8Array): boolean {
    const isEnd = this.#depth === this.#elementDepth;
    if (isEnd) {
      this.#keep(rest);
      this.#emit();
    }
    this.#depth = Math.max(0, this.#depth - 1);
    if (this.#depth === 0) this.#elementDepth = 1;
    // What comes behind the list in its object is no element.
    else if (this.#depth < this.#elementDepth - 1) this.#elementDepth = NONE;
    return isEnd;
  }

  #keep(part: Uint8Array): void {
    if (this.#depth < this.#elementDepth || this.#isTooLong) return;
    this.#partBytes += part.length;
    if (this.#partBytes > this.#bytesMax) {
      this.#drop();
      this.#isTooLong = true;
      // A document may be long when it turns out to be a list.
      if (this.#elementDepth > 1) this.#sink.tooLong(this.#line);
      return;
    }
    this.#parts.push(part);
  }

  #emit(): void {
    if (this.#isTooLong) {
      if (this.#elementDepth === 1) this.#sink.tooLong(this.#line);
    } else this.#sink.element(Buffer.concat(this.#parts), this.#line);
    this.#drop();
  }

  #drop(): void {
    this.#parts = [];
    this.#partBytes = 0;
    this.#isTooLong = false;
  }
}
