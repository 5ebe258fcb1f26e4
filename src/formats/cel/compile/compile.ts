// From a tree to closures. What cannot be right is a fault here; what depends on values is left to the run.

import { fault } from "../syntax/fault.ts";
import { type Expression, type Literal, type MapItem, qualifiedName } from "../syntax/syntax.ts";
import { Failure, fail, Meter } from "../values/failure.ts";
import {
  Bytes,
  Double,
  type Key,
  KeyedMap,
  Optional,
  TypeValue,
  typeNameOf,
  Uint,
  type Value,
} from "../values/value.ts";
import { addEntry, elementOf, fieldOf, optionalElementOf, optionalFieldOf } from "./access.ts";
import { callNode } from "./call.ts";
import type { Compiling } from "./compiling.ts";
import { andRun, orRun } from "./logic.ts";
import { expandMacro } from "./macros.ts";
import { type Bound, boundOf, literalNode, type Node, nodeOf, type Run } from "./node.ts";
import type { Library, Overload } from "./overload.ts";
import type { Binding, Scope } from "./scope.ts";
import * as types from "./type.ts";
import {
  canBeEqual,
  fits,
  join,
  listOf,
  mapOf,
  optionalOf,
  partOf,
  printType,
  type Type,
} from "./type.ts";

/** What an expression may refer to. */
export interface Environment {
  readonly variables: ReadonlyMap<string, { readonly type: Type; readonly bound: Bound }>;
  readonly library: Library;
  /** Names of types that stand for themselves: `int`, `net.IP`. */
  readonly typeNames: ReadonlySet<string>;
  /** Leaves names, functions and types to the run, as the specification's unchecked mode does. */
  readonly isUnchecked: boolean;
}

/** Compiles one expression. */
export class Compiler implements Compiling {
  readonly environment: Environment;
  /** The variables that are used, by name. */
  readonly used: Map<string, Binding> = new Map();
  #slots = 0;

  constructor(environment: Environment) {
    this.environment = environment;
  }

  /** How many slots a frame needs. */
  get slots(): number {
    return this.#slots;
  }

  /** A slot for what a comprehension binds. */
  bind(type: Type, bound: Bound): Binding {
    this.#slots += 1;
    return { slot: this.#slots - 1, type, bound };
  }

  compile(expression: Expression, scope: Scope): Node {
    switch (expression.kind) {
      case "literal":
        return literalOf(expression.value);
      case "name":
      case "select":
        return this.#named(expression, scope) ?? this.#selected(expression, scope);
      case "index":
        return this.#indexed(expression, scope);
      case "call":
        return expandMacro(this, expression, scope) ?? this.#called(expression, scope);
      case "list":
        return this.#list(expression, scope);
      case "map":
        return this.#map(expression.at, expression.items, scope);
      case "logic":
        return this.#logic(expression, scope);
      case "condition":
        return this.#condition(expression, scope);
    }
  }

  /** Compiles what must be of a type. */
  compileAs(wanted: Type, expression: Expression, scope: Scope): Node {
    const node = this.compile(expression, scope);
    if (!fits(node.type, wanted))
      this.refuse(
        expression.at,
        `expected a value of type ${printType(wanted)}, found ${printType(node.type)}`,
      );
    return node;
  }

  /** A fault, unless such faults are left to the run. */
  refuse(at: number, message: string): Node {
    if (!this.environment.isUnchecked) fault(at, message);
    return nodeOf({ run: () => fail(message), type: types.DYN, parts: [] });
  }

  /** A binding, a variable or a type under a name such as `a` or `a.b`; null when it is no name or nothing has it. */
  #named(expression: Expression, scope: Scope): Node | null {
    const full = qualifiedName(expression);
    if (full === null) return null;
    const isRoot = full.startsWith(".");
    const name = isRoot ? full.slice(1) : full;
    const head = name.split(".", 1)[0] ?? "";
    const local = isRoot ? null : scope.find(head);
    if (local !== null) return name === head ? readNode(name, local) : null;
    const variable = this.#variable(name);
    if (variable !== null) return readNode(name, variable);
    if (this.environment.typeNames.has(name)) return literalNode(new TypeValue(name), types.TYPE);
    return expression.kind === "name"
      ? this.refuse(expression.at, `undeclared variable "${name}"`)
      : null;
  }

