// YAML as programs write it, read by hand, because lock files are large and have one plain form: block maps and lists, flow
// maps and lists on one line, plain and quoted texts. Whatever else YAML has (anchors, tags, folded texts) is left to the
// full reader, which takes fifty times as long and so is given small documents only. Source: https://yaml.org/spec/1.2.2/.
import {
  DEPTH_MAX,
  DocumentDamage,
  DocumentList,
  DocumentMap,
  type DocumentValue,
  type ReadDocument,
  reading,
} from "./document.ts";
import { isTooDeep } from "./yaml-depth.ts";
import { readAnyYaml } from "./yaml-full.ts";
import { NotPlain, readFlow, scalarOf } from "./yaml-scalar.ts";

/** The largest document that the full reader is given. */
const FULL_LENGTH_MAX = 1 << 20;
/** Its longest line: the full reader's time grows with the square of what stands on one line and does not belong together. */
const FULL_LINE_LENGTH_MAX = 2_000;

/**
 * Reads a stream of YAML documents; a list of their values, nearly always of one. Keys are texts. A byte order mark is to be
 * taken off before.
 */
export function readYamlDocuments(text: string): ReadDocument {
  return reading(() => {
    try {
      return new PlainReader(text).documents();
    } catch (error) {
      if (!(error instanceof NotPlain)) throw error;
      if (isTooDeep(text)) throw new DocumentDamage(error.line, TOO_DEEP);
      if (text.length <= FULL_LENGTH_MAX && !hasLongLine(text)) return readAnyYaml(text);
      throw new DocumentDamage(error.line, `${error.message}, in a file too large for it`);
    }
  });
}

const TOO_DEEP = `nested more than ${DEPTH_MAX} deep`;

function hasLongLine(text: string): boolean {
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    if (end - start > FULL_LINE_LENGTH_MAX) return true;
    start = end + 1;
  }
  return false;
}

/** A line that says something: without its indentation, blanks at its end and, if it is nothing else, its comment. */
interface Line {
  readonly indent: number;
  readonly text: string;
  readonly number: number;
}

