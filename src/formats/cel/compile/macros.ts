// Calls that are no calls: their arguments are evaluated many times, or never. Source: cel-spec doc/langdef.md, "Macros";
// github.com/google/cel-go, ext: bindings, comprehensions (two variables), and OptionalTypes.

import { fault } from "../syntax/fault.ts";
import type { Expression } from "../syntax/syntax.ts";
import { Failure, fail } from "../values/failure.ts";
import {
  entryOf,
  isMap,
  type Key,
  KeyedMap,
  keysOf,
  NONE,
  Optional,
  typeNameOf,
  type Value,
} from "../values/value.ts";
import { addEntry, hasField } from "./access.ts";
import type { CallExpression, Compiling } from "./compiling.ts";
import { answerOf } from "./logic.ts";
import { type Loop, loopOf, variableName, walkOf } from "./loop.ts";
import { type Bound, boundOf, type Frame, largest, type Node, nodeOf, SCALAR } from "./node.ts";
import type { Scope } from "./scope.ts";
import { BOOL, DYN, listOf, mapOf, OPTIONAL, optionalOf, partOf, type Type } from "./type.ts";

type Macro = (compiling: Compiling, call: CallExpression, scope: Scope) => Node;

/** By name and number of arguments; methods with a dot before. */
const MACROS: ReadonlyMap<string, Macro> = new Map<string, Macro>([
  ["has/1", has],
  [".all/2", quantifier(1, false)],
  [".all/3", quantifier(2, false)],
  [".exists/2", quantifier(1, true)],
  [".exists/3", quantifier(2, true)],
  [".exists_one/2", existsOne(1)],
  [".exists_one/3", existsOne(2)],
  [".existsOne/2", existsOne(1)],
  [".existsOne/3", existsOne(2)],
  [".filter/2", transformList({ variables: 1, hasFilter: true, hasTransform: false })],
  [".map/2", transformList({ variables: 1, hasFilter: false, hasTransform: true })],
  [".map/3", transformList({ variables: 1, hasFilter: true, hasTransform: true })],
  [".transformList/3", transformList({ variables: 2, hasFilter: false, hasTransform: true })],
  [".transformList/4", transformList({ variables: 2, hasFilter: true, hasTransform: true })],
  [".transformMap/3", transformMap({ hasFilter: false, isEntry: false })],
  [".transformMap/4", transformMap({ hasFilter: true, isEntry: false })],
  [".transformMapEntry/3", transformMap({ hasFilter: false, isEntry: true })],
  [".transformMapEntry/4", transformMap({ hasFilter: true, isEntry: true })],
  [".optMap/2", optionalMap(false)],
  [".optFlatMap/2", optionalMap(true)],
]);

/** The node of a macro; null for a call that is none. */
export function expandMacro(compiling: Compiling, call: CallExpression, scope: Scope): Node | null {
  const { target, name, args } = call;
  if (name === "bind" && args.length === 3 && isNamed(target, "cel"))
    return bind(compiling, call, scope);
  if ((name === "greatest" || name === "least") && isNamed(target, "math"))
    return extreme(compiling, call, scope);
  const macro = MACROS.get(`${target === null ? "" : "."}${name}/${args.length}`);
  return macro === undefined ? null : macro(compiling, call, scope);
}

function isNamed(target: Expression | null, name: string): boolean {
  return target !== null && target.kind === "name" && target.name === name;
}

/** `math.greatest(a, b, …)`, as a function of a list; of one argument, of a list or a number. */
function extreme(compiling: Compiling, call: CallExpression, scope: Scope): Node {
  const { name, args, at, depth } = call;
  const [only] = args;
  if (only === undefined) return compiling.refuse(at, `"math.${name}" takes at least one number`);
  const items = args.map((value) => ({ value, isOptional: false }));
  const one: Expression = args.length === 1 ? only : { kind: "list", items, at, depth };
  const inner = {
    kind: "call",
    target: null,
    name: `math.@${name}`,
    args: [one],
    at,
    depth,
  } as const;
  return compiling.compile(inner, scope);
}

