// Fields, elements and presence. An optional in between makes the result optional: `optional.of(m).a` is what `m.?a` is.
import { Failure, fail } from "../values/failure.ts";
import {
  Double,
  entryOf,
  Held,
  isMap,
  type Key,
  keyOf,
  lift,
  memberOf,
  NONE,
  Optional,
  typeNameOf,
  type Value,
} from "../values/value.ts";

/** `value.field` */
export function fieldOf(value: Value, field: string): Value {
  if (value instanceof Optional) return optionalFieldOf(value, field);
  const member = presentField(value, field);
  return member === undefined ? fail(`no such key: ${field}`) : member;
}

/** `value.?field` */
export function optionalFieldOf(value: Value, field: string): Value {
  const inner = value instanceof Optional ? value.value : value;
  const member = inner === undefined ? undefined : presentField(inner, field);
  return member === undefined ? NONE : new Optional(member);
}

/** `has(value.field)` */
export function hasField(value: Value, field: string): boolean {
  const inner = value instanceof Optional ? value.value : value;
  return inner !== undefined && presentField(inner, field) !== undefined;
}

function presentField(value: Value, field: string): Value | undefined {
  return isMap(value)
    ? memberOf(value, field)
    : fail(`no such overload: a value of type ${typeNameOf(value)} has no field "${field}"`);
}

/** `value[index]` */
export function elementOf(value: Value, index: Value): Value {
  if (Array.isArray(value)) {
    const at = positionIn(index);
    return at >= 0 && at < value.length ? lift(value[at]) : fail(`index out of range: ${at}`);
  }
  if (value instanceof Optional) return optionalElementOf(value, index);
  if (!isMap(value))
    return fail(`no such overload: a value of type ${typeNameOf(value)} has no elements`);
  const entry = entryOf(value, index);
  return entry === undefined ? fail("no such key") : entry;
}

/** `value[?index]` */
export function optionalElementOf(value: Value, index: Value): Value {
  const inner = value instanceof Optional ? value.value : value;
  if (inner === undefined) return NONE;
  if (Array.isArray(inner)) {
    const at = positionIn(index);
    return at >= 0 && at < inner.length ? new Optional(lift(inner[at])) : NONE;
  }
  if (!isMap(inner)) return elementOf(inner, index);
  const entry = entryOf(inner, index);
  return entry === undefined ? NONE : new Optional(entry);
}

function positionIn(index: Value): number {
  const isNumber = typeof index === "number" || typeof index === "bigint" || index instanceof Held;
  const key = isNumber ? keyOf(index) : undefined;
  if (typeof key === "number") return key;
  if (typeof key === "bigint") return fail(`index out of range: ${key}`);
  throw new Failure(`no such overload: a list has no element ${typeNameOf(index)}`);
}

/** @throws Failure for a key of a wrong type, and for one that is there already. */
export function addEntry(
  entries: Map<Key, readonly [Value, Value]>,
  key: Value,
  value: Value,
): void {
  const normal = key instanceof Double ? undefined : keyOf(key);
  if (normal === undefined) throw new Failure(`unsupported key type: ${typeNameOf(key)}`);
  if (entries.has(normal)) throw new Failure("repeated key");
  entries.set(normal, [key, value]);
}
