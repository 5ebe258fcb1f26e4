// Objects out of a stream of JSON that may be longer than memory: one a line, several a line, printed over many lines, or the
// elements of a list. Lines are the common case and the fast one.
import { Buffer } from "node:buffer";
import { JsonElements } from "./json-elements.ts";

/** One value, with what it was read from. */
export interface JsonRecord {
  readonly value: unknown;
  readonly bytes: Uint8Array;
  /** On which it begins; from 1. */
  readonly line: number;
}

export interface JsonRecordSink {
  record(record: JsonRecord): void;
  /** JSON that cannot be read; what comes after it is. */
  damage(line: number, detail: string): void;
  /** A line of something else. */
  stranger(line: number): void;
}

const NEWLINE = 0x0a;
const BRACE = 0x7b;
const BRACKET = 0x5b;
/** How far the beginning of a long line is looked at. */
const HEAD_BYTES = 4096;
/** A text that others put before each line: a time, and perhaps the stream it came from. */
const STAMP = /^\d{4}-\d\d-\d\dT[0-9:.+Z-]{8,30}(?: std(?:out|err) [FP])?[ \t]+(?=\{)/;
const STAMP_BYTES = 80;
/** Of a list that is printed with an element on each line, or of nothing. */
const PUNCTUATION = /^[\s,[\]}]*$/;

/**
 * Cuts a stream into JSON values. Push pieces of any length, then `finish`.
 *
 * Memory is bounded by `bytesMax`, the most that one value may have; a longer one is damage. A value that was cut off ends where a
 * line begins that is whole.
 */
export class JsonRecords {
  readonly #sink: JsonRecordSink;
  readonly #bytesMax: number;
  readonly #listKeys: ReadonlySet<string>;
  #line = 1;
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  /** What the rest of a line is, which is too long to be kept. */
  #rest: "elements" | "skipped" | null = null;
  /** Set while a value goes on over lines. */
  #elements: JsonElements | null = null;

  /** @param listKeys Members of a top object whose lists hold the values: `items`. */
  constructor(sink: JsonRecordSink, bytesMax: number, listKeys: readonly string[]) {
    this.#sink = sink;
    this.#bytesMax = bytesMax;
    this.#listKeys = new Set(listKeys);
  }

  push(piece: Uint8Array): void {
    for (let start = 0; start < piece.length; ) {
      const newline = piece.indexOf(NEWLINE, start);
      if (newline === -1) {
        this.#hold(piece.subarray(start));
        return;
      }
      this.#endLine(piece.subarray(start, newline));
      this.#line += 1;
      start = newline + 1;
    }
  }