function has(compiling: Compiling, { args, at }: CallExpression, scope: Scope): Node {
  const [arg] = args;
  if (arg?.kind !== "select" || arg.isOptional)
    return fault(at, "has() takes a selection, as in has(a.b)");
  const { field } = arg;
  const operand = compiling.compile(arg.operand, scope);
  const { run, type } = operand;
  if (type.name !== "dyn" && type.name !== "map" && type.name !== "optional_type")
    return compiling.refuse(at, `a value of type ${type.name} has no field "${field}"`);
  return nodeOf({ run: (frame) => hasField(run(frame), field), type: BOOL, parts: [operand] });
}

/** What a comprehension costs at most: its range, and for each element all that is evaluated for it. */
function loopNode(
  { range, itemsMax }: Loop,
  bodies: readonly Node[],
  made: { readonly run: Node["run"]; readonly type: Type; readonly bound?: Bound },
): Node {
  const each = bodies.reduce((total, body) => total + body.cost, 1 + KEEP_COST);
  return nodeOf({ ...made, parts: [range], extra: itemsMax * each });
}

function flatOf(bodies: readonly Node[]): number {
  return bodies.reduce((total, body) => total + body.flat, 1);
}

/** Results that are kept cost memory. */
const KEEP_COST = 2;

/** `all` and `exists`: errors count only when no element decides. */
function quantifier(variables: number, deciding: boolean): Macro {
  return (compiling, { target, args }, scope) => {
    const loop = loopOf(compiling, target as Expression, args.slice(0, variables), scope);
    const body = compiling.compileAs(BOOL, args[variables] as Expression, loop.scope);
    const walk = walkOf(loop, flatOf([body]));
    const { run } = body;
    return loopNode(loop, [body], {
      type: BOOL,
      run: (frame) => {
        let isDecided = false;
        let failure: Failure | null = null;
        walk(frame, () => {
          const answer = answerOf(run, frame);
          if (answer === deciding) isDecided = true;
          else if (typeof answer !== "boolean") failure ??= answer;
          return isDecided;
        });
        if (isDecided) return deciding;
        if (failure !== null) throw failure;
        return !deciding;
      },
    });
  };
}

function existsOne(variables: number): Macro {
  return (compiling, { target, args }, scope) => {
    const loop = loopOf(compiling, target as Expression, args.slice(0, variables), scope);
    const body = compiling.compileAs(BOOL, args[variables] as Expression, loop.scope);
    const walk = walkOf(loop, flatOf([body]));
    return loopNode(loop, [body], {
      type: BOOL,
      run: (frame) => {
        let count = 0;
        walk(frame, () => {
          if (isTrue(body, frame)) count += 1;
          return false;
        });
        return count === 1;
      },
    });
  };
}

function isTrue({ run }: Node, frame: Frame): boolean {
  const value = run(frame);
  if (typeof value === "boolean") return value;
  return fail(`no such overload: ${typeNameOf(value)} where a bool is wanted`);
}

interface Shape {
  readonly variables: number;
  readonly hasFilter: boolean;
  readonly hasTransform: boolean;
}

/** `map`, `filter` and `transformList`. */
function transformList({ variables, hasFilter, hasTransform }: Shape): Macro {
  return (compiling, { target, args }, scope) => {
    const loop = loopOf(compiling, target as Expression, args.slice(0, variables), scope);
    const [one, two] = args.slice(variables) as [Expression, Expression | undefined];
    const filter = hasFilter ? compiling.compileAs(BOOL, one, loop.scope) : null;
    const transform = hasTransform
      ? compiling.compile((hasFilter ? two : one) as Expression, loop.scope)
      : null;
    const bodies = [filter, transform].filter((body) => body !== null);
    const walk = walkOf(loop, flatOf(bodies) + KEEP_COST);
    const element = transform?.type ?? loop.element;
    const slot = loop.slots.at(-1) ?? 0;
    return loopNode(loop, bodies, {
      type: listOf(element),
      bound: collected(loop, transform),
      run: (frame) => {
        const result: Value[] = [];
        walk(frame, () => {
          if (filter === null || isTrue(filter, frame))
            result.push(transform === null ? (frame.slots[slot] as Value) : transform.run(frame));
          return false;
        });
        return result;
      },
    });
  };
}

