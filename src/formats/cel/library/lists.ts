// Lists and sets. Source: github.com/google/cel-go, ext/README.md, "Lists" and "Sets"; Kubernetes' documentation "Common
// Expression Language in Kubernetes", "Kubernetes list library".

import { type Bound, SCALAR } from "../compile/node.ts";
import { defineFunction, defineMethod, type Overload, perElement } from "../compile/overload.ts";
import { BOOL, DYN, INT, LIST, listOf, partOf, type Type } from "../compile/type.ts";
import { fail, type Meter } from "../values/failure.ts";
import { isEqual, order } from "../values/order.ts";
import { Duration } from "../values/time.ts";
import { Double, lift, typeNameOf, Uint, type Value } from "../values/value.ts";
import { add, isWhole, type Whole } from "../values/whole.ts";

function has(list: readonly unknown[], value: Value, meter: Meter): boolean {
  return list.some((raw) => {
    meter.spend(1);
    return isEqual(lift(raw), value, meter);
  });
}

/** Texts, bools and whole numbers are told apart by a set; whatever else there is, one by one. */
function distinct(list: readonly unknown[], meter: Meter): readonly Value[] {
  const seen = new Set<Value>();
  const others: Value[] = [];
  return list.map(lift).filter((value) => {
    meter.spend(1);
    if (typeof value === "string" || typeof value === "boolean") {
      if (seen.has(value)) return false;
      seen.add(value);
      return true;
    }
    if (has(others, value, meter)) return false;
    others.push(value);
    return true;
  });
}

function flatten(list: readonly unknown[], depth: Whole, meter: Meter): readonly Value[] {
  if (depth < 0) return fail("a depth is negative");
  return list.flatMap((raw) => {
    meter.spend(1);
    const value = lift(raw);
    return Array.isArray(value) && depth > 0 ? flatten(value, Number(depth) - 1, meter) : [value];
  });
}

function slice(list: readonly unknown[], start: Whole, end: Whole): readonly unknown[] {
  if (start < 0 || end < 0 || start > end || end > list.length)
    return fail(`a slice from ${start} to ${end} of a list of ${list.length}`);
  return list.slice(Number(start), Number(end));
}

function range(count: Whole, meter: Meter): readonly number[] {
  if (count < 0) return fail(`a range of ${count} elements`);
  meter.spend(Number(count));
  return Array.from({ length: Number(count) }, (_, i) => i);
}

/** Elements are of one type that has an order. */
function sort(list: readonly unknown[]): readonly Value[] {
  const values = list.map(lift);
  const [first] = values;
  for (const value of values) {
    if (first !== undefined && typeNameOf(value) !== typeNameOf(first))
      fail("no such overload: elements of several types have no order");
    order(value, value);
  }
  return values.toSorted(order);
}

function isSorted(list: readonly unknown[]): boolean {
  let isSo = true;
  for (let i = 1; i < list.length; i += 1)
    if (!(order(lift(list[i - 1]), lift(list[i])) <= 0)) isSo = false;
  return isSo;
}

function extreme(list: readonly unknown[], sign: 1 | -1): Value {
  let best: Value | undefined;
  for (const raw of list) {
    const value = lift(raw);
    if (best === undefined || order(value, best) * sign > 0) best = value;
  }
  return best === undefined ? fail("an empty list has no least and no greatest element") : best;
}

/** Of numbers of one type, or of spans; 0 for none. */
function total(list: readonly unknown[]): Value {
  let result: Value | undefined;
  for (const raw of list) {
    const value = lift(raw);
    result = result === undefined ? summand(value) : plus(result, value);
  }
  return result ?? 0;
}

function summand(value: Value): Value {
  const isOne =
    isWhole(value) || value instanceof Uint || value instanceof Double || value instanceof Duration;
  return isOne ? value : fail(`no such overload: sum of ${typeNameOf(value)}`);
}

function plus(a: Value, b: Value): Value {
  if (isWhole(a) && isWhole(b)) return add(a, b, "int");
  if (a instanceof Uint && b instanceof Uint) return new Uint(add(a.value, b.value, "uint"));
  if (a instanceof Double && b instanceof Double) return new Double(a.value + b.value);
  if (a instanceof Duration && b instanceof Duration) return new Duration(a.nanos + b.nanos);
  return fail(`no such overload: sum of ${typeNameOf(a)} and ${typeNameOf(b)}`);
}

function place(list: readonly unknown[], value: Value, isLast: boolean, meter: Meter): number {
  const isIt = (raw: unknown): boolean => {
    meter.spend(1);
    return isEqual(lift(raw), value, meter);
  };
  return isLast ? list.findLastIndex(isIt) : list.findIndex(isIt);
}

const same = ([type = DYN]: readonly Type[]): Type => (type.name === "list" ? type : LIST);
const element = ([type = DYN]: readonly Type[]): Type =>
  type.name === "list" ? partOf(type, 0) : DYN;
const through = { cost: perElement };
/** Every element against the insides of all. */
const pairs = {
  worst: ([a = SCALAR, b = a]: readonly Bound[]): number =>
    1 + 2 * a.items * b.items + 2 * Math.max(a.items * b.nodes, b.items * a.nodes),
};
const inside = {
  worst: ([list = SCALAR]: readonly Bound[]): number => 1 + list.items + list.nodes,
  size: (_: readonly number[], [list = SCALAR]: readonly Bound[]): number => list.nodes,
};
/** What `lists.range` is taken to give when the number is not known. */
const RANGE = 1_000;
const sorting = {
  cost: ([size = 0]: readonly number[]): number => 1 + size * Math.ceil(Math.log2(size + 2)),
};

export const listLibrary: readonly Overload[] = [
  defineMethod("distinct", [LIST], same, distinct, pairs),
  defineMethod("flatten", [LIST], LIST, (list, meter) => flatten(list, 1, meter), inside),
  defineMethod("flatten", [LIST, INT], LIST, flatten, inside),
  defineMethod("slice", [LIST, INT, INT], same, slice, through),
  defineMethod("sort", [LIST], same, sort, sorting),
  defineMethod("reverse", [LIST], same, (list) => list.toReversed(), through),
  defineFunction("lists.range", [INT], listOf(INT), range, {
    worst: () => RANGE,
    size: () => RANGE,
  }),
  defineMethod("isSorted", [LIST], BOOL, isSorted, through),
  defineMethod("sum", [LIST], element, total, through),
  defineMethod("min", [LIST], element, (list) => extreme(list, -1), through),
  defineMethod("max", [LIST], element, (list) => extreme(list, 1), through),
  defineMethod("indexOf", [LIST, DYN], INT, (a, b, meter) => place(a, b, false, meter), inside),
  defineMethod("lastIndexOf", [LIST, DYN], INT, (a, b, meter) => place(a, b, true, meter), inside),
];

export const setLibrary: readonly Overload[] = [
  defineFunction(
    "sets.contains",
    [LIST, LIST],
    BOOL,
    (a, b, meter) => b.every((raw) => has(a, lift(raw), meter)),
    pairs,
  ),
  defineFunction(
    "sets.intersects",
    [LIST, LIST],
    BOOL,
    (a, b, meter) => b.some((raw) => has(a, lift(raw), meter)),
    pairs,
  ),
  defineFunction(
    "sets.equivalent",
    [LIST, LIST],
    BOOL,
    (a, b, meter) =>
      a.every((raw) => has(b, lift(raw), meter)) && b.every((raw) => has(a, lift(raw), meter)),
    pairs,
  ),
];
