// YAML document by document, so that what is wrong with one of them hides none of the others.
import { isUtf8 } from "node:buffer";
import { isMap } from "yaml";
import { LineIndex, type TextPlace } from "../kit/line-index.ts";
import { count } from "../kit/phrase.ts";
import { utf8 } from "../kit/text.ts";
import { NoPlainValue, offsetOf, plainValue } from "./plain-yaml.ts";
import { readStrictDocuments } from "./strict-yaml.ts";
import {
  NO_LINKS,
  readTops,
  repeatedFault,
  repeatedIn,
  type YamlFault,
  type YamlTop,
  type YamlTops,
} from "./yaml-nodes.ts";

/** A document that is a mapping. */
export interface YamlPart {
  /** As `JSON.parse` would give it. */
  readonly value: unknown;
  /** Where the value stands that a pointer names. */
  placeAt(pointer: string): TextPlace;
}

/** Why something in a file is not read. */
export interface LineFault {
  /** 1-based. */
  readonly line: number;
  /** Lower case, no full stop. */
  readonly reason: string;
}

export interface YamlParts {
  readonly documents: readonly YamlPart[];
  /** One for each document that is not read. */
  readonly faults: readonly LineFault[];
}

/** Nobody's file has as many. */
const DOCUMENTS_MAX = 100_000;
/** Beyond these, one more says how many there are. */
const FAULTS_MAX = 20;

/** Reads the documents of a file whose size is bounded. Never throws. */
export function readYamlParts(bytes: Uint8Array): YamlParts {
  const text = utf8(bytes);
  const isDamaged = text.includes("\uFFFD") && !isUtf8(bytes);
  const file = new PartsReader(text);
  const strict = readStrictDocuments(text);
  if (strict !== null) file.add(strictTops(strict, text), 0);
  else
    for (const start of startsIn(text)) {
      const part = text.slice(start, nextMarker(text, start));
      file.add(readPart(part, isDamaged), start);
    }
  return { documents: file.documents, faults: file.faultsTold() };
}

class PartsReader {
  readonly documents: YamlPart[] = [];
  readonly #faults: YamlFault[] = [];
  readonly #text: string;
  #index: LineIndex | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  /** @param start Where the part of the file begins in which these stand. */
  add({ tops, faults }: YamlTops, start: number): void {
    for (const top of tops) this.#top(top, start);
    for (const { offset, reason } of faults) this.#faults.push({ offset: start + offset, reason });
  }

  #top(top: YamlTop, start: number): void {
    try {
      const value = plainValue(top);
      this.documents.push({
        value,
        placeAt: (pointer) => this.#placeAt(start + offsetOf(top, pointer)),
      });
    } catch (error) {
      if (!(error instanceof NoPlainValue)) throw error;
      const offset = start + error.offset;
      const isTemplate = /^\{[{%]/.test(this.#text.slice(offset - 1, offset + 1));
      this.#faults.push({ offset, reason: isTemplate ? TEMPLATE : error.message });
    }
  }

  #placeAt(offset: number): TextPlace {
    this.#index ??= new LineIndex(this.#text);
    return this.#index.placeAt(offset);
  }

  faultsTold(): LineFault[] {
    const all = this.#faults.map(({ offset, reason }) => {
      return { line: this.#placeAt(offset).line, reason };
    });
    const rest = all.slice(FAULTS_MAX);
    const [next] = rest;
    if (next === undefined) return all;
    const reason = `${count(rest.length, "more document")} from here on cannot be read`;
    return [...all.slice(0, FAULTS_MAX), { line: next.line, reason }];
  }
}

/** Where the documents begin: a marker at the beginning of a line is one wherever it stands. Those with directives stay together. */
function* startsIn(text: string): Generator<number> {
  yield 0;
  if (/^%/m.test(text)) return;
  let documents = 1;
  for (let at = nextMarker(text, 0); at < text.length; at = nextMarker(text, at)) {
    yield at;
    documents += 1;
    if (documents > DOCUMENTS_MAX) return;
  }
}

/** @returns The end of the text when there is no marker behind the offset. */
function nextMarker(text: string, start: number): number {
  for (let at = text.indexOf("\n---", start); at !== -1; at = text.indexOf("\n---", at + 1))
    if (at + 4 === text.length || /\s/.test(text.charAt(at + 4))) return at + 1;
  return text.length;
}

function strictTops(contents: readonly unknown[], text: string): YamlTops {
  const tops: YamlTop[] = [];
  const faults: YamlFault[] = [];
  for (const top of contents) {
    if (!isMap(top)) continue;
    const repeated = repeatedIn(top);
    if (repeated === null) tops.push({ top, links: NO_LINKS });
    else faults.push(repeatedFault(repeated, text));
  }
  return { tops, faults };
}

function readPart(text: string, isDamaged: boolean): YamlTops {
  const strict = readStrictDocuments(text);
  if (strict !== null) return strictTops(strict, text);
  const odd = oddCharacter(text, isDamaged);
  if (odd !== null) return { tops: [], faults: [odd] };
  const read = readTops(text);
  const template = read.faults.length === 0 ? -1 : text.search(TEMPLATE_LINE);
  if (template === -1) return read;
  return { tops: read.tops, faults: [{ offset: template, reason: TEMPLATE }] };
}

const TEMPLATE = "it is a template; render it first, as with helm template";
/**
 * An action or value of a template where a line or its value begins, as in no text of YAML. Braces are asked for first, so that nothing
 * is looked back from elsewhere.
 */
const TEMPLATE_LINE = /(?=\{[{%#])(?<=^[ \t]*(?:- +)*(?:[\w./-]+: +)?)/m;

/** @see https://yaml.org/spec/1.2.2/#51-character-set */
function oddCharacter(text: string, isDamaged: boolean): YamlFault | null {
  const control = text.search(CONTROL);
  if (control !== -1) {
    const code = text.charCodeAt(control).toString(16).toUpperCase().padStart(4, "0");
    const reason = `a control character (U+${code}), as in what is no text, or UTF-16`;
    return { offset: control, reason };
  }
  const offset = isDamaged ? text.indexOf("\uFFFD") : -1;
  return offset === -1 ? null : { offset, reason: "bytes that are no UTF-8: save it as UTF-8" };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;