  finish(): void {
    if (this.#heldBytes > 0 || this.#rest !== null) this.#endLine(new Uint8Array(0));
    if (this.#elements?.isOpen === true) this.#cut();
    this.#elements = null;
  }

  #hold(part: Uint8Array): void {
    if (this.#rest === "skipped") return;
    if (this.#rest === "elements") {
      this.#feed(part);
      return;
    }
    this.#held.push(part);
    this.#heldBytes += part.length;
    if (this.#heldBytes > this.#bytesMax) this.#tooLong();
  }

  /** A long line may be a list of short values; all others are not read. */
  #tooLong(): void {
    const all = this.#taken();
    if (this.#elements !== null || this.#isList(all)) {
      this.#rest = "elements";
      this.#feed(all);
      return;
    }
    this.#rest = "skipped";
    this.#sink.damage(this.#line, `it is longer than ${this.#bytesMax} bytes`);
  }

  #isList(line: Uint8Array): boolean {
    const head = Buffer.from(line.subarray(0, HEAD_BYTES)).toString("latin1").trimStart();
    if (head.startsWith("[")) return true;
    const list = /^\{[^[]*"([A-Za-z]+)"\s*:\s*\[/.exec(head)?.[1];
    return list !== undefined && this.#listKeys.has(list);
  }

  #taken(): Uint8Array {
    const [first] = this.#held;
    const all = this.#held.length === 1 && first ? first : Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    return all;
  }

  #endLine(end: Uint8Array): void {
    const rest = this.#rest;
    this.#rest = null;
    if (rest === "skipped") return;
    if (rest === "elements") {
      this.#feed(end);
      this.#endOfElements();
      return;
    }
    let line = end;
    if (this.#heldBytes > 0) {
      this.#held.push(end);
      line = this.#taken();
    }
    if (line.length > this.#bytesMax && this.#elements === null && !this.#isList(line))
      this.#sink.damage(this.#line, `it is longer than ${this.#bytesMax} bytes`);
    else this.#wholeLine(line);
  }

  #wholeLine(bytes: Uint8Array): void {
    const first = firstVisible(bytes);
    if (first === -1) return;
    const byte = bytes[first];
    const begins = byte === BRACE || byte === BRACKET;
    if (this.#elements !== null) {
      // A line that is an object by itself is no part of what was open: that was cut off.
      const value = first === 0 && byte === BRACE ? parsed(bytes) : null;
      if (value === null) {
        this.#feed(bytes);
        this.#endOfElements();
        return;
      }
      this.#cut();
      this.#elements = null;
    }
    if (begins) this.#json(first === 0 ? bytes : bytes.subarray(first));
    else this.#other(bytes);
  }

  #json(bytes: Uint8Array): void {
    const value = parsed(bytes);
    if (value !== null) {
      this.#sink.record({ value: value.json, bytes, line: this.#line });
      return;
    }
    if (bytes.length < HEAD_BYTES && PUNCTUATION.test(latin1(bytes))) return;
    this.#feed(bytes);
    this.#endOfElements();
  }

  #other(bytes: Uint8Array): void {
    const head = latin1(bytes.subarray(0, STAMP_BYTES));
    const stamp = STAMP.exec(head)?.[0];
    if (stamp !== undefined) this.#json(bytes.subarray(stamp.length));
    else if (bytes.length >= HEAD_BYTES || !PUNCTUATION.test(latin1(bytes)))
      this.#sink.stranger(this.#line);
  }

  #feed(bytes: Uint8Array): void {
    this.#elements ??= new JsonElements(this.#bytesMax, this.#listKeys, {
      element: (element, line) => this.#element(element, line),
      tooLong: (line) => this.#sink.damage(line, `it is longer than ${this.#bytesMax} bytes`),
    });
    this.#elements.push(bytes, this.#line);
  }

  #element(bytes: Uint8Array, line: number): void {
    const value = parsed(bytes);
    if (value === null) this.#sink.damage(line, "it is not JSON");
    else this.#sink.record({ value: value.json, bytes, line });
  }

  /** At the end of a line: no text goes on over one. */
  #endOfElements(): void {
    if (this.#elements === null) return;
    if (!this.#elements.isOpen) this.#elements = null;
    else if (this.#elements.isInText) {
      this.#cut();
      this.#elements = null;
    } else this.#elements.endLine();
  }

  #cut(): void {
    this.#sink.damage(this.#elements?.line ?? this.#line, "it is cut off");
  }
}

function firstVisible(bytes: Uint8Array): number {
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    // A byte order mark is passed over as well.
    if (byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf) return at;
  }
  return -1;
}

function latin1(bytes: Uint8Array): string {
  return view(bytes).toString("latin1");
}

function parsed(bytes: Uint8Array): { readonly json: unknown } | null {
  const text = view(bytes).toString("utf8");
  try {
    return { json: JSON.parse(text) };
  } catch {
    // An element of a list, with the comma behind it.
    if (!/,\s*$/.test(text.slice(-8))) return null;
  }
  try {
    return { json: JSON.parse(text.slice(0, text.lastIndexOf(","))) };
  } catch {
    return null;
  }
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
