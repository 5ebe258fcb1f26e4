// Looks into JSON that strangers wrote: nothing is believed to be there, and names that objects inherit are never met.
import { utf8 } from "../../../kit/text.ts";

/** An object out of a JSON document. Read it with the functions below only. */
export type JsonObject = Readonly<Record<string, unknown>>;

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

export function asObject(value: unknown): JsonObject | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : null;
}

/** The member of a name; undefined when absent. */
export function memberOf(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** A member that is a text; `""` when it is absent or something else. */
export function textOf(object: JsonObject, name: string): string {
  const value = memberOf(object, name);
  return typeof value === "string" ? value : "";
}

/** A member that is an object; null when it is absent or something else. */
export function objectOf(object: JsonObject, name: string): JsonObject | null {
  return asObject(memberOf(object, name));
}

/** A member that is a list; empty when it is absent or something else. */
export function listOf(object: JsonObject, name: string): readonly unknown[] {
  const value = memberOf(object, name);
  return Array.isArray(value) ? value : [];
}

/** Names of an object's members, at most `max`; none when it is no object. */
export function namesOf(value: unknown, max: number): string[] {
  const object = asObject(value);
  return object === null ? [] : Object.keys(object).slice(0, max);
}
