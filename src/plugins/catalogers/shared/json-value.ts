// Looks into JSON that strangers wrote: nothing is believed to be there, and names that objects inherit are never met.
import { asObject, type JsonObject, member } from "../../../formats/json-object.ts";
import { utf8 } from "../../../kit/text.ts";

/** Reads a JSON document whose top is an object or a list; null when it is neither, or not JSON. Never throws. */
export function parseJson(bytes: Uint8Array): JsonObject | readonly unknown[] | null {
  try {
    const value: unknown = JSON.parse(utf8(bytes));
    return typeof value === "object" ? (value as JsonObject | readonly unknown[] | null) : null;
  } catch {
    return null;
  }
}

/** Reads a JSON document whose top is an object; null when it is none. Never throws. */
export function parseJsonObject(bytes: Uint8Array): JsonObject | null {
  return asObject(parseJson(bytes));
}

/** A member that is a text; `""` when it is absent or something else. */
export function textOf(object: JsonObject, name: string): string {
  const value = member(object, name);
  return typeof value === "string" ? value : "";
}

/** Names of an object's members, at most `max`; none when it is no object. */
export function namesOf(value: unknown, max: number): string[] {
  const object = asObject(value);
  return object === null ? [] : Object.keys(object).slice(0, max);
}