class PlainReader {
  readonly #text: string;
  #at = 0;
  #number = 0;
  #line: Line | null = null;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#next();
  }

  documents(): DocumentList {
    const all = new DocumentList(1);
    while (this.#line !== null) {
      if (isMarker(this.#line) || this.#line.text.startsWith("%")) {
        this.#next();
        continue;
      }
      all.items.push(this.#block(this.#line.indent));
      const after: Line | null = this.#line;
      if (after !== null && !isMarker(after))
        this.#fail(after, "is less indented than the document");
    }
    return all;
  }

  #fail(line: Line, what: string): never {
    throw new NotPlain(line.number, `"${line.text.slice(0, 40)}" ${what}`);
  }

  /** Goes to the next line that is neither empty nor a comment. */
  #next(): void {
    while (this.#at < this.#text.length) {
      const newline = this.#text.indexOf("\n", this.#at);
      const end = newline === -1 ? this.#text.length : newline;
      let start = this.#at;
      while (this.#text.charCodeAt(start) === 0x20) start += 1;
      const indent = start - this.#at;
      this.#at = end + 1;
      this.#number += 1;
      if (start >= end || this.#text.charCodeAt(start) === 0x23) continue;
      const text = this.#text.slice(start, end).trimEnd();
      if (text === "") continue;
      this.#line = { indent, text, number: this.#number };
      if (text.startsWith("\t")) this.#fail(this.#line, "is indented by a tab");
      return;
    }
    this.#line = null;
  }

  #block(indent: number): DocumentValue {
    const line = this.#line;
    if (line === null) return null;
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) throw new DocumentDamage(line.number, TOO_DEEP);
    const value = isItem(line.text) ? this.#list(indent) : this.#map(indent, line.number);
    this.#depth -= 1;
    return value;
  }

  #map(indent: number, number: number): DocumentValue {
    const map = new DocumentMap(number);
    for (let line = this.#line; line !== null && this.#isAt(line, indent); line = this.#line) {
      if (isItem(line.text)) this.#fail(line, "is a list entry among keys");
      this.#member(map, line, indent);
    }
    return map;
  }

  #isAt(line: Line, indent: number): boolean {
    if (line.indent > indent) this.#fail(line, "is indented more than its neighbours");
    return line.indent === indent && !isMarker(line);
  }

  #member(map: DocumentMap, line: Line, indent: number): void {
    const isLong = line.text.startsWith("? ");
    const { key, rest } = isLong ? this.#longKey(line, indent) : splitKey(line.text, line.number);
    map.members.set(key, this.#memberValue(rest, indent, line.number));
  }

  /** `? key` on one line and `: value` on the next: keys of more than 1,024 characters. */
  #longKey(line: Line, indent: number): { key: string; rest: string } {
    const key = String(scalarOf(line.text.slice(2).trim(), line.number));
    this.#next();
    const value = this.#line;
    if (value === null || value.indent !== indent || !/^:( |$)/.test(value.text)) {
      this.#fail(line, "has no value");
    }
    return { key, rest: value.text.slice(1).trim() };
  }

  #memberValue(rest: string, indent: number, number: number): DocumentValue {
    if (/^[|>](?:[-+]?[1-9]?|[1-9][-+])$/.test(rest))
      return this.#literal(indent, rest.startsWith("|") ? "\n" : " ");
    this.#next();
    if (rest !== "") return this.#continued(rest, indent, number);
    const below = this.#line;
    if (below === null || isMarker(below)) return null;
    // A list may stand as far to the left as the key it belongs to.
    if (below.indent === indent && isItem(below.text)) return this.#below(indent, number);
    return below.indent > indent ? this.#below(below.indent, number) : null;
  }

  /** The lines of a text in block form; told from the rest by their indentation alone. */
  #literal(indent: number, joint: string): string {
    const lines: string[] = [];
    while (this.#at < this.#text.length) {
      const newline = this.#text.indexOf("\n", this.#at);
      const end = newline === -1 ? this.#text.length : newline;
      const line = this.#text.slice(this.#at, end);
      const text = line.trim();
      if (text !== "" && line.length - line.trimStart().length <= indent) break;
      lines.push(text);
      this.#at = end + 1;
      this.#number += 1;
    }
    this.#next();
    return lines.join(joint).trim();
  }

  /** A value that begins on the line of its key; a plain text may go on below, further to the right. */
  #continued(rest: string, indent: number, number: number): DocumentValue {
    const value = inline(rest, number);
    const more: string[] = [];
    for (let line = this.#line; line !== null && line.indent > indent; line = this.#line) {
      if (typeof value !== "string" || !/^[A-Za-z0-9]/.test(rest) || keyEnd(line.text, 0) !== -1) {
        this.#fail(line, "goes on with the line above");
      }
      more.push(line.text);
      this.#next();
    }
    return more.length === 0 ? value : [value, ...more].join(" ");
  }

  #below(indent: number, number: number): DocumentValue {
    const line = this.#line;
    const isMapOrList = line !== null && (isItem(line.text) || hasKey(line.text, line.number));
    if (line !== null && !isMapOrList) {
      this.#next();
      if (this.#line !== null && this.#line.indent >= indent) this.#fail(line, "is a folded text");
      return inline(line.text, line.number);
    }
    const value = this.#block(indent);
    if (value instanceof DocumentMap || value instanceof DocumentList) value.line = number;
    return value;
  }

  #list(indent: number): DocumentValue {
    const list = new DocumentList(this.#line?.number ?? 0);
    for (let line = this.#line; line !== null && this.#isAt(line, indent); line = this.#line) {
      if (!isItem(line.text)) break;
      list.items.push(this.#item(line, indent));
    }
    return list;
  }

  #item(line: Line, indent: number): DocumentValue {
    const rest = line.text.slice(1).trimStart();
    if (rest === "" || !(isItem(rest) || hasKey(rest, line.number))) {
      return this.#memberValue(rest, indent, line.number);
    }
    // The entry's first member stands on the line of the dash: read it as if it stood alone, as far to the right.
    const inner = indent + line.text.length - rest.length;
    this.#line = { indent: inner, text: rest, number: line.number };
    return this.#block(inner);
  }
}

function isMarker(line: Line): boolean {
  return line.indent === 0 && (/^(---|\.\.\.)$/.test(line.text) || line.text.startsWith("--- "));
}

function isItem(text: string): boolean {
  return text === "-" || text.startsWith("- ");
}

function hasKey(text: string, number: number): boolean {
  if (text.startsWith("? ")) return true;
  return text[0] !== "{" && text[0] !== "[" && keyEnd(text, number) !== -1;
}

function splitKey(text: string, number: number): { key: string; rest: string } {
  const end = keyEnd(text, number);
  if (end === -1) throw new NotPlain(number, `"${text.slice(0, 40)}" has no key`);
  const key = scalarOf(text.slice(0, end), number);
  const rest = text.slice(end + 1).trimStart();
  return { key: String(key), rest: rest.startsWith("#") ? "" : rest };
}

/** Index of the colon after a key; -1 when the line has none. */
function keyEnd(text: string, number: number): number {
  const quote = text[0];
  if (quote !== '"' && quote !== "'") {
    const colon = text.indexOf(": ");
    if (colon !== -1) return colon;
    return text.endsWith(":") ? text.length - 1 : -1;
  }
  const end = quoteEnd(text, 0);
  if (end === -1) throw new NotPlain(number, "a text has no end on its line");
  const colon = text.indexOf(":", end);
  return colon !== -1 && text.slice(end, colon).trim() === "" ? colon : -1;
}

/** Index after the closing quote of the text that begins at `start`; -1 when there is none. */
function quoteEnd(text: string, start: number): number {
  const quote = text[start];
  for (let i = start + 1; i < text.length; i += 1) {
    if (text[i] === "\\" && quote === '"') i += 1;
    else if (text[i] === quote) {
      if (quote === '"' || text[i + 1] !== "'") return i + 1;
      i += 1;
    }
  }
  return -1;
}

function inline(text: string, number: number): DocumentValue {
  return text[0] === "{" || text[0] === "[" ? readFlow(text, number) : scalarOf(text, number);
}
