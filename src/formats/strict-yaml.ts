// The YAML that nearly every file is written in, read by hand into the nodes of the full reader, which takes many times as long:
// block maps and lists, flow maps and lists on one line, plain and quoted texts on one line, literal blocks, comments. It guesses nothing: at
// the first thing that could mean anything else, it leaves the whole document to the full reader, so that there is one meaning
// of a file and one wording of its faults. Source: https://yaml.org/spec/1.2.2/, the core schema of 10.3.
import { type LineCounter, Pair, type ParsedNode, Scalar, YAMLMap, YAMLSeq } from "yaml";

/** Deeper, and the full reader may complain. */
const DEPTH_MAX = 50;

/**
 * Reads a document.
 *
 * @param lines Told where each line begins, when the document could be read.
 * @returns Its top, with the places of the full reader: that of each scalar, and where each map and list begins. Null when it is for
 *   the full reader to read.
 */
export function readStrictYaml(text: string, lines: LineCounter): ParsedNode | null {
  const usual = usualText(text);
  const top = usual === null ? null : new StrictReader(usual, text).document();
  if (top === null) return null;
  countLines(text, lines);
  return top as ParsedNode;
}

/** The same of a file of any number of documents between markers (`---`); those that are empty are left out. */
export function readStrictDocuments(text: string): ParsedNode[] | null {
  const usual = usualText(text);
  return usual === null ? null : (new StrictReader(usual, text).documents() as ParsedNode[] | null);
}

/**
 * Lines that end as on Windows end in a blank instead, which means nothing there and keeps all places; but in a literal block it would
 * be of the text.
 */
function usualText(text: string): string | null {
  const usual = text.includes("\r") ? text.replaceAll("\r\n", " \n") : text;
  if (usual !== text && text.includes("|")) return null;
  return USUAL.test(usual) ? usual : null;
}

/** No control characters, tabs and carriage returns; what is not ASCII only costs a look. */
const USUAL = /^[\n\x20-\x7e\u00a1-\u2027\u2030-\ud7ff]*$/;

function countLines(text: string, lines: LineCounter): void {
  lines.addNewLine(0);
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1))
    lines.addNewLine(at + 1);
}

type Value = Scalar | YAMLMap | YAMLSeq;

/** In longer lines, what a value ends with would be looked for too long. */
const LINE_LENGTH_MAX = 2_000;

