// Values as JSON, to print them or to hand them on.
import { base64OfBytes } from "./bytes.ts";
import { orderTexts } from "./text.ts";
import { Duration, printDuration, printTimestamp, Timestamp } from "./time.ts";
import {
  Bytes,
  Double,
  entryOf,
  type Held,
  isMap,
  keysOf,
  lift,
  Optional,
  TypeValue,
  Uint,
  type Value,
} from "./value.ts";

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/**
 * A value as JSON, as protocol buffers' JSON has it: whole numbers beyond 53 bits are texts, bytes base64, points in time and
 * spans texts, keys of maps texts, in the order of their code points. An optional is its value or null.
 */
export function jsonOfCel(value: Value): Json {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return value.map((raw) => jsonOfCel(lift(raw)));
  if (isMap(value)) {
    const members = keysOf(value).map((key): [string, Json] => [
      String(jsonOfCel(key)),
      jsonOfCel(entryOf(value, key) ?? null),
    ]);
    return Object.fromEntries(members.sort(([a], [b]) => orderTexts(a, b)));
  }
  return jsonOfHeld(value as Held);
}

function jsonOfHeld(value: Held): Json {
  if (value instanceof Double)
    return Number.isFinite(value.value) ? value.value : String(value.value);
  if (value instanceof Uint) return jsonOfCel(value.value);
  if (value instanceof Bytes) return base64OfBytes(value.value);
  if (value instanceof Timestamp) return printTimestamp(value);
  if (value instanceof Duration) return printDuration(value);
  if (value instanceof TypeValue) return value.name;
  if (value instanceof Optional) return value.value === undefined ? null : jsonOfCel(value.value);
  return String(value);
}
