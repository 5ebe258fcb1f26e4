// YAML nodes as plain values, and the way back: the place of a value that a JSON pointer names.
import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from "yaml";
import { AppError } from "../kit/error.ts";
import { pointerKeys } from "../kit/json-pointer.ts";
import type { YamlLinks, YamlTop } from "./yaml-nodes.ts";

/** Deeper nesting is nobody's object. */
const DEPTH_MAX = 200;
/** Members that are copied by merging (`<<`), together: each mapping of many may merge one that is large. */
const MERGED_MEMBERS_MAX = 500_000;

/**
 * Converts a document into what `JSON.parse` would give for it. An alias is the very value that it stands for, so that
 * documents which repeat themselves take no more room than they have.
 *
 * @throws {AppError} `limit-exceeded` when it is nested too deeply.
 */
export function plainValue({ top, links }: YamlTop): unknown {
  return new Converter(links).value(top, 0);
}

class Converter {
  readonly #links: YamlLinks;
  readonly #known = new Map<unknown, unknown>();
  #mergedLeft = MERGED_MEMBERS_MAX;

  constructor(links: YamlLinks) {
    this.#links = links;
  }

  value(written: unknown, depth: number): unknown {
    const node = this.#links.real(written);
    if (isScalar(node)) return scalarValue(node);
    if (this.#known.has(node)) return this.#known.get(node);
    if (depth > DEPTH_MAX)
      throw new AppError("limit-exceeded", `it is nested more than ${DEPTH_MAX} deep`);
    if (isSeq(node)) {
      const list: unknown[] = [];
      this.#known.set(node, list);
      for (const item of node.items) list.push(this.value(item, depth + 1));
      return list;
    }
    return isMap(node) ? this.#map(node, depth) : null;
  }

  #map(node: YAMLMap, depth: number): unknown {
    // Without a prototype: a stranger's key may be `__proto__`.
    const object: Record<string, unknown> = Object.create(null);
    this.#known.set(node, object);
    for (const { key, value } of node.items) {
      if (!isScalar(key) || key.value === "<<") continue;
      object[String(key.value)] = this.value(value, depth + 1);
    }
    for (const merged of this.#links.merged(node)) {
      const members = this.value(merged, depth + 1) as Readonly<Record<string, unknown>>;
      const names = Object.keys(members);
      this.#mergedLeft -= names.length;
      if (this.#mergedLeft < 0)
        throw new AppError("limit-exceeded", "it merges mappings too often");
      for (const name of names) if (!(name in object)) object[name] = members[name];
    }
    return object;
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
