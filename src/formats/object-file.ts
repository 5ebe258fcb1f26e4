// A file of objects, YAML or JSON: plain values first, and where they stand only when somebody asks.
import { LineCounter } from "yaml";
import { AppError } from "../kit/error.ts";
import { utf8 } from "../kit/text.ts";
import { repeatedJsonKey } from "./json-keys.ts";
import { jsonOffsets } from "./json-offsets.ts";
import { offsetOf, plainValue } from "./plain-yaml.ts";
import { readYamlStarts } from "./yaml-nodes.ts";

/** A place in a file, both from 1. */
export interface FilePlace {
  readonly line: number;
  readonly column: number;
}

export interface ObjectFile {
  /** As `JSON.parse` would give them; of YAML only those that are mappings. */
  readonly documents: readonly unknown[];
  /** Where the values stand that pointers into one of the documents name. */
  places(document: number, pointers: Iterable<string>): ReadonlyMap<string, FilePlace>;
}

const BYTES_MAX = 16 << 20;

/**
 * Reads a file of objects.
 *
 * @throws {AppError} `config-invalid` with the line, `limit-exceeded`.
 */
export function readObjectFile(bytes: Uint8Array, path: string): ObjectFile {
  return readAsJson(bytes, path) ?? readAsYaml(bytes, path);
}

/** null when it is no JSON; it may be YAML still. */
function readAsJson(bytes: Uint8Array, path: string): ObjectFile | null {
  if (bytes.length > BYTES_MAX) return null;
  const text = utf8(bytes);
  if (!/^\s*[[{]/.test(text.slice(0, 1000))) return null;
  const value = parsedJson(text);
  if (value === undefined) return null;
  const repeated = repeatedJsonKey(text, value);
  if (repeated !== null) {
    const { line } = placeOf(linesOf(text), repeated);
    const message = `cannot read ${JSON.stringify(path)}: line ${line}: a key stands twice in a mapping`;
    throw new AppError("config-invalid", message, { subject: path });
  }
  const places = new JsonPlaces(text, value);
  return { documents: [value], places: (_, pointers) => places.of(pointers) };
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

function readAsYaml(bytes: Uint8Array, path: string): ObjectFile {
  const nodes = readYamlStarts(utf8(bytes), path);
  try {
    return {
      documents: nodes.documents.map(plainValue),
      places: (index, pointers) => {
        const document = nodes.documents[index];
        const places = new Map<string, FilePlace>();
        if (document === undefined) return places;
        for (const pointer of pointers)
          places.set(pointer, nodes.placeAt(offsetOf(document, pointer)));
        return places;
      },
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const message = `cannot read ${JSON.stringify(path)}: ${error.message}`;
    throw new AppError(error.code, message, { subject: path });
  }
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
