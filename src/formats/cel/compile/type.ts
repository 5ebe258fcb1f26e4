// Types as far as they are known before an expression runs. Most are `dyn`: objects of a cluster have no type here. What is known
// serves to refuse what can never fit; an expression that passes may still fail when it runs.

import { Duration, Timestamp } from "../values/time.ts";
import {
  type AnyMap,
  Bytes,
  Double,
  isList,
  isMap,
  Optional,
  TypeValue,
  Uint,
  type Value,
} from "../values/value.ts";
import { isWhole, type Whole } from "../values/whole.ts";

/** A type; `T` is what its values are at run time. */
export interface Type<T extends Value = Value> {
  readonly name: string;
  /** Element of a list, key and value of a map, value of an optional. */
  readonly of: readonly Type[];
  /** Whether a value is of this type, looking at the outside only. */
  readonly has: (value: Value) => value is T;
}

type Guard<T extends Value> = (value: Value) => value is T;

function type<T extends Value>(name: string, has: Guard<T>, of: readonly Type[] = []): Type<T> {
  return { name, of, has };
}

/** A type of which nothing is known but the class of its values. */
export function opaque<T extends Value>(
  name: string,
  kind: abstract new (...args: never[]) => T,
): Type<T> {
  return type(name, (v): v is T => v instanceof kind);
}

export const DYN: Type = type("dyn", (_): _ is Value => true);
export const NULL: Type<null> = type("null_type", (v): v is null => v === null);
export const BOOL: Type<boolean> = type("bool", (v): v is boolean => typeof v === "boolean");
export const INT: Type<Whole> = type("int", isWhole as Guard<Whole>);
export const UINT: Type<Uint> = opaque("uint", Uint);
export const DOUBLE: Type<Double> = opaque("double", Double);
export const STRING: Type<string> = type("string", (v): v is string => typeof v === "string");
export const BYTES: Type<Bytes> = opaque("bytes", Bytes);
export const TIMESTAMP: Type<Timestamp> = opaque("google.protobuf.Timestamp", Timestamp);
export const DURATION: Type<Duration> = opaque("google.protobuf.Duration", Duration);
export const TYPE: Type<TypeValue> = opaque("type", TypeValue);
export const LIST: Type<readonly unknown[]> = listOf(DYN);
export const MAP: Type<AnyMap> = mapOf(DYN, DYN);
export const OPTIONAL: Type<Optional> = optionalOf(DYN);

export function listOf(element: Type): Type<readonly unknown[]> {
  return type("list", isList as Guard<readonly unknown[]>, [element]);
}

export function mapOf(key: Type, value: Type): Type<AnyMap> {
  return type("map", isMap as Guard<AnyMap>, [key, value]);
}

export function optionalOf(value: Type): Type<Optional> {
  return type("optional_type", (v): v is Optional => v instanceof Optional, [value]);
}

/** The type of the parts of a list, map or optional; `dyn` when it is not known. */
export function partOf(whole: Type, part: number): Type {
  return whole.of[part] ?? DYN;
}

/** Whether a value of one type may stand where the other is wanted, as far as is known. */
export function fits(given: Type, wanted: Type): boolean {
  if (given.name === "dyn" || wanted.name === "dyn") return true;
  if (given.name !== wanted.name) return false;
  return wanted.of.every((part, i) => fits(partOf(given, i), part));
}

const NUMBERS: ReadonlySet<string> = new Set(["int", "uint", "double"]);

/** Whether values of two types can be equal at all, as far as is known. */
export function canBeEqual(a: Type, b: Type): boolean {
  if (a.name === "dyn" || b.name === "dyn" || a.name === "null_type" || b.name === "null_type")
    return true;
  if (NUMBERS.has(a.name) && NUMBERS.has(b.name)) return true;
  return a.name === b.name && a.of.every((part, i) => canBeEqual(part, partOf(b, i)));
}

/** One type for several values. */
export function join(types: readonly Type[]): Type {
  const [first, ...rest] = types;
  if (first === undefined) return DYN;
  return rest.every((other) => isSame(first, other)) ? first : DYN;
}

function isSame(a: Type, b: Type): boolean {
  return a.name === b.name && a.of.every((part, i) => isSame(part, partOf(b, i)));
}

/** As messages name it: `list(int)`. */
export function printType({ name, of }: Type): string {
  return of.length === 0 || of.every((part) => part.name === "dyn")
    ? name
    : `${name}(${of.map(printType).join(", ")})`;
}
