// All of YAML, by the npm package `yaml`: for documents of people and of unusual programs.
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type Scalar,
} from "yaml";
import {
  DEPTH_MAX,
  DocumentDamage,
  DocumentList,
  DocumentMap,
  type DocumentValue,
} from "./document.ts";

/** Values that aliases may repeat, together: anchors that refer to anchors grow a few lines into gigabytes. */
const VALUES_MAX = 500_000;
const DOCUMENTS_MAX = 100;

/**
 * Reads a stream of YAML documents into a list of their values.
 *
 * @throws {DocumentDamage} it is not YAML, or too much of it.
 */
export function readAnyYaml(text: string): DocumentList {
  const counter = new LineCounter();
  // The library compares every key of a mapping with every other one; the converter does it in one pass.
  const options = { lineCounter: counter, logLevel: "silent", uniqueKeys: false } as const;
  const documents = parseAllDocuments(text, options);
  const all = new DocumentList(1);
  if (!Array.isArray(documents)) return all;
  const [beyond] = documents.slice(DOCUMENTS_MAX);
  if (beyond !== undefined) {
    const line = counter.linePos(beyond.range[0]).line;
    throw new DocumentDamage(line, `it has more than ${DOCUMENTS_MAX} documents`);
  }
  for (const document of documents) {
    const error = document.errors[0];
    if (error !== undefined) {
      const line = counter.linePos(error.pos[0]).line;
      throw new DocumentDamage(line, error.message.split(/ at line \d|\n/, 1)[0] ?? "");
    }
    all.items.push(new Converter(document, counter).value(document.contents, 0, null));
  }
  return all;
}

class Converter {
  readonly #document: Document.Parsed;
  readonly #counter: LineCounter;
  #left = VALUES_MAX;

  constructor(document: Document.Parsed, counter: LineCounter) {
    this.#document = document;
    this.#counter = counter;
  }

  /** @param key The key that it is the value of, whose line counts. */
  value(node: unknown, depth: number, key: Node | null): DocumentValue {
    const line = this.#lineOf(key ?? (node as Node | null));
    this.#left -= 1;
    if (this.#left < 0) throw new DocumentDamage(line, "aliases repeat too much");
    if (depth > DEPTH_MAX) throw new DocumentDamage(line, `nested more than ${DEPTH_MAX} deep`);
    if (isAlias(node)) return this.value(node.resolve(this.#document), depth + 1, key);
    if (isScalar(node)) return scalar(node);
    if (isSeq(node)) {
      const list = new DocumentList(line);
      for (const item of node.items) list.items.push(this.value(item, depth + 1, null));
      return list;
    }
    return isMap(node) ? this.#map(node.items, line, depth) : null;
  }

  #map(
    items: readonly { readonly key: unknown; readonly value: unknown }[],
    line: number,
    depth: number,
  ): DocumentMap {
    const map = new DocumentMap(line);
    const keys = new Set<unknown>();
    for (const { key, value } of items) {
      const known = isAlias(key) ? key.resolve(this.#document) : key;
      if (!isScalar(known)) continue;
      if (keys.has(known.value))
        throw new DocumentDamage(this.#lineOf(known), "a key stands twice");
      keys.add(known.value);
      map.members.set(String(known.value), this.value(value, depth + 1, known));
    }
    return map;
  }

  #lineOf(node: Node | null): number {
    const offset = node?.range?.[0];
    return offset === undefined ? 0 : this.#counter.linePos(offset).line;
  }
}

/** Numbers stay as they are written, because `1.10` is a version and not 1.1. */
function scalar({ value, source }: Scalar): string | boolean | null {
  if (typeof value === "string" || typeof value === "boolean") return value;
  return value === null || value === undefined ? null : (source ?? String(value));
}
