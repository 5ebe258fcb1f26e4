// Operators that run without a look at overloads, because policies consist of them.
import { fail } from "../values/failure.ts";
import { contains, isEqual, order } from "../values/order.ts";
import { Optional, typeNameOf, type Value } from "../values/value.ts";
import type { Node, Run } from "./node.ts";

/** The closure of an operator; null for functions and operators that have none. */
export function operatorRun(name: string, args: readonly Node[]): Run | null {
  const [left, right] = args;
  if (left === undefined || right === undefined) return null;
  if (name === "_in_") return inRun(left, right);
  return OPERATORS.get(name)?.(left.run, right.run) ?? null;
}

const OPERATORS: ReadonlyMap<string, (a: Run, b: Run) => Run> = new Map<
  string,
  (a: Run, b: Run) => Run
>([
  ["_==_", (a, b) => (frame) => isEqual(a(frame), b(frame), frame.meter)],
  ["_!=_", (a, b) => (frame) => !isEqual(a(frame), b(frame), frame.meter)],
  ["_<_", (a, b) => (frame) => order(a(frame), b(frame)) < 0],
  ["_<=_", (a, b) => (frame) => order(a(frame), b(frame)) <= 0],
  ["_>_", (a, b) => (frame) => order(a(frame), b(frame)) > 0],
  ["_>=_", (a, b) => (frame) => order(a(frame), b(frame)) >= 0],
  // What stands for an absent value is evaluated only when it is absent.
  [
    "or",
    (a, b) => (frame) => {
      const value = optionalIn(a(frame));
      return value.value === undefined ? optionalIn(b(frame)) : value;
    },
  ],
  [
    "orValue",
    (a, b) => (frame) => {
      const { value } = optionalIn(a(frame));
      return value === undefined ? b(frame) : value;
    },
  ],
]);

function optionalIn(value: Value): Optional {
  if (value instanceof Optional) return value;
  return fail(`no such overload: ${typeNameOf(value)} where an optional is wanted`);
}

/** A list of texts that is written down is asked as a set. */
function inRun(value: Node, container: Node): Run {
  const list = container.literal;
  const isTexts = Array.isArray(list) && list.every((item) => typeof item === "string");
  const texts = isTexts ? new Set<Value>(list) : null;
  const { run } = value;
  if (texts !== null) return (frame) => texts.has(run(frame));
  const containerRun = container.run;
  return (frame) => {
    const needle = run(frame);
    return contains(containerRun(frame), needle, frame.meter);
  };
}

/** The most that an operator may spend by itself; null for what overloads tell. */
export function operatorExtra(name: string, args: readonly Node[]): number | null {
  const [left, right] = args;
  if (left === undefined || right === undefined) return null;
  if (name === "_==_" || name === "_!=_") return Math.min(nodes(left), nodes(right));
  if (name !== "_in_") return null;
  const isScalar = nodes(left) === 1;
  return right.type.name === "map" ? 1 : isScalar ? right.bound.items : nodes(right);
}

const COMPOSITE: ReadonlySet<string> = new Set(["dyn", "list", "map", "optional_type"]);

function nodes({ type, bound }: Node): number {
  return COMPOSITE.has(type.name) ? bound.nodes : 1;
}