  #variable(name: string): Binding | null {
    const used = this.used.get(name);
    if (used !== undefined) return used;
    const declared = this.environment.variables.get(name);
    if (declared === undefined) return null;
    const binding = this.bind(declared.type, declared.bound);
    this.used.set(name, binding);
    return binding;
  }

  #selected(expression: Expression, scope: Scope): Node {
    if (expression.kind !== "select") throw new Error("a name is resolved before");
    const { operand, field, isOptional, at } = expression;
    const from = this.compile(operand, scope);
    const { run, type, bound } = from;
    if (!HAVE_FIELDS.has(type.name))
      return this.refuse(at, `a value of type ${printType(type)} has no field "${field}"`);
    return nodeOf({
      run: isOptional
        ? (frame) => optionalFieldOf(run(frame), field)
        : (frame) => fieldOf(run(frame), field),
      type: accessType(type, isOptional),
      parts: [from],
      bound,
    });
  }

  #indexed(expression: Expression & { kind: "index" }, scope: Scope): Node {
    const { isOptional, at } = expression;
    const from = this.compile(expression.operand, scope);
    const index = this.compile(expression.index, scope);
    const { run, type, bound } = from;
    const isListByOther = type.name === "list" && !fits(index.type, types.INT);
    if (isListByOther || (type.name !== "list" && !HAVE_FIELDS.has(type.name)))
      return this.refuse(
        at,
        `a value of type ${printType(type)} has no element ${printType(index.type)}`,
      );
    const indexRun = index.run;
    return nodeOf({
      run: isOptional
        ? (frame) => optionalElementOf(run(frame), indexRun(frame))
        : (frame) => elementOf(run(frame), indexRun(frame)),
      type: accessType(type, isOptional),
      parts: [from, index],
      bound,
    });
  }

  #called(expression: Expression & { kind: "call" }, scope: Scope): Node {
    const { target, at } = expression;
    const namespace = target === null ? null : this.#namespace(target, expression.name, scope);
    const name = namespace ?? expression.name.replace(/^\./, "");
    const isMethod = target !== null && namespace === null;
    const parts = [...(isMethod ? [target] : []), ...expression.args];
    const known = this.environment.library.get(name) ?? [];
    const sameKind = known.filter((overload) => overload.isMethod === isMethod);
    if (sameKind.length === 0) {
      const full = this.#unknown(target, scope);
      return this.refuse(at, `undeclared function "${full}${name}"${otherForm(known, name)}`);
    }
    const args = parts.map((part) => this.compile(part, scope));
    const given = args.length - (isMethod ? 1 : 0);
    const sameCount = sameKind.filter(({ params }) => params.length === args.length);
    if (sameCount.length === 0)
      return this.refuse(at, `"${name}" does not take ${given} arguments`);
    const fitting = sameCount.filter(({ params }) =>
      params.every((param, i) => fits(args[i]?.type ?? types.DYN, param)),
    );
    const { isUnchecked } = this.environment;
    const found = args.map(({ type }) => type);
    if (fitting.length === 0 || !(isUnchecked || isPossible(name, found)))
      return this.refuse(
        at,
        `no overload of ${printName(name)} takes (${found.map(printType).join(", ")})`,
      );
    return callNode({
      name,
      overloads: fitting,
      args,
      at,
      isUnchecked,
    });
  }

  /** What stands before an unknown function: a namespace with its dot, or something that may have faults of its own. */
  #unknown(target: Expression | null, scope: Scope): string {
    if (target === null) return "";
    const full = qualifiedName(target);
    const head = full?.replace(/^\./, "").split(".", 1)[0] ?? "";
    const isNamespace = full !== null && scope.find(head) === null && this.#variable(head) === null;
    if (!isNamespace) this.compile(target, scope);
    return isNamespace ? `${full}.` : "";
  }

  /** The full name of a function such as `math.abs`; null for a method. */
  #namespace(target: Expression, name: string, scope: Scope): string | null {
    const qualified = qualifiedName(target)?.replace(/^\./, "");
    if (qualified === undefined) return null;
    if (scope.find(qualified.split(".", 1)[0] ?? "") !== null) return null;
    const full = `${qualified}.${name}`;
    return this.environment.library.has(full) ? full : null;
  }

  #list({ items }: Expression & { kind: "list" }, scope: Scope): Node {
    const parts = items.map(({ value, isOptional }) =>
      isOptional ? this.compileAs(types.OPTIONAL, value, scope) : this.compile(value, scope),
    );
    const type = listOf(
      join(parts.map((part, i) => (items[i]?.isOptional ? partOf(part.type, 0) : part.type))),
    );
    const bound = boundOf(
      type,
      parts.length,
      parts.map((part) => part.bound),
    );
    const isPlain = items.every(({ isOptional }) => !isOptional);
    if (isPlain && parts.every(({ literal }) => literal !== undefined))
      return literalNode(
        parts.map(({ literal }) => literal as Value),
        type,
        bound,
      );
    const runs = parts.map(({ run }) => run);
    const plain: Run = (frame) => runs.map((run) => run(frame));
    const optional: Run = (frame) =>
      runs.flatMap((run, i) => (items[i]?.isOptional ? presentOf(run(frame)) : [run(frame)]));
    return nodeOf({ run: isPlain ? plain : optional, type, parts, bound, own: LIST_COST });
  }

  #map(at: number, items: readonly MapItem[], scope: Scope): Node {
    const keys = items.map(({ key }) => this.compile(key, scope));
    const values = items.map(({ value, isOptional }) =>
      isOptional ? this.compileAs(types.OPTIONAL, value, scope) : this.compile(value, scope),
    );
    const keyType = join(keys.map(({ type }) => type));
    const valueType = join(
      values.map((part, i) => (items[i]?.isOptional ? partOf(part.type, 0) : part.type)),
    );
    const type = mapOf(keyType, valueType);
    const parts = [...keys, ...values];
    const bound = boundOf(
      type,
      items.length,
      parts.map((part) => part.bound),
    );
    const run: Run = (frame) => {
      const entries = new Map<Key, readonly [Value, Value]>();
      for (let i = 0; i < items.length; i += 1) {
        const key = (keys[i] as Node).run(frame);
        const value = (values[i] as Node).run(frame);
        for (const present of items[i]?.isOptional ? presentOf(value) : [value])
          addEntry(entries, key, present);
      }
      return new KeyedMap(entries);
    };
    if (!parts.every(({ literal }) => literal !== undefined))
      return nodeOf({ run, type, parts, bound, own: MAP_COST });
    try {
      return literalNode(run({ slots: [], meter: new Meter(items.length) }), type, bound);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return this.refuse(at, error.message);
    }
  }

  #logic({ terms, isAnd }: Expression & { kind: "logic" }, scope: Scope): Node {
    const parts = terms.map((term) => this.compileAs(types.BOOL, term, scope));
    const runs = parts.map(({ run }) => run);
    return nodeOf({ run: isAnd ? andRun(runs) : orRun(runs), type: types.BOOL, parts });
  }

  #condition({ test, yes, no }: Expression & { kind: "condition" }, scope: Scope): Node {
    const parts = [
      this.compileAs(types.BOOL, test, scope),
      this.compile(yes, scope),
      this.compile(no, scope),
    ] as const;
    const [testRun, yesRun, noRun] = parts.map(({ run }) => run) as [Run, Run, Run];
    const [, { type, bound }, other] = parts;
    return nodeOf({
      run: (frame) => {
        const answer = testRun(frame);
        if (answer === true) return yesRun(frame);
        if (answer === false) return noRun(frame);
        return fail(`no such overload: a condition of type ${typeNameOf(answer)}`);
      },
      type: join([type, other.type]),
      parts,
      bound: boundOf(types.DYN, 0, [bound, other.bound]),
    });
  }
}

