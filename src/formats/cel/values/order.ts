// Equality and order. Source: cel-spec doc/langdef.md, "Equality" and "Ordering": numbers compare across their types as on the
// number line, and values of types that have nothing in common are unequal.
import { fail, type Meter } from "./failure.ts";
import { orderTexts } from "./text.ts";
import { Duration, Timestamp } from "./time.ts";
import {
  type AnyMap,
  Bytes,
  Double,
  entryOf,
  Held,
  isMap,
  KeyedMap,
  keysOf,
  lift,
  Optional,
  sizeOfMap,
  TypeValue,
  typeNameOf,
  Uint,
  type Value,
} from "./value.ts";
import { isWhole, type Whole } from "./whole.ts";

/** A number of any type; undefined for what is none. JavaScript compares number and bigint exactly. */
export function numberOf(value: Value): Whole | undefined {
  if (isWhole(value)) return value;
  return value instanceof Uint || value instanceof Double ? value.value : undefined;
}

/** Values of types that are not of the core: networks, quantities. */
export abstract class Comparable extends Held {
  abstract equals(other: Comparable): boolean;
}

export function isEqual(a: Value, b: Value, meter: Meter): boolean {
  if (typeof a === "string" || typeof a === "boolean" || a === null) return a === b;
  if (numberOf(a) !== undefined) return numberOf(b) !== undefined && orderNumbers(a, b) === 0;
  if (typeof b !== "object" || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && isEqualList(a, b, meter);
  if (isMap(a)) return isMap(b) && isEqualMap(a, b, meter);
  return isEqualHeld(a, b, meter);
}

function isEqualList(a: readonly unknown[], b: readonly unknown[], meter: Meter): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) {
    meter.spend(1);
    if (!isEqual(lift(a[i]), lift(b[i]), meter)) return false;
  }
  return true;
}

function isEqualMap(a: AnyMap, b: AnyMap, meter: Meter): boolean {
  if (sizeOfMap(a) !== sizeOfMap(b)) return false;
  for (const key of keysOf(a)) {
    meter.spend(1);
    const one = entryOf(a, key);
    const other = entryOf(b, key);
    if (one === undefined || other === undefined || !isEqual(one, other, meter)) return false;
  }
  return true;
}

function isEqualHeld(a: Value, b: Value, meter: Meter): boolean {
  if (a instanceof Bytes) return b instanceof Bytes && orderBytes(a.value, b.value) === 0;
  if (a instanceof Timestamp) return b instanceof Timestamp && orderTimes(a, b) === 0;
  if (a instanceof Duration) return b instanceof Duration && a.nanos === b.nanos;
  if (a instanceof TypeValue) return b instanceof TypeValue && a.name === b.name;
  if (a instanceof Optional) {
    if (!(b instanceof Optional)) return false;
    if (a.value === undefined || b.value === undefined) return a.value === b.value;
    return isEqual(a.value, b.value, meter);
  }
  return (
    a instanceof Comparable && b instanceof Comparable && a.typeName === b.typeName && a.equals(b)
  );
}

/** Whether a list has an element, or a map a key. */
export function contains(container: Value, value: Value, meter: Meter): boolean {
  if (Array.isArray(container)) {
    for (const raw of container) {
      meter.spend(1);
      if (isEqual(lift(raw), value, meter)) return true;
    }
    return false;
  }
  if (isMap(container)) return entryOf(container, value) !== undefined;
  return fail(`no such overload: ${typeNameOf(value)} in ${typeNameOf(container)}`);
}

function orderBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function orderTimes(a: Timestamp, b: Timestamp): number {
  return a.seconds === b.seconds ? a.nanos - b.nanos : a.seconds - b.seconds;
}

/**
 * Negative, zero or positive; NaN when a number is none.
 *
 * @throws Failure when there is no order between the two types.
 */
export function order(a: Value, b: Value): number {
  if (typeof a === "string" && typeof b === "string") return orderTexts(a, b);
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  return numberOf(a) !== undefined && numberOf(b) !== undefined
    ? orderNumbers(a, b)
    : orderHeld(a, b);
}

/** A whole number beside a double is rounded to a double, as the specification's tests have it. */
function orderNumbers(a: Value, b: Value): number {
  const isRounded = a instanceof Double || b instanceof Double;
  const x = isRounded ? Number(numberOf(a)) : (numberOf(a) as Whole);
  const y = isRounded ? Number(numberOf(b)) : (numberOf(b) as Whole);
  return x < y ? -1 : x > y ? 1 : x >= y ? 0 : Number.NaN;
}

function orderHeld(a: Value, b: Value): number {
  if (a instanceof Bytes && b instanceof Bytes) return orderBytes(a.value, b.value);
  if (a instanceof Timestamp && b instanceof Timestamp) return orderTimes(a, b);
  if (a instanceof Duration && b instanceof Duration)
    return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0;
  return fail(`no such overload: ${typeNameOf(a)} and ${typeNameOf(b)} have no order`);
}

/** What `optional.ofNonZeroValue` takes for nothing. */
export function isZero(value: Value): boolean {
  if (value === null || value === false || value === "" || value === 0) return true;
  if (value instanceof Uint || value instanceof Double) return value.value === 0;
  if (value instanceof Bytes) return value.value.length === 0;
  if (value instanceof Duration) return value.nanos === 0n;
  if (value instanceof Optional) return value.value === undefined;
  if (Array.isArray(value)) return value.length === 0;
  if (value instanceof KeyedMap) return value.entries.size === 0;
  return isMap(value) && sizeOfMap(value) === 0;
}
