// Going through a list or a map, one element at a time. One variable takes elements, or keys; two take index and element, or
// key and value.

import { fault } from "../syntax/fault.ts";
import type { Expression } from "../syntax/syntax.ts";
import { fail } from "../values/failure.ts";
import {
  type AnyMap,
  entryOf,
  isMap,
  keysOf,
  lift,
  typeNameOf,
  type Value,
} from "../values/value.ts";
import type { Compiling } from "./compiling.ts";
import { type Frame, type Node, type Run, SCALAR } from "./node.ts";
import type { Scope } from "./scope.ts";
import { DYN, INT, partOf, printType, type Type } from "./type.ts";

/** The range of a comprehension, and the scope of what is evaluated for each element. */
export interface Loop {
  readonly range: Node;
  /** The most elements that it may have. */
  readonly itemsMax: number;
  readonly scope: Scope;
  /** The type of the last variable. */
  readonly element: Type;
  readonly slots: readonly number[];
}

const RANGES: ReadonlySet<string> = new Set(["dyn", "list", "map"]);

/** Compiles `range.macro(x, …)` or `range.macro(k, v, …)` up to its variables. */
export function loopOf(
  compiling: Compiling,
  target: Expression,
  names: readonly Expression[],
  scope: Scope,
): Loop {
  const range = compiling.compile(target, scope);
  const { type, bound } = range;
  if (!RANGES.has(type.name))
    fault(target.at, `a value of type ${printType(type)} has no elements to go through`);
  const variables = variableTypes(type, names.length);
  const slots: number[] = [];
  // Together, the elements are as large as the whole.
  const inner = { ...bound, nodes: Math.max(1, bound.nodes / Math.max(1, bound.items)) };
  let scopeInside = scope;
  const seen = new Set<string>();
  names.forEach((expression, i) => {
    const name = variableName(expression);
    if (seen.has(name)) fault(expression.at, `"${name}" names two variables`);
    seen.add(name);
    const variable = variables[i] ?? DYN;
    const binding = compiling.bind(variable, variable.name === "int" ? SCALAR : inner);
    slots.push(binding.slot);
    scopeInside = scopeInside.with(name, binding);
  });
  return {
    range,
    itemsMax: bound.items,
    scope: scopeInside,
    element: variables.at(-1) ?? DYN,
    slots,
  };
}

export function variableName(expression: Expression): string {
  if (expression.kind !== "name" || expression.isRoot)
    return fault(expression.at, "expected the name of a variable");
  return expression.name;
}

function variableTypes(range: Type, count: number): readonly Type[] {
  if (range.name === "list") return count === 1 ? [partOf(range, 0)] : [INT, partOf(range, 0)];
  if (range.name === "map") return count === 1 ? [partOf(range, 0)] : range.of;
  return count === 1 ? [DYN] : [DYN, DYN];
}

/** Puts element after element into the slots; `visit` ends it by true. */
export type Walk = (frame: Frame, visit: () => boolean) => void;

/** @param price Spent for each element. */
export function walkOf({ range, slots }: Loop, price: number): Walk {
  const [first = 0, second] = slots;
  return second === undefined
    ? walkOne(range.run, first, price)
    : walkTwo(range.run, first, second, price);
}

function walkOne(range: Run, slot: number, price: number): Walk {
  return (frame, visit) => {
    const items = elementsOf(range(frame));
    for (let i = 0; i < items.length; i += 1) {
      frame.meter.spend(price);
      frame.slots[slot] = lift(items[i]);
      if (visit()) return;
    }
  };
}

function walkTwo(range: Run, first: number, second: number, price: number): Walk {
  return (frame, visit) => {
    const container = range(frame);
    const items = elementsOf(container);
    const isOfList = Array.isArray(container);
    for (let i = 0; i < items.length; i += 1) {
      frame.meter.spend(price);
      const item = lift(items[i]);
      frame.slots[first] = isOfList ? i : item;
      frame.slots[second] = isOfList ? item : (entryOf(container as AnyMap, item) ?? null);
      if (visit()) return;
    }
  };
}

function elementsOf(value: Value): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (isMap(value)) return keysOf(value);
  return fail(`no such overload: a value of type ${typeNameOf(value)} has no elements`);
}
