// YAML and JSON as nodes with their places, for files in which something is looked up or rewritten; aliases and merged mappings
// (`<<`) are followed.
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseAllDocuments,
  type Scalar,
  visit,
  type YAMLMap,
} from "yaml";
import { AppError } from "../kit/error.ts";
import { readStrictDocuments } from "./strict-yaml.ts";
import { isTooDeep } from "./yaml-depth.ts";

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
  /** Line and column of an offset, both from 1. */
  placeAt(offset: number): { readonly line: number; readonly column: number };
}

/**
 * Reads all documents of a file.
 *
 * @param path For messages.
 * @throws {AppError} `config-invalid` with the line when it is no YAML or a key stands twice, `limit-exceeded`.
 */
export function readYamlNodes(text: string, path: string): YamlNodes {
  return nodesOf(text, path, parsed);
}

/**
 * The same several times as fast where a file is written as most are: of mappings and lists only where they begin is known.
 *
 * @throws {AppError} As {@link readYamlNodes}.
 */
export function readYamlStarts(text: string, path: string): YamlNodes {
  const isBounded = text.length <= LENGTH_MAX;
  return nodesOf(text, path, (file) => {
    const tops = isBounded ? readStrictDocuments(text, file.lines) : null;
    return tops?.map((contents) => ({ contents, ...withoutLinks(contents) })) ?? parsed(file);
  });
}

/** What is being read. */
interface Reading {
  readonly text: string;
  readonly path: string;
  readonly lines: LineCounter;
  readonly refuse: (offset: number, reason: string) => never;
}

/** A document with what its aliases stand for, and where a key stands for the second time. */
interface Parsed {
  readonly contents: unknown;
  readonly links: YamlLinks;
  readonly repeated: number | null;
}

function nodesOf(
  text: string,
  path: string,
  parse: (file: Reading) => readonly Parsed[],
): YamlNodes {
  const lines = new LineCounter();
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  const refuse = (offset: number, reason: string): never => {
    const message = `cannot read ${JSON.stringify(path)}: line ${lineAt(offset)}: ${reason}`;
    throw new AppError("config-invalid", message, { subject: path });
  };
  const documents: YamlTop[] = [];
  for (const { contents, links, repeated } of parse({ text, path, lines, refuse })) {
    if (!isMap(contents)) continue;
    if (repeated !== null) refuse(repeated, "a key stands twice in a mapping");
    documents.push({ top: contents, links });
  }
  const placeAt = (offset: number): ReturnType<YamlNodes["placeAt"]> => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  return { documents, lineAt, placeAt };
}

function parsed(file: Reading): readonly Parsed[] {
  const { text } = file;
  if (text.length > LENGTH_MAX) {
    const path = JSON.stringify(file.path);
    throw new AppError("limit-exceeded", `cannot read ${path}: larger than ${LENGTH_MAX} bytes`);
  }
  if (isTooDeep(text)) {
    const path = JSON.stringify(file.path);
    throw new AppError("limit-exceeded", `cannot read ${path}: it is nested too deeply`);
  }
  // The library compares every key of a mapping with every other one.
  const options = { lineCounter: file.lines, uniqueKeys: false };
  const documents = parseAllDocuments(text, options);
  if (!Array.isArray(documents)) return [];
  for (const { errors } of documents) {
    const [error] = errors;
    if (error === undefined) continue;
    file.refuse(error.pos[0], (error.message.split("\n", 1)[0] ?? "").replace(/ at line .*$/, ""));
  }
  return documents.map((document) => ({ contents: document.contents, ...linksIn(document) }));
}

function withoutLinks(top: unknown): Pick<Parsed, "links" | "repeated"> {
  return { links: NO_LINKS, repeated: repeatedIn(top) };
}

/** In one pass: the library looks through the whole document for each alias. */
function linksIn(document: Document): { links: YamlLinks; repeated: number | null } {
  const targets = new Map<unknown, unknown>();
  const anchors = new Map<string, unknown>();
  let repeated: number | null = null;
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

/** Where the first of the keys stands that stand twice, without the costs of visiting every key. */
function repeatedIn(node: unknown): number | null {
  if (isSeq(node)) return firstOf(node.items, repeatedIn);
  if (!isMap(node)) return null;
  return repeatedKey(node) ?? firstOf(node.items, ({ value }) => repeatedIn(value));
}

function firstOf<T>(items: readonly T[], of: (item: T) => number | null): number | null {
  for (const item of items) {
    const found = of(item);
    if (found !== null) return found;
  }
  return null;
}

function repeatedKey({ items }: YAMLMap): number | null {
  const known = new Set<unknown>();
  for (const { key } of items) {
    if (!isScalar(key) || key.value === "<<") continue;
    if (known.has(key.value)) return key.range?.[0] ?? 0;
    known.add(key.value);
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

const NO_LINKS = new YamlLinks(new Map());

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
