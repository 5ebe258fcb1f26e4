// YAML and JSON as nodes with their places, for files in which something is looked up or rewritten; aliases and merged mappings
// (`<<`) are followed.
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  parseAllDocuments,
  type Scalar,
  visit,
  type YAMLMap,
} from "yaml";
import { AppError } from "../kit/error.ts";
import { LineIndex } from "../kit/line-index.ts";
import { count } from "../kit/phrase.ts";
import { tooDeepAt } from "./yaml-depth.ts";

const LENGTH_MAX = 16 << 20;
/** Mappings that are merged into one another; nobody's are near it. */
const MERGED_MAX = 100;

/** A document of a file that is a mapping. */
export interface YamlTop {
  readonly top: YAMLMap;
  readonly links: YamlLinks;
}

export interface YamlNodes {
  /** Others than mappings are left out. */
  readonly documents: readonly YamlTop[];
  /** The 1-based line of an offset. */
  lineAt(offset: number): number;
}

/** Why a document is not read. */
export interface YamlFault {
  readonly offset: number;
  /** Lower case, no full stop. */
  readonly reason: string;
}

/** What a text holds: the documents that can be read and are mappings, and why others cannot be. */
export interface YamlTops {
  readonly tops: readonly YamlTop[];
  readonly faults: readonly YamlFault[];
}

/**
 * Reads all documents of a file.
 *
 * @param path For messages.
 * @throws {AppError} `config-invalid` with the line when it is no YAML or a key stands twice, `limit-exceeded`.
 */
export function readYamlNodes(text: string, path: string): YamlNodes {
  if (text.length > LENGTH_MAX)
    throw refused("limit-exceeded", path, `larger than ${LENGTH_MAX} bytes`);
  const lines = new LineIndex(text);
  const { tops, faults } = readTops(text);
  const [fault] = faults;
  if (fault === undefined)
    return { documents: tops, lineAt: (offset) => lines.placeAt(offset).line };
  const state = `line ${lines.placeAt(fault.offset).line}: ${fault.reason}`;
  throw refused(fault.reason === TOO_DEEP ? "limit-exceeded" : "config-invalid", path, state);
}

function refused(code: "limit-exceeded" | "config-invalid", path: string, state: string): AppError {
  return new AppError(code, `cannot read ${JSON.stringify(path)}: ${state}`, { subject: path });
}

const TOO_DEEP = "it is nested too deeply";

/** Reads all documents of a text, whose length is bounded, with the library. Never throws. */
export function readTops(text: string): YamlTops {
  const deep = tooDeepAt(text);
  if (deep !== null) return { tops: [], faults: [{ offset: deep, reason: TOO_DEEP }] };
  try {
    return parsed(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { tops: [], faults: [{ offset: 0, reason: TOO_DEEP }] };
  }
}

function parsed(text: string): YamlTops {
  // The library compares every key of a mapping with every other one.
  const documents = parseAllDocuments(text, { uniqueKeys: false, prettyErrors: false });
  const tops: YamlTop[] = [];
  const faults: YamlFault[] = [];
  for (const document of Array.isArray(documents) ? documents : []) {
    const [error] = document.errors;
    if (error !== undefined) {
      faults.push({ offset: error.pos[0], reason: reasonOf(error) });
      continue;
    }
    const { contents } = document;
    if (!isMap(contents)) continue;
    const { links, repeated } = linksIn(document);
    if (repeated === null) tops.push({ top: contents, links });
    else faults.push(repeatedFault(repeated, text));
  }
  return { tops, faults };
}

function reasonOf({ code, message }: { readonly code: string; readonly message: string }): string {
  // What runs out of stack is told as an error of the file.
  if (/call stack/.test(message)) return TOO_DEEP;
  const [, quote] = /^Missing closing (.)quote/.exec(message) ?? [];
  if (quote !== undefined) return `a text in quotes (${quote}) has no end up to here`;
  const [first = ""] = message.split("\n", 1);
  return OUR_WORDS.get(code) ?? first.charAt(0).toLowerCase() + first.slice(1);
}

/** For what the library says only to those who know YAML well. */
const OUR_WORDS: ReadonlyMap<string, string> = new Map([
  ["TAB_AS_INDENT", "a tab stands where only blanks may indent"],
]);

/** A key that its mapping has already: programs differ in which of the two they take. */
interface Repeated {
  readonly first: number;
  readonly second: number;
}

export function repeatedFault({ first, second }: Repeated, text: string): YamlFault {
  const lines = text.slice(first, second).split("\n").length - 1;
  const where = lines === 0 ? "on the same line" : `${count(lines, "line")} above`;
  return { offset: second, reason: `a key stands twice in a mapping, first ${where}` };
}

/** In one pass: the library looks through the whole document for each alias. */
function linksIn(document: Document): { links: YamlLinks; repeated: Repeated | null } {
  const targets = new Map<unknown, unknown>();
  const anchors = new Map<string, unknown>();
  let repeated: Repeated | null = null;
  visit(document, {
    Alias: (_, alias) => {
      targets.set(alias, anchors.get(alias.source));
    },
    Value: (_, node) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
      if (isMap(node)) repeated ??= repeatedKey(node);
    },
  });
  return { links: new YamlLinks(targets), repeated };
}

