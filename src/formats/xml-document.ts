// XML for project files: elements, attributes and text, with lines. No entities but the five of XML itself and numbers of
// characters, so that nothing grows; a document type declaration is passed over. Source: https://www.w3.org/TR/xml/.
import { DEPTH_MAX, DocumentDamage } from "./document.ts";

/** An element. Names are without their namespace's prefix. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Its own text, without that of its children, without blanks at both ends. */
  readonly text: string;
  /** 1-based. */
  readonly line: number;
}

/** What reading gave: the outermost element, or the reason why there is none. */
export type ReadXml =
  | { readonly root: XmlElement; readonly damage: null }
  | { readonly root: null; readonly damage: string };

/** Reads a document. A byte order mark is to be taken off before. Never throws. */
export function readXmlDocument(text: string): ReadXml {
  try {
    return { root: new XmlReader(text).document(), damage: null };
  } catch (error) {
    if (error instanceof DocumentDamage) return { root: null, damage: error.message };
    throw error;
  }
}

/** The first child of a name. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

/** The text of the first child of a name; `""` when there is none. */
export function childText(element: XmlElement | undefined, name: string): string {
  return childOf(element, name)?.text ?? "";
}

interface OpenElement extends XmlElement {
  readonly attributes: Map<string, string>;
  readonly children: XmlElement[];
  text: string;
}

/** Passed over, by how they begin: how they end. */
const PASSED: readonly (readonly [string, string])[] = [
  ["<!--", "-->"],
  ["<?", "?>"],
];
const NAME = /[^\s<>/="'!?&]{1,200}/y;
const ATTRIBUTE = /\s+([^\s<>/="'&]{1,200})\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const TAG_END = /\s*(\/?)>/y;

class XmlReader {
  readonly #text: string;
  readonly #open: OpenElement[] = [];
  #root: XmlElement | null = null;
  #at = 0;
  #line = 1;
  #counted = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): XmlElement {
    while (this.#at < this.#text.length) this.#step();
    const open = this.#open.at(-1);
    if (open !== undefined) this.#fail(`the document is cut inside <${open.name}>`);
    if (this.#root === null) this.#fail("there is no element");
    return this.#root;
  }

  #fail(what: string): never {
    throw new DocumentDamage(this.#lineHere(), what);
  }

  #lineHere(): number {
    for (; this.#counted < this.#at; this.#counted += 1) {
      if (this.#text.charCodeAt(this.#counted) === 0x0a) this.#line += 1;
    }
    return this.#line;
  }

  #step(): void {
    if (this.#text.charCodeAt(this.#at) !== 0x3c) {
      const next = this.#text.indexOf("<", this.#at);
      this.#addText(this.#at, next === -1 ? this.#text.length : next, true);
      return;
    }
    const passed = PASSED.find(([begin]) => this.#text.startsWith(begin, this.#at));
    if (passed !== undefined) this.#at = this.#after(passed[1]);
    else if (this.#text.startsWith("<![CDATA[", this.#at)) {
      const end = this.#after("]]>");
      this.#at += 9;
      this.#addText(this.#at, end - 3, false);
      this.#at = end;
    } else if (this.#text.startsWith("<!", this.#at)) this.#passDeclaration();
    else if (this.#text.startsWith("</", this.#at)) this.#close();
    else this.#begin();
  }

  #after(closing: string): number {
    const end = this.#text.indexOf(closing, this.#at);
    if (end === -1) this.#fail(`"${closing}" is missing`);
    return end + closing.length;
  }

  /** `<!DOCTYPE x [ … ]>`: what it declares is not used. */
  #passDeclaration(): void {
    const end = this.#after(">");
    if (!this.#text.slice(this.#at, end).includes("[")) this.#at = end;
    else {
      this.#at = this.#after("]");
      this.#at = this.#after(">");
    }
  }

  #addText(start: number, end: number, hasEntities: boolean): void {
    this.#at = end;
    const open = this.#open.at(-1);
    if (open === undefined) return;
    const raw = this.#text.slice(start, end);
    open.text += hasEntities ? withoutEntities(raw) : raw;
  }

  #close(): void {
    const line = this.#lineHere();
    const end = this.#after(">");
    const name = localName(this.#text.slice(this.#at + 2, end - 1).trim());
    this.#at = end;
    const open = this.#open.pop();
    if (open === undefined || open.name !== name) {
      throw new DocumentDamage(line, `</${name.slice(0, 40)}> closes nothing`);
    }
    open.text = open.text.trim();
  }

  #begin(): void {
    const line = this.#lineHere();
    this.#at += 1;
    const name = localName(this.#match(NAME)?.[0] ?? this.#fail("a tag has no name"));
    const element: OpenElement = { name, attributes: new Map(), children: [], text: "", line };
    for (let found = this.#match(ATTRIBUTE); found !== null; found = this.#match(ATTRIBUTE)) {
      element.attributes.set(
        localName(found[1] ?? ""),
        withoutEntities(found[2] ?? found[3] ?? ""),
      );
    }
    const end = this.#match(TAG_END) ?? this.#fail(`the tag <${name}> has no end`);
    const parent = this.#open.at(-1);
    if (parent !== undefined) parent.children.push(element);
    else if (this.#root === null) this.#root = element;
    else this.#fail("there is a second outermost element");
    if (end[1] === "/") return;
    this.#open.push(element);
    if (this.#open.length > DEPTH_MAX) this.#fail(`nested more than ${DEPTH_MAX} deep`);
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#at = pattern.lastIndex;
    return found;
  }
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);

/** Entities that we do not know stay as they are written. */
function withoutEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replaceAll(/&(#x?)?([0-9A-Za-z]{1,8});/g, (whole, number: string, name: string) => {
    if (number === undefined) return ENTITIES.get(name) ?? whole;
    const code = Number.parseInt(name, number === "#x" ? 16 : 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