/** What it costs to make a list or a map beside its parts, in steps; Kubernetes' prices. */
const LIST_COST = 10;
const MAP_COST = 30;

const HAVE_FIELDS: ReadonlySet<string> = new Set(["dyn", "map", "optional_type"]);

function accessType(type: Type, isOptional: boolean): Type {
  const inner = type.name === "optional_type" ? partOf(type, 0) : type;
  const part =
    inner.name === "list" ? partOf(inner, 0) : inner.name === "map" ? partOf(inner, 1) : types.DYN;
  return isOptional || type.name === "optional_type" ? optionalOf(part) : part;
}

function readNode(name: string, { slot, type, bound }: Binding): Node {
  return nodeOf({
    run: ({ slots }) => {
      const value = slots[slot];
      return value === undefined ? fail(`no value for the variable "${name}"`) : value;
    },
    type,
    parts: [],
    bound,
  });
}

function literalOf(value: Literal): Node {
  const length =
    typeof value === "string" ? value.length : value instanceof Bytes ? value.value.length : 0;
  return literalNode(value, literalType(value), { items: 0, length, nodes: 1 });
}

function literalType(value: Literal): Type {
  if (value === null) return types.NULL;
  if (value instanceof Uint) return types.UINT;
  if (value instanceof Double) return types.DOUBLE;
  if (value instanceof Bytes) return types.BYTES;
  if (typeof value === "string") return types.STRING;
  return typeof value === "boolean" ? types.BOOL : types.INT;
}

function presentOf(value: Value): readonly Value[] {
  if (!(value instanceof Optional))
    return fail(`no such overload: ${typeNameOf(value)} where an optional is wanted`);
  return value.value === undefined ? [] : [value.value];
}

/** Whether a comparison may come out as true; parameters of any type do not tell. */
function isPossible(name: string, [a = types.DYN, b = types.DYN]: readonly Type[]): boolean {
  if (name === "_==_" || name === "_!=_") return canBeEqual(a, b);
  return name !== "_in_" || canBeEqual(a, partOf(b, 0));
}

function otherForm(known: readonly Overload[], name: string): string {
  const [other] = known;
  if (other === undefined) return "";
  return other.isMethod ? `: it is called as value.${name}(…)` : `: it is called as ${name}(…)`;
}

function printName(name: string): string {
  return /^[A-Za-z]/.test(name) ? `"${name}"` : `"${name.replaceAll("_", "")}"`;
}
