// Calls: which overload is meant is decided by what is known, and the rest by the values.

import { fault } from "../syntax/fault.ts";
import { Failure, fail, Meter } from "../values/failure.ts";
import { typeNameOf, type Value } from "../values/value.ts";
import {
  type Bound,
  boundOf,
  type Frame,
  literalNode,
  type Node,
  nodeOf,
  type Run,
  sizeBound,
} from "./node.ts";
import { operatorExtra, operatorRun } from "./operators.ts";
import { type Overload, sizeOf } from "./overload.ts";
import { join, type Type } from "./type.ts";

interface Call {
  readonly name: string;
  /** Those that may be meant; at least one, all of one number of parameters. */
  readonly overloads: readonly Overload[];
  readonly args: readonly Node[];
  readonly at: number;
  readonly isUnchecked: boolean;
}

const EARLY_BUDGET = 100_000;

export function callNode(call: Call): Node {
  const { name, overloads, args } = call;
  const types = args.map(({ type }) => type);
  const type = join(overloads.map(({ result }) => result(types)));
  const bounds = boundsOf(args);
  const size = Math.max(...overloads.map((overload) => resultSize(overload, args)));
  const bound = boundOf(type, size, bounds);
  const run =
    operatorRun(name, args) ??
    dispatch(
      name,
      overloads,
      args.map((arg) => arg.run),
    );
  checkLiterals(call);
  const early = earlyValue(call, run);
  if (early !== undefined) return literalNode(early, type, bound);
  const extra = operatorExtra(name, args) ?? extraCost(overloads, args);
  return nodeOf({ run, type, parts: args, bound, extra });
}

function sizesOf({ params }: Overload, args: readonly Node[]): number[] {
  return args.map((arg, i) => sizeBound(arg, params[i] as Type));
}

function resultSize(overload: Overload, args: readonly Node[]): number {
  const sizes = sizesOf(overload, args);
  return overload.size === null ? Math.max(0, ...sizes) : overload.size(sizes, boundsOf(args));
}

function boundsOf(args: readonly Node[]): readonly Bound[] {
  return args.map(({ bound }) => bound);
}

function extraCost(overloads: readonly Overload[], args: readonly Node[]): number {
  const costs = overloads.map(
    ({ cost, worst, params }) =>
      worst?.(boundsOf(args)) ??
      cost?.(args.map((arg, i) => sizeBound(arg, params[i] as Type))) ??
      0,
  );
  return Math.max(...costs);
}

function checkLiterals({ overloads, args, at, isUnchecked }: Call): void {
  const literals = args.map(({ literal }) => literal);
  try {
    for (const { check } of isUnchecked ? [] : overloads) check?.(literals);
  } catch (error) {
    if (error instanceof Failure) fault(at, error.message);
    throw error;
  }
}

/** Calls what may be called while compiling; undefined when it may not, or when that is left to the run. */
function earlyValue({ overloads, args, at, isUnchecked }: Call, run: Run): Value | undefined {
  const isKnown = args.every(({ literal }) => literal !== undefined);
  if (isUnchecked || !isKnown || !overloads.every(({ isEarly }) => isEarly)) return undefined;
  try {
    return run({ slots: [], meter: new Meter(EARLY_BUDGET) });
  } catch (error) {
    if (error instanceof Failure) return fault(at, error.message);
    return undefined;
  }
}

function dispatch(name: string, overloads: readonly Overload[], args: readonly Run[]): Run {
  const [first] = overloads;
  if (first !== undefined && overloads.length === 1) {
    const [one, two] = args;
    if (args.length === 1 && one !== undefined) return unaryRun(first, one);
    if (args.length === 2 && one !== undefined && two !== undefined)
      return binaryRun(first, one, two);
  }
  return (frame) => {
    const values = args.map((run) => run(frame));
    for (const overload of overloads)
      if (overload.params.every((param, i) => param.has(values[i] as Value)))
        return invoke(overload, values, frame);
    return mismatch(name, values);
  };
}

function invoke({ run, cost }: Overload, values: readonly Value[], { meter }: Frame): Value {
  if (cost !== null) meter.spend(cost(values.map(sizeOf)));
  return run(values, meter);
}

function unaryRun(overload: Overload, arg: Run): Run {
  const [param] = overload.params as [Type];
  return (frame) => {
    const value = arg(frame);
    if (!param.has(value)) return mismatch(overload.name, [value]);
    return invoke(overload, [value], frame);
  };
}

function binaryRun(overload: Overload, left: Run, right: Run): Run {
  const [first, second] = overload.params as [Type, Type];
  return (frame) => {
    const a = left(frame);
    const b = right(frame);
    if (!first.has(a) || !second.has(b)) return mismatch(overload.name, [a, b]);
    return invoke(overload, [a, b], frame);
  };
}

function mismatch(name: string, values: readonly Value[]): never {
  return fail(`no such overload: ${name}(${values.map(typeNameOf).join(", ")})`);
}
