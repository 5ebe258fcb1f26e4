// Texts and bytes in quotes. Source: cel-spec doc/langdef.md, "String and Bytes Values".
import { bytesOfText } from "../values/bytes.ts";
import { fault } from "./fault.ts";

interface QuoteForm {
  /** What it ends with. */
  readonly quote: string;
  readonly isRaw: boolean;
  readonly isBytes: boolean;
}

interface Quoted {
  readonly text: string;
  /** Null for a text. */
  readonly bytes: Uint8Array | null;
  readonly end: number;
}

const SIMPLE: ReadonlyMap<string, number> = new Map([
  ["a", 7],
  ["b", 8],
  ["f", 12],
  ["n", 10],
  ["r", 13],
  ["t", 9],
  ["v", 11],
  ["\\", 0x5c],
  ["?", 0x3f],
  ['"', 0x22],
  ["'", 0x27],
  ["`", 0x60],
]);
const NUMERIC = /(?:[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2}))/y;

/** Reads from behind the opening quotes. A line end inside is a fault unless there are three quotes. */
export function readQuoted(source: string, start: number, form: QuoteForm): Quoted {
  const sink = form.isBytes ? new ByteSink() : new TextSink();
  const { quote } = form;
  let at = start;
  while (!source.startsWith(quote, at)) {
    const isEscape = source.charCodeAt(at) === BACKSLASH && !form.isRaw;
    at = isEscape ? readEscape(source, at, sink) : readPoint(source, at, quote, sink);
    if (at < 0)
      return fault(
        start - quote.length,
        `a text has no end${quote.length === 1 ? " on its line" : ""}`,
      );
  }
  return { text: sink.text, bytes: sink.bytes, end: at + quote.length };
}

const BACKSLASH = 0x5c;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** Takes one character; both forms of a line end are one. @returns The place behind it; -1 where there must be none. */
function readPoint(source: string, at: number, quote: string, sink: Sink): number {
  const code = source.codePointAt(at);
  if (code === undefined) return -1;
  const isLineEnd = code === LINE_FEED || code === CARRIAGE_RETURN;
  if (isLineEnd && quote.length === 1) return -1;
  const isPair = code === CARRIAGE_RETURN && source.charCodeAt(at + 1) === LINE_FEED;
  sink.addPoint(isLineEnd ? LINE_FEED : code);
  return at + (isPair || code > 0xffff ? 2 : 1);
}

function readEscape(source: string, at: number, sink: Sink): number {
  const simple = SIMPLE.get(source[at + 1] ?? "");
  if (simple !== undefined) {
    sink.addPoint(simple);
    return at + 2;
  }
  NUMERIC.lastIndex = at + 1;
  const match = NUMERIC.exec(source);
  if (match === null) return fault(at, `${JSON.stringify(source.slice(at, at + 2))} is no escape`);
  const [text, hex, short, long, octal] = match;
  const value =
    octal === undefined
      ? Number.parseInt(hex ?? short ?? long ?? "", 16)
      : Number.parseInt(octal, 8);
  const isUnicode = short !== undefined || long !== undefined;
  if (isUnicode && (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)))
    return fault(at, "an escape names no code point");
  if (isUnicode && sink.bytes !== null)
    return fault(at, "an escape of a code point stands in bytes");
  sink.addByte(value);
  return at + 1 + text.length;
}

interface Sink {
  readonly text: string;
  /** Null for a text. */
  readonly bytes: Uint8Array | null;
  addPoint(point: number): void;
  /** A byte; in a text, the code point of that number. */
  addByte(byte: number): void;
}

class TextSink implements Sink {
  text = "";
  readonly bytes = null;
  addPoint(point: number): void {
    this.text += String.fromCodePoint(point);
  }
  addByte(byte: number): void {
    this.addPoint(byte);
  }
}

class ByteSink implements Sink {
  readonly text = "";
  readonly #bytes: number[] = [];
  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
  addPoint(point: number): void {
    this.#bytes.push(...bytesOfText(String.fromCodePoint(point)));
  }
  addByte(byte: number): void {
    this.#bytes.push(byte);
  }
}
