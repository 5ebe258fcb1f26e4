// Functions as an expression may call them: a name, and overloads that differ in their parameters.
import type { Meter } from "../values/failure.ts";
import { type AnyMap, Bytes, isMap, sizeOfMap, type Value } from "../values/value.ts";
import type { Bound } from "./node.ts";
import type { Type } from "./type.ts";

/** One form of a function. What `run` is given has passed the guards of `params`. */
export interface Overload {
  /** `startsWith`, `math.abs`, `_+_`. */
  readonly name: string;
  /** Called as `receiver.name()`; the receiver is the first parameter. */
  readonly isMethod: boolean;
  readonly params: readonly Type[];
  readonly result: (args: readonly Type[]) => Type;
  readonly run: (args: readonly Value[], meter: Meter) => Value;
  /** What a call costs, by the sizes of its arguments; the same formula tells the worst case and what is spent. */
  readonly cost: ((sizes: readonly number[]) => number) | null;
  /** The worst case of what the function spends by itself for what it finds inside its arguments; instead of `cost`. */
  readonly worst: ((bounds: readonly Bound[]) => number) | null;
  /** The largest size of the result; null: as large as the largest argument. */
  readonly size: ((sizes: readonly number[], bounds: readonly Bound[]) => number) | null;
  /** Called when compiling with literal arguments, so that an error is heard at load. */
  readonly isEarly: boolean;
  /** Looks at those arguments that are literals, and fails for what can never work. */
  readonly check: ((literals: readonly (Value | undefined)[]) => void) | null;
}

type Values<P extends readonly Type[]> = { [I in keyof P]: P[I] extends Type<infer T> ? T : never };

export interface OverloadFacts {
  readonly cost?: (sizes: readonly number[]) => number;
  readonly worst?: (bounds: readonly Bound[]) => number;
  readonly size?: (sizes: readonly number[], bounds: readonly Bound[]) => number;
  readonly isEarly?: true;
  readonly check?: (literals: readonly (Value | undefined)[]) => void;
}

type Result = Type | ((args: readonly Type[]) => Type);

/** A function called as `name(a, b)`. */
export function defineFunction<const P extends readonly Type[]>(
  name: string,
  params: P,
  result: Result,
  run: (...args: [...Values<P>, Meter]) => Value,
  facts: OverloadFacts = {},
): Overload {
  const call = run as unknown as (...args: (Value | Meter)[]) => Value;
  return {
    name,
    isMethod: false,
    params,
    result: typeof result === "function" ? result : () => result,
    run: runOf(params.length, call),
    cost: facts.cost ?? null,
    worst: facts.worst ?? null,
    size: facts.size ?? null,
    isEarly: facts.isEarly ?? false,
    check: facts.check ?? null,
  };
}

/** A function called as `receiver.name(a, b)`. */
export function defineMethod<const P extends readonly Type[]>(
  name: string,
  params: P,
  result: Result,
  run: (...args: [...Values<P>, Meter]) => Value,
  facts: OverloadFacts = {},
): Overload {
  return { ...defineFunction(name, params, result, run, facts), isMethod: true };
}

/** Spreading is slow; nearly all functions have one or two parameters. */
function runOf(count: number, run: (...args: (Value | Meter)[]) => Value): Overload["run"] {
  switch (count) {
    case 1:
      return (args, meter) => run(args[0] as Value, meter);
    case 2:
      return (args, meter) => run(args[0] as Value, args[1] as Value, meter);
    default:
      return (args, meter) => run(...args, meter);
  }
}

/** What formulas of cost call the size of a value. */
export function sizeOf(value: Value): number {
  if (typeof value === "string" || Array.isArray(value)) return value.length;
  if (value instanceof Bytes) return value.value.length;
  return isMap(value) ? sizeOfMap(value as AnyMap) : 1;
}

// Formulas that many functions share. A tenth per character is Kubernetes' price for going through a text.

export const PER_CHARACTER = 0.1;

export function throughFirst(sizes: readonly number[]): number {
  return 1 + (sizes[0] ?? 0) * PER_CHARACTER;
}

export function throughAll(sizes: readonly number[]): number {
  return 1 + sum(sizes) * PER_CHARACTER;
}

export function perElement(sizes: readonly number[]): number {
  return 1 + (sizes[0] ?? 0);
}

export function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}

/** The functions of an environment, by name. */
export type Library = ReadonlyMap<string, readonly Overload[]>;

export function libraryOf(overloads: Iterable<Overload>): Library {
  const library = new Map<string, Overload[]>();
  for (const overload of overloads) {
    const known = library.get(overload.name);
    if (known === undefined) library.set(overload.name, [overload]);
    else known.push(overload);
  }
  return library;
}