/** `name: `, as names are nearly always written. */
const KEY = /[A-Za-z_][\w./-]*(?=:[ \n]|:$)/y;
/** Between documents, with or without a comment. */
const MARKER = /---(?: *| +#.*)(?:\n|$)/y;
/** A plain text begins with what begins nothing else. */
const PLAIN_START = /[\w./($]|-(?=[\w./-])/y;
const DIGITS = /^-?[0-9]{1,15}$/;
const DECIMAL = /^-?[0-9]{1,15}\.[0-9]{1,15}$/;
/** How a literal block begins; what says how deep it is indented, or that line breaks at its end are kept, is left. */
const BLOCK_HEADER = /\|(-?) *(?= #|\n)(?: #.*)?\n/y;
/** Addresses and versions are texts. */
const DOTTED = /^[0-9]+(?:\.[0-9]+){2,}$/;
/** Whatever else might be a number to anyone. */
const NUMBER_LIKE = /^[-+.]?[0-9.][0-9_.,:]*(?:[eExXoO][-+0-9a-fA-F]*)?$|^[-+]?\.(?:inf|nan)$/i;
const WORDS: ReadonlyMap<string, boolean | null> = new Map([
  ...["true", "True", "TRUE"].map((word) => [word, true] as const),
  ...["false", "False", "FALSE"].map((word) => [word, false] as const),
  ...["null", "Null", "NULL"].map((word) => [word, null] as const),
]);

class StrictReader {
  readonly #text: string;
  readonly #written: string;
  /** Where the next token begins: after the indentation of its line, or further on. */
  #at = 0;
  /** Its column; -1 at the end of the document. */
  #column = 0;
  #depth = 0;

  /** @param written As the file has it: of the same length. */
  constructor(text: string, written: string) {
    this.#text = text;
    this.#written = written;
  }

  document(): Value | null {
    this.#toLine(0);
    if (this.#column !== 0) return null;
    const top = this.#block();
    return this.#isEnd() && this.#at === this.#text.length ? top : null;
  }

  documents(): Value[] | null {
    const tops: Value[] = [];
    this.#toLine(0);
    while (this.#at < this.#text.length) {
      if (this.#isMarker()) this.#pastMarker();
      else {
        const top = this.#column === 0 ? this.#block() : null;
        if (top === null || !this.#isEnd()) return null;
        tops.push(top);
      }
    }
    return tops;
  }

  #isEnd(): boolean {
    return this.#column === -1;
  }

  #pastMarker(): void {
    const newline = this.#text.indexOf("\n", this.#at);
    this.#toLine(newline === -1 ? this.#text.length : newline + 1);
  }

  /** Goes to the first line, from `start`, that is neither empty nor a comment; a marker ends the document. */
  #toLine(start: number): void {
    const text = this.#text;
    for (let line = start; line < text.length; ) {
      let at = line;
      while (text.charCodeAt(at) === 0x20) at += 1;
      const code = text.charCodeAt(at);
      if (at < text.length && code !== 0x0a && code !== 0x23) {
        this.#at = at;
        this.#column = at - line;
        if (this.#isMarker()) this.#column = -1;
        return;
      }
      const newline = text.indexOf("\n", at);
      line = newline === -1 ? text.length : newline + 1;
    }
    this.#at = text.length;
    this.#column = -1;
  }

  /** With anything but a comment behind it, it is left. */
  #isMarker(): boolean {
    if (this.#column > 0 || this.#text.charCodeAt(this.#at) !== 0x2d) return false;
    MARKER.lastIndex = this.#at;
    return MARKER.test(this.#text);
  }

  /** A map or a list that begins here; null for anything else. */
  #block(): Value | null {
    if (this.#depth === DEPTH_MAX) return null;
    this.#depth += 1;
    const value = this.#isItem() ? this.#list() : this.#map();
    this.#depth -= 1;
    return value;
  }

  #isItem(): boolean {
    return this.#text.startsWith("- ", this.#at);
  }

  #list(): Value | null {
    const list = new YAMLSeq<Value>();
    const column = this.#column;
    list.range = [this.#at, this.#at, this.#at];
    while (this.#column === column && this.#isItem()) {
      let at = this.#at + 2;
      while (this.#text.charCodeAt(at) === 0x20) at += 1;
      this.#column += at - this.#at;
      this.#at = at;
      KEY.lastIndex = at;
      const value = this.#isItem() || KEY.test(this.#text) ? this.#block() : this.#onLine(column);
      if (value === null) return null;
      list.items.push(value);
    }
    return this.#column > column ? null : list;
  }

  #map(): Value | null {
    const map = new YAMLMap<Scalar, Value>();
    const column = this.#column;
    map.range = [this.#at, this.#at, this.#at];
    while (this.#column === column) {
      KEY.lastIndex = this.#at;
      const name = KEY.exec(this.#text)?.[0];
      if (name === undefined) return null;
      const key = this.#plain(this.#at, name);
      if (key === null) return null;
      this.#at += name.length + 1;
      const value = this.#member(column);
      if (value === null) return null;
      map.items.push(new Pair(key, value));
    }
    return this.#column > column ? null : map;
  }

  /** What stands after the colon of a key in this column. */
  #member(column: number): Value | null {
    const text = this.#text;
    let at = this.#at;
    while (text.charCodeAt(at) === 0x20) at += 1;
    const code = text.charCodeAt(at);
    if (at < text.length && code !== 0x0a && code !== 0x23) {
      this.#at = at;
      return this.#onLine(column);
    }
    const newline = text.indexOf("\n", at);
    this.#toLine(newline === -1 ? text.length : newline + 1);
    if (this.#column > column) return this.#block();
    // A list may stand as far to the left as the key it belongs to.
    if (this.#column === column && this.#isItem()) return this.#block();
    // The full reader has its own ways of telling where nothing stands.
    if (code === 0x23 || this.#at === text.length) return null;
    const nothing = scalarOf(null, "", Scalar.PLAIN);
    const place = this.#written[at - 1] === "\r" ? at - 1 : at;
    nothing.range = [place, place, place];
    return nothing;
  }

  /** A scalar or a flow value that ends with its line, and does not go on below. */
  #onLine(column: number): Value | null {
    if (this.#text.charCodeAt(this.#at) === 0x7c) return this.#literal(column);
    const newline = this.#text.indexOf("\n", this.#at);
    const end = newline === -1 ? this.#text.length : newline;
    if (end - this.#at > LINE_LENGTH_MAX) return null;
    const value = this.#value(end, false);
    if (value === null || !/^ *(?: #.*)?$/.test(this.#text.slice(this.#at, end))) return null;
    this.#toLine(end + 1);
    return this.#column > column ? null : value;
  }

  /** A literal block below a key or dash in this column. */
  #literal(column: number): Value | null {
    const text = this.#text;
    const start = this.#at;
    BLOCK_HEADER.lastIndex = start;
    const [header, chomp] = BLOCK_HEADER.exec(text) ?? [];
    if (header === undefined) return null;
    const first = start + header.length;
    const indent = firstOther(text, first) - first;
    if (indent <= column || first + indent >= text.length) return null;
    if (text.charCodeAt(first + indent) === 0x0a) return null;
    const { lines, stop, next } = this.#literalLines(first, indent);
    const value = lines.join("\n") + (chomp === "-" ? "" : "\n");
    const scalar = scalarOf(value, value, Scalar.BLOCK_LITERAL);
    scalar.range = [start, stop, stop];
    this.#toLine(next);
    return this.#column > column ? null : scalar;
  }

  /** The lines that are indented so far, up to the last that says something, where that ends, and what follows. */
  #literalLines(first: number, indent: number): { lines: string[]; stop: number; next: number } {
    const text = this.#text;
    const lines: string[] = [];
    let stop = first;
    let said = 0;
    let line = first;
    while (line < text.length) {
      const newline = text.indexOf("\n", line);
      const end = newline === -1 ? text.length : newline;
      const other = Math.min(firstOther(text, line), end);
      if (other < end && other - line < indent) break;
      lines.push(text.slice(Math.min(line + indent, end), end));
      line = end + 1;
      if (other === end) continue;
      stop = Math.min(line, text.length);
      said = lines.length;
    }
    return { lines: lines.slice(0, said), stop, next: line };
  }

  #value(end: number, inFlow: boolean): Value | null {
    const first = this.#text[this.#at] ?? "";
    if (first === '"' || first === "'") return this.#quoted(end, first);
    if (first === "[") return this.#flowList(end);
    if (first === "{") return this.#flowMap(end);
    PLAIN_START.lastIndex = this.#at;
    if (!PLAIN_START.test(this.#text)) return null;
    const line = this.#text.slice(this.#at, end);
    const ended = line.search(inFlow ? /[,[\]{}"'#?]|:(?![^ ,[\]{}])/ : / #|: |:$/);
    const length = ended === -1 ? line.length : ended;
    const written = line.slice(0, length).trimEnd();
    const stop = line.slice(length, length + 2);
    if (!inFlow && stop.startsWith(":")) return null;
    const scalar = this.#plain(this.#at, written);
    this.#at += written.length;
    return scalar;
  }

  #plain(start: number, written: string): Scalar | null {
    let value: unknown = written;
    const word = WORDS.get(written);
    if (word !== undefined) value = word;
    else if (DIGITS.test(written) || DECIMAL.test(written)) value = Number(written);
    else if (NUMBER_LIKE.test(written) && !DOTTED.test(written)) return null;
    const scalar = scalarOf(value, written, Scalar.PLAIN);
    scalar.range = [start, start + written.length, start + written.length];
    return scalar;
  }

  #quoted(end: number, quote: '"' | "'"): Scalar | null {
    const start = this.#at;
    const close = this.#text.indexOf(quote, start + 1);
    if (close === -1 || close >= end) return null;
    const written = this.#text.slice(start + 1, close);
    const isDouble = quote === '"';
    if (isDouble ? written.includes("\\") : this.#text[close + 1] === "'") return null;
    this.#at = close + 1;
    const scalar = scalarOf(written, written, isDouble ? Scalar.QUOTE_DOUBLE : Scalar.QUOTE_SINGLE);
    scalar.range = [start, close + 1, close + 1];
    return scalar;
  }

  #flowList(end: number): YAMLSeq | null {
    const list = new YAMLSeq<Value>();
    list.flow = true;
    const isRead = this.#flow(list, end, "]", () => {
      const value = this.#value(end, true);
      if (value !== null) list.items.push(value);
      return value !== null;
    });
    return isRead ? list : null;
  }

  #flowMap(end: number): YAMLMap | null {
    const map = new YAMLMap<Scalar, Value>();
    map.flow = true;
    const isRead = this.#flow(map, end, "}", () => {
      KEY.lastIndex = this.#at;
      const name = KEY.exec(this.#text)?.[0];
      const key = name === undefined ? null : this.#plain(this.#at, name);
      if (name === undefined || key === null) return false;
      this.#at += name.length + 1;
      this.#blanks();
      const value = this.#value(end, true);
      if (value !== null) map.items.push(new Pair(key, value));
      return value !== null;
    });
    return isRead ? map : null;
  }

  #blanks(): void {
    while (this.#text.charCodeAt(this.#at) === 0x20) this.#at += 1;
  }

  /** Reads entries between brackets; whether all of them could be. */
  #flow(node: YAMLMap | YAMLSeq, end: number, close: string, entry: () => boolean): boolean {
    if (this.#depth === DEPTH_MAX) return false;
    this.#depth += 1;
    node.range = [this.#at, this.#at, this.#at];
    this.#at += 1;
    this.#blanks();
    let isRead = true;
    for (let isFirst = true; isRead && this.#text[this.#at] !== close; isFirst = false) {
      if (!isFirst) {
        isRead = this.#text[this.#at] === ",";
        this.#at += 1;
        this.#blanks();
      }
      isRead = isRead && this.#at < end && entry();
      this.#blanks();
    }
    this.#at += 1;
    this.#depth -= 1;
    return isRead && this.#at <= end;
  }
}

/** Where something other than blanks stands. */
function firstOther(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === 0x20) at += 1;
  return at;
}

function scalarOf(value: unknown, source: string, type: Scalar.Type): Scalar {
  const scalar = new Scalar(value);
  scalar.source = source;
  scalar.type = type;
  return scalar;
}