function collected({ itemsMax, range }: Loop, transform: Node | null): Bound {
  if (transform === null) return range.bound;
  const inner = largest([transform.bound, range.bound]);
  return { ...inner, nodes: 1 + itemsMax * (1 + transform.bound.nodes) };
}

function transformMap({ hasFilter, isEntry }: { hasFilter: boolean; isEntry: boolean }): Macro {
  return (compiling, { target, args }, scope) => {
    const loop = loopOf(compiling, target as Expression, args.slice(0, 2), scope);
    const filter = hasFilter ? compiling.compileAs(BOOL, args[2] as Expression, loop.scope) : null;
    const last = args.at(-1) as Expression;
    const transform = isEntry
      ? compiling.compileAs(mapOf(DYN, DYN), last, loop.scope)
      : compiling.compile(last, loop.scope);
    const bodies = [filter, transform].filter((body) => body !== null);
    const walk = walkOf(loop, flatOf(bodies) + KEEP_COST);
    const [keySlot = 0] = loop.slots;
    return loopNode(loop, bodies, {
      type: mapOf(DYN, isEntry ? partOf(transform.type, 1) : transform.type),
      bound: collected(loop, transform),
      run: (frame) => {
        const entries = new Map<Key, readonly [Value, Value]>();
        walk(frame, () => {
          if (filter !== null && !isTrue(filter, frame)) return false;
          const value = transform.run(frame);
          if (isEntry) addEntries(entries, value);
          else addEntry(entries, frame.slots[keySlot] as Value, value);
          return false;
        });
        return new KeyedMap(entries);
      },
    });
  };
}

function addEntries(entries: Map<Key, readonly [Value, Value]>, value: Value): void {
  if (!isMap(value)) throw new Failure(`no such overload: ${typeNameOf(value)} is no map`);
  for (const key of keysOf(value)) addEntry(entries, key, entryOf(value, key) ?? null);
}

/** `cel.bind(name, value, expression)` */
function bind(compiling: Compiling, { args }: CallExpression, scope: Scope): Node {
  const [name, value, body] = args as [Expression, Expression, Expression];
  const init = compiling.compile(value, scope);
  const binding = compiling.bind(init.type, init.bound);
  const inner = compiling.compile(body, scope.with(variableName(name), binding));
  const { slot } = binding;
  return nodeOf({
    run: (frame) => {
      frame.slots[slot] = init.run(frame);
      return inner.run(frame);
    },
    type: inner.type,
    parts: [init, inner],
    bound: inner.bound,
  });
}

/** `optional.optMap(name, expression)`; for `optFlatMap` the expression gives the optional. */
function optionalMap(isFlat: boolean): Macro {
  return (compiling, { target, args }, scope) => {
    const [name, body] = args as [Expression, Expression];
    const from = compiling.compileAs(OPTIONAL, target as Expression, scope);
    const binding = compiling.bind(partOf(from.type, 0), from.bound);
    const scopeInside = scope.with(variableName(name), binding);
    const inner = isFlat
      ? compiling.compileAs(OPTIONAL, body, scopeInside)
      : compiling.compile(body, scopeInside);
    return nodeOf({
      run: (frame) => {
        const value = from.run(frame);
        if (!(value instanceof Optional))
          return fail(`no such overload: ${typeNameOf(value)} where an optional is wanted`);
        if (value.value === undefined) return NONE;
        frame.slots[binding.slot] = value.value;
        const result = inner.run(frame);
        return isFlat ? result : new Optional(result);
      },
      type: isFlat ? inner.type : optionalOf(inner.type),
      parts: [from, inner],
      bound: boundOf(OPTIONAL, 1, [inner.bound, SCALAR]),
    });
  };
}
