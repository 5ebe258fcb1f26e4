// A file of objects, YAML or JSON: plain values first, and where they stand only when somebody asks.
import { LineCounter } from "yaml";
import { AppError } from "../kit/error.ts";
import { utf8 } from "../kit/text.ts";
import { DEPTH_MAX } from "./document.ts";
import { deepJsonAt } from "./json-depth.ts";
import { readJsonDocument } from "./json-document.ts";
import { repeatedJsonKey } from "./json-keys.ts";
import { jsonOffsets } from "./json-offsets.ts";
import { type LineFault, readYamlParts } from "./yaml-parts.ts";

/** A place in a file, both from 1. */
export interface FilePlace {
  readonly line: number;
  readonly column: number;
}

export interface ObjectFile {
  /** As `JSON.parse` would give them; of YAML only those that are mappings. */
  readonly documents: readonly unknown[];
  /** One for each document that is not read. */
  readonly faults: readonly LineFault[];
  /** Where the values stand that pointers into one of the documents name. */
  places(document: number, pointers: Iterable<string>): ReadonlyMap<string, FilePlace>;
}

const BYTES_MAX = 16 << 20;

/**
 * Reads a file of objects of which nothing may be missing.
 *
 * @throws {AppError} `config-invalid` with the line, `limit-exceeded`.
 */
export function readObjectFile(bytes: Uint8Array, path: string): ObjectFile {
  const file = readObjectParts(bytes, path);
  const [fault] = file.faults;
  if (fault === undefined) return file;
  throw new AppError("config-invalid", faultText(fault, path), { subject: path });
}

/** `cannot read "app.yaml": line 3: a key stands twice in a mapping`. */
export function faultText({ line, reason }: LineFault, path: string): string {
  return `cannot read ${JSON.stringify(path)}: line ${line}: ${reason}`;
}

/**
 * Reads what can be read of a file of objects.
 *
 * @throws {AppError} `limit-exceeded` for one that is too large.
 */
export function readObjectParts(bytes: Uint8Array, path: string): ObjectFile {
  if (bytes.length > BYTES_MAX) {
    const message = `cannot read ${JSON.stringify(path)}: it is larger than ${BYTES_MAX} bytes`;
    throw new AppError("limit-exceeded", message, { subject: path });
  }
  const text = utf8(bytes);
  if (!/^\s*[[{]/.test(text.slice(0, 1000))) return readAsYaml(bytes);
  const value = parsedJson(text);
  if (value !== undefined) return readAsJson(text, value);
  const file = readAsYaml(bytes);
  if (file.faults.length === 0 || /^\s*\{[{%#]/.test(text.slice(0, 1000))) return file;
  // What begins like JSON is meant to be: what YAML makes of it helps nobody.
  const { damage } = readJsonDocument(text);
  const [, line = "", reason = ""] = /^line (\d+): (.*)$/.exec(damage ?? "") ?? [];
  return line === "" ? file : { ...file, faults: [{ line: Number(line), reason }] };
}

function readAsJson(text: string, value: unknown): ObjectFile {
  const deep = deepJsonAt(text, DEPTH_MAX);
  const repeated = deep === null ? repeatedJsonKey(text, value) : null;
  const places = new JsonPlaces(text, value);
  const file: ObjectFile = { documents: [value], faults: [], places: (_, all) => places.of(all) };
  const lineAt = (offset: number): number => placeOf(linesOf(text), offset).line;
  const refused = (offset: number, reason: string): ObjectFile => {
    return { ...file, documents: [], faults: [{ line: lineAt(offset), reason }] };
  };
  if (deep !== null) return refused(deep, `it is nested more than ${DEPTH_MAX} deep`);
  if (repeated === null) return file;
  const first = lineAt(repeated.first);
  return refused(repeated.second, `a key stands twice in a mapping, first on line ${first}`);
}

/** Lists of thousands of objects are looked into object by object: each is found without reading those before it again. */
class JsonPlaces {
  readonly #text: string;
  /** Of the list: `/items` of what the API answers, `""` of what is a list itself; null where there is none. */
  readonly #list: string | null;
  readonly #length: number;
  #lines: LineCounter | null = null;
  #starts: Map<string, number> | null = null;

  constructor(text: string, value: unknown) {
    this.#text = text;
    const items = Array.isArray(value) ? value : (value as { items?: unknown } | null)?.items;
    this.#list = !Array.isArray(items) ? null : items === value ? "" : "/items";
    this.#length = Array.isArray(items) ? items.length : 0;
  }

  of(pointers: Iterable<string>): Map<string, FilePlace> {
    this.#lines ??= linesOf(this.#text);
    const found = new Map<string, FilePlace>();
    for (const [prefix, rests] of this.#byItem(pointers)) {
      const from = prefix === "" ? 0 : (this.#startsOfItems().get(prefix) ?? 0);
      for (const [rest, at] of jsonOffsets(this.#text, rests, from))
        found.set(prefix + rest, placeOf(this.#lines, at));
    }
    return found;
  }

  /** What leads into an item of the list, by the item; all else by `""`. */
  #byItem(pointers: Iterable<string>): Map<string, string[]> {
    const groups = new Map<string, string[]>();
    for (const pointer of pointers) {
      const prefix = this.#itemOf(pointer);
      const rest = pointer.slice(prefix.length);
      const group = groups.get(prefix);
      if (group === undefined) groups.set(prefix, [rest]);
      else group.push(rest);
    }
    return groups;
  }

  #itemOf(pointer: string): string {
    const list = this.#list;
    if (list === null || !pointer.startsWith(`${list}/`)) return "";
    const [, index = ""] = /^\/(0|[1-9]\d{0,8})(?:\/|$)/.exec(pointer.slice(list.length)) ?? [];
    return index !== "" && Number(index) < this.#length ? `${list}/${index}` : "";
  }

  #startsOfItems(): ReadonlyMap<string, number> {
    if (this.#starts === null) {
      const items = Array.from({ length: this.#length }, (_, i) => `${this.#list}/${i}`);
      this.#starts = jsonOffsets(this.#text, items);
    }
    return this.#starts;
  }
}

/** undefined when it is no JSON. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readAsYaml(bytes: Uint8Array): ObjectFile {
  const { documents, faults } = readYamlParts(bytes);
  return {
    documents: documents.map(({ value }) => value),
    faults,
    places: (index, pointers) => {
      const places = new Map<string, FilePlace>();
      const document = documents[index];
      if (document === undefined) return places;
      for (const pointer of pointers) places.set(pointer, document.placeAt(pointer));
      return places;
    },
  };
}

function placeOf(lines: LineCounter, offset: number): FilePlace {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

function linesOf(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1))
    lines.addNewLine(at + 1);
  return lines;
}
