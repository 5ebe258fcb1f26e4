// YAML nodes as plain values, and the way back: the place of a value that a JSON pointer names.
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { AppError } from "../kit/error.ts";
import { pointerKeys } from "../kit/json-pointer.ts";
import type { YamlLinks, YamlTop } from "./yaml-nodes.ts";

/** Deeper nesting is nobody's object. */
const DEPTH_MAX = 200;
/** Members that are copied by merging (`<<`), together: each mapping of many may merge one that is large. */
const MERGED_MEMBERS_MAX = 500_000;

/** What no program would take for an object: its message is a reason, in lower case. */
export class NoPlainValue extends AppError {
  readonly offset: number;

  constructor(node: unknown, reason: string) {
    super("config-invalid", reason);
    this.offset = startOf(node) ?? 0;
  }
}

/**
 * Converts a document into what `JSON.parse` would give for it. An alias is the very value that it stands for, so that
 * documents which repeat themselves take no more room than they have.
 *
 * @throws {NoPlainValue} when it is nested too deeply, holds itself, or has keys, aliases or merges that mean nothing.
 */
export function plainValue({ top, links }: YamlTop): unknown {
  return new Converter(links).value(top, 0);
}

class Converter {
  readonly #links: YamlLinks;
  readonly #known = new Map<unknown, unknown>();
  /** What is being converted: the way down to where we are. */
  readonly #open = new Set<unknown>();
  #mergedLeft = MERGED_MEMBERS_MAX;

  constructor(links: YamlLinks) {
    this.#links = links;
  }

  value(written: unknown, depth: number): unknown {
    const node = this.#links.real(written);
    if (isScalar(node)) return scalarValue(node);
    if (!isSeq(node) && !isMap(node)) return this.#nothing(written);
    if (this.#open.has(node)) throw new NoPlainValue(written, "an anchor contains itself");
    if (this.#known.has(node)) return this.#known.get(node);
    if (depth > DEPTH_MAX)
      throw new NoPlainValue(written, `it is nested more than ${DEPTH_MAX} deep`);
    this.#open.add(node);
    const value = isSeq(node) ? this.#list(node, depth) : this.#map(node, depth);
    this.#open.delete(node);
    this.#known.set(node, value);
    return value;
  }

  #nothing(written: unknown): null {
    if (!isAlias(written)) return null;
    throw new NoPlainValue(written, `there is no anchor ${JSON.stringify(written.source)} above`);
  }

  #list({ items }: YAMLSeq, depth: number): unknown[] {
    return items.map((item) => this.value(item, depth + 1));
  }

  #map(node: YAMLMap, depth: number): unknown {
    // Without a prototype: a stranger's key may be `__proto__`.
    const object: Record<string, unknown> = Object.create(null);
    let merge: Pair | null = null;
    for (const pair of node.items) {
      const key = this.#links.real(pair.key);
      if (!isScalar(key)) throw new NoPlainValue(pair.key, "a key is a list or a mapping");
      if (key.value === "<<") merge = pair;
      else object[String(key.value)] = this.value(pair.value, depth + 1);
    }
    if (merge !== null) this.#merge(object, merge, this.#links.merged(node), depth);
    return object;
  }

  #merge(
    object: Record<string, unknown>,
    { key, value }: Pair,
    all: readonly YAMLMap[],
    depth: number,
  ): void {
    const real = this.#links.real(value);
    if (all.length !== (isSeq(real) ? real.items.length : 1))
      throw new NoPlainValue(key, "what is merged (<<) is no mapping");
    for (const merged of all) {
      const members = this.value(merged, depth + 1) as Readonly<Record<string, unknown>>;
      const names = Object.keys(members);
      this.#mergedLeft -= names.length;
      if (this.#mergedLeft < 0) throw new NoPlainValue(key, "it merges mappings too often");
      for (const name of names) if (!(name in object)) object[name] = members[name];
    }
  }
}

/** The words of YAML 1.1, which the programs that read these files still take for truth values where they are not quoted. */
const WORDS: ReadonlyMap<string, boolean> = new Map([
  ["yes", true],
  ["on", true],
  ["y", true],
  ["no", false],
  ["off", false],
  ["n", false],
]);

function scalarValue({ value, type }: { value: unknown; type?: string | undefined }): unknown {
  if (typeof value === "bigint") return Number(value);
  if (type !== "PLAIN" || typeof value !== "string" || value.length > 3) return value;
  const isWord =
    value === value.toLowerCase() || value === value.toUpperCase() || /^[YNO][a-z]+$/.test(value);
  return (isWord ? WORDS.get(value.toLowerCase()) : undefined) ?? value;
}

/**
 * Where a value stands: at its key, or at itself in a list; at the last one that is there when the pointer leads nowhere.
 *
 * @returns The offset in characters; 0 for the top.
 */
export function offsetOf({ top, links }: YamlTop, pointer: string): number {
  let node: unknown = top;
  let offset = startOf(node) ?? 0;
  for (const key of pointerKeys(pointer)) {
    const step = stepInto(node, key, links);
    if (step === null) break;
    offset = step.offset ?? offset;
    node = step.node;
  }
  return offset;
}

interface Step {
  readonly node: unknown;
  readonly offset: number | undefined;
}

function stepInto(node: unknown, key: string, links: YamlLinks): Step | null {
  if (isSeq(node)) {
    const item = node.items[Number(key)];
    if (item === undefined) return null;
    const real = links.real(item);
    return { node: real, offset: startOf(real) };
  }
  const pair: Pair | undefined = isMap(node) ? links.pair(node, key) : undefined;
  if (pair === undefined) return null;
  return { node: links.real(pair.value), offset: startOf(pair.key) };
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null)?.range?.[0];
}
