// What each part of an expression becomes: a closure to run, and what is known before it runs.
import type { Meter } from "../values/failure.ts";
import type { Value } from "../values/value.ts";
import type { Type } from "./type.ts";

/** One evaluation. Variables and what comprehensions bind lie in numbered slots. */
export interface Frame {
  readonly slots: (Value | undefined)[];
  readonly meter: Meter;
}

export type Run = (frame: Frame) => Value;

/** Upper bounds of a value and of everything inside it. */
export interface Bound {
  /** Of a list or map. */
  readonly items: number;
  /** Of a text or of bytes. */
  readonly length: number;
  /** Of all values inside, itself included. */
  readonly nodes: number;
}

export const SCALAR: Bound = { items: 0, length: 0, nodes: 1 };

export interface Node {
  readonly run: Run;
  readonly type: Type;
  /** Spent whenever it is evaluated; loops and what depends on sizes are spent when they happen. */
  readonly flat: number;
  /** The most that it can cost, `flat` included. */
  readonly cost: number;
  readonly bound: Bound;
  /** Its value, if that is known already. */
  readonly literal: Value | undefined;
}

export function literalNode(value: Value, type: Type, bound: Bound = SCALAR): Node {
  return { run: () => value, type, flat: 0, cost: 0, bound, literal: value };
}

interface Made {
  readonly run: Run;
  readonly type: Type;
  readonly parts: readonly Node[];
  readonly bound?: Bound;
  /** What every evaluation costs beside its parts. Default: 1. */
  readonly own?: number;
  /** What it may cost on top. */
  readonly extra?: number;
}

/** A node that evaluates each of its parts at most once. */
export function nodeOf({ run, type, parts, bound = SCALAR, own = 1, extra = 0 }: Made): Node {
  let flat = own;
  let cost = own + extra;
  for (const part of parts) {
    flat += part.flat;
    cost += part.cost;
  }
  return { run, type, flat, cost, bound, literal: undefined };
}

export function largest(bounds: readonly Bound[]): Bound {
  let { items, length, nodes } = SCALAR;
  for (const bound of bounds) {
    items = Math.max(items, bound.items);
    length = Math.max(length, bound.length);
    nodes = Math.max(nodes, bound.nodes);
  }
  return { items, length, nodes };
}

const TEXTS: ReadonlySet<string> = new Set(["string", "bytes"]);
const CONTAINERS: ReadonlySet<string> = new Set(["list", "map", "optional_type"]);

/** The size that formulas of cost may expect, of a value that will be used as a type. */
export function sizeBound({ type, bound }: Node, wanted: Type): number {
  const { name } = type.name === "dyn" ? wanted : type;
  if (TEXTS.has(name)) return bound.length;
  if (CONTAINERS.has(name)) return bound.items;
  return name === "dyn" ? Math.max(bound.items, bound.length) : 1;
}

/** The bound of a result of a type, given its size and what it was made of. */
export function boundOf({ name }: Type, size: number, parts: readonly Bound[]): Bound {
  if (TEXTS.has(name)) return { items: 0, length: size, nodes: 1 };
  const inner = largest(parts);
  const nodes = parts.reduce((total, part) => total + part.nodes, 1);
  if (CONTAINERS.has(name))
    return {
      items: Math.max(size, inner.items),
      length: inner.length,
      nodes: Math.max(nodes, size),
    };
  return name === "dyn"
    ? { items: Math.max(size, inner.items), length: Math.max(size, inner.length), nodes }
    : SCALAR;
}