/** The first key that stands twice, without the costs of visiting every key. */
export function repeatedIn(node: unknown): Repeated | null {
  if (isSeq(node)) return firstOf(node.items, repeatedIn);
  if (!isMap(node)) return null;
  return repeatedKey(node) ?? firstOf(node.items, ({ value }) => repeatedIn(value));
}

function firstOf<T>(items: readonly T[], of: (item: T) => Repeated | null): Repeated | null {
  for (const item of items) {
    const found = of(item);
    if (found !== null) return found;
  }
  return null;
}

/** `1` and `"1"` are one key to programs that read YAML as JSON. */
function repeatedKey({ items }: YAMLMap): Repeated | null {
  const known = new Map<string, number>();
  for (const { key } of items) {
    if (!isScalar(key) || key.value === "<<") continue;
    const name = String(key.value);
    const second = key.range?.[0] ?? 0;
    const first = known.get(name);
    if (first !== undefined) return { first, second };
    known.set(name, second);
  }
  return null;
}

/** What the aliases of one document stand for. */
export class YamlLinks {
  readonly #targets: ReadonlyMap<unknown, unknown>;

  constructor(targets: ReadonlyMap<unknown, unknown>) {
    this.#targets = targets;
  }

  /** What an alias stands for; other nodes stand for themselves. */
  real(node: unknown): unknown {
    return isAlias(node) ? this.#targets.get(node) : node;
  }

  /** A member of a mapping, its own before those that are merged into it (`<<`). */
  at(map: YAMLMap, name: string): unknown {
    return this.real(this.pair(map, name)?.value ?? undefined);
  }

  /** The same with its key; undefined when there is none. */
  pair(map: YAMLMap, name: string, seen: Set<unknown> = new Set()): Pair | undefined {
    if (seen.has(map) || seen.size >= MERGED_MAX) return undefined;
    seen.add(map);
    const own = map.items.find(({ key }) => isScalar(key) && String(key.value) === name);
    if (own !== undefined) return own;
    for (const merged of this.merged(map)) {
      const found = this.pair(merged, name, seen);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The mappings under `<<`, those that win first. */
  merged(map: YAMLMap): YAMLMap[] {
    const merge = map.items.find(({ key }) => isScalar(key) && key.value === "<<")?.value;
    const real = this.real(merge);
    return (isSeq(real) ? real.items : [real]).map((item) => this.real(item)).filter(isMap);
  }

  /** The mappings that a list or a mapping holds, each with its key or number. */
  *maps(node: unknown): Generator<readonly [name: string, map: YAMLMap]> {
    const items = isSeq(node) ? node.items.map((value, index) => ({ key: index, value })) : [];
    for (const { key, value } of isMap(node) ? node.items : items) {
      const real = this.real(value);
      if (isMap(real)) yield [typeof key === "number" ? String(key) : (textOf(key) ?? "?"), real];
    }
  }
}

export const NO_LINKS: YamlLinks = new YamlLinks(new Map());

/** The text of a scalar without blanks around it; null when it is something else, or empty. */
export function textOf(node: unknown): string | null {
  if (!isScalar(node)) return null;
  const { value } = node;
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}

/** A scalar with a text; null for anything else. */
export function namedScalar(node: unknown): Scalar | null {
  return isScalar(node) && textOf(node) !== null ? node : null;
}
