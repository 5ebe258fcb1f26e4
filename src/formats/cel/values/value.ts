// What an expression computes with. What comes from outside (JSON) is used as it lies, and looked at only where an expression
// goes: a list is a JavaScript list, a map with names a plain object, a whole number of at most 53 bits a number. What JSON does
// not have is an instance of Held. Source: github.com/google/cel-spec, doc/langdef.md, "Values".
import { fail } from "./failure.ts";
import type { Whole } from "./whole.ts";

/** What JSON has no form for. Every class here is final and its instances do not change. */
export abstract class Held {
  /** As `type()` names it: `uint`, `google.protobuf.Timestamp`. */
  abstract readonly typeName: string;
}

export interface NamedValues {
  readonly [name: string]: unknown;
}

/** `number` and `bigint` are `int`; a number that is not whole stands in lists and maps from outside only, see {@link lift}. */
export type Value =
  | null
  | boolean
  | string
  | Whole
  | Held
  | readonly unknown[]
  | ReadonlyMap<string, unknown>
  | NamedValues;

export class Double extends Held {
  readonly typeName = "double";
  readonly value: number;
  constructor(value: number) {
    super();
    this.value = value;
  }
}

export class Uint extends Held {
  readonly typeName = "uint";
  readonly value: Whole;
  constructor(value: Whole) {
    super();
    this.value = value;
  }
}

export class Bytes extends Held {
  readonly typeName = "bytes";
  readonly value: Uint8Array;
  constructor(value: Uint8Array) {
    super();
    this.value = value;
  }
}

export class TypeValue extends Held {
  readonly typeName = "type";
  readonly name: string;
  constructor(name: string) {
    super();
    this.name = name;
  }
}

/** `value` is undefined for `optional.none()`. */
export class Optional extends Held {
  readonly typeName = "optional_type";
  readonly value: Value | undefined;
  constructor(value: Value | undefined) {
    super();
    this.value = value;
  }
}

export const NONE: Optional = new Optional(undefined);

/** A key as {@link KeyedMap} looks it up: 1, 1u and 1.0 are one key. */
export type Key = string | boolean | Whole;

/** A map that was written in an expression or computed: its keys may be of any type that keys may have. */
export class KeyedMap extends Held {
  readonly typeName = "map";
  readonly entries: ReadonlyMap<Key, readonly [key: Value, value: Value]>;
  constructor(entries: ReadonlyMap<Key, readonly [key: Value, value: Value]>) {
    super();
    this.entries = entries;
  }
}

/** The normal form of a key; undefined when no map can have it: a fraction, bytes, a list. */
export function keyOf(value: Value): Key | undefined {
  if (value instanceof Uint) return value.value;
  if (value instanceof Double) {
    if (!Number.isInteger(value.value)) return undefined;
    return Number.isSafeInteger(value.value) ? value.value + 0 : BigInt(value.value);
  }
  return value === null || typeof value === "object" ? undefined : value;
}

/**
 * A value from outside, or out of a list or map.
 *
 * Numbers are whole or double by their value, as for Kubernetes' untyped objects. A whole number beyond 53 bits has lost digits
 * before it came here, so that it is refused; whoever reads such numbers hands them over as bigint.
 */
export function lift(raw: unknown): Value {
  switch (typeof raw) {
    case "string":
    case "boolean":
      return raw;
    case "object":
      return liftObject(raw);
    case "number":
      if (Number.isSafeInteger(raw)) return raw;
      if (Number.isInteger(raw)) fail("a whole number beyond 53 bits is not exact");
      return new Double(raw);
    case "bigint":
      return liftBig(raw);
    default:
      return fail(`a value of the host's type ${typeof raw} is no JSON`);
  }
}

/** Other objects of the host would look like maps, of members that nobody meant: they are refused. */
function liftObject(raw: object | null): Value {
  if (raw === null) return null;
  const prototype: unknown = Object.getPrototypeOf(raw);
  const isPlain =
    prototype === Object.prototype ||
    prototype === null ||
    Array.isArray(raw) ||
    raw instanceof Held ||
    raw instanceof Map;
  return isPlain ? (raw as Value) : fail("an object of the host is no JSON");
}

function liftBig(raw: bigint): Whole {
  if (BigInt.asIntN(64, raw) !== raw) fail("a whole number is beyond 64 bits");
  return raw >= Number.MIN_SAFE_INTEGER && raw <= Number.MAX_SAFE_INTEGER ? Number(raw) : raw;
}

export function isList(value: Value): value is readonly unknown[] {
  return Array.isArray(value);
}

export type AnyMap = KeyedMap | ReadonlyMap<string, unknown> | NamedValues;

export function isMap(value: Value): value is AnyMap {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    (!(value instanceof Held) || value instanceof KeyedMap)
  );
}

/** The member of a map under a name; undefined when there is none. */
export function memberOf(map: AnyMap, name: string): Value | undefined {
  if (map instanceof KeyedMap) return map.entries.get(name)?.[1];
  const raw =
    map instanceof Map
      ? map.get(name)
      : Object.hasOwn(map, name)
        ? (map as NamedValues)[name]
        : undefined;
  return raw === undefined ? undefined : lift(raw);
}

/** The member of a map under any key; undefined when there is none. */
export function entryOf(map: AnyMap, key: Value): Value | undefined {
  if (typeof key === "string") return memberOf(map, key);
  if (!(map instanceof KeyedMap)) return undefined;
  const normal = keyOf(key);
  return normal === undefined ? undefined : map.entries.get(normal)?.[1];
}

export function sizeOfMap(map: AnyMap): number {
  if (map instanceof KeyedMap) return map.entries.size;
  if (map instanceof Map) return map.size;
  return namesOf(map as NamedValues).length;
}

export function keysOf(map: AnyMap): Value[] {
  if (map instanceof KeyedMap) return [...map.entries.values()].map(([key]) => key);
  if (map instanceof Map) return [...map.keys()];
  return namesOf(map as NamedValues);
}

/** A member that is undefined is absent, as it is when an object is written as JSON. */
function namesOf(map: NamedValues): string[] {
  const names = Object.keys(map);
  return names.some((name) => map[name] === undefined)
    ? names.filter((name) => map[name] !== undefined)
    : names;
}

/** The name that `type()` gives. */
export function typeNameOf(value: Value): string {
  switch (typeof value) {
    case "string":
      return "string";
    case "boolean":
      return "bool";
    case "number":
    case "bigint":
      return "int";
    default:
      if (value === null) return "null_type";
      if (Array.isArray(value)) return "list";
      return value instanceof Held ? value.typeName : "map";
  }
}
