// JSON files that runtimes keep for themselves: what is not as it ought to be is as good as absent.
import { utf8 } from "../../kit/text.ts";
import { asObject, type JsonObject } from "../json-object.ts";

/** The object at the top; null for anything else. Never throws. */
export function jsonOf(bytes: Uint8Array): JsonObject | null {
  try {
    return asObject(JSON.parse(utf8(bytes)));
  } catch {
    return null;
  }
}

/** The same of a list of objects; empty for anything else. */
export function jsonListOf(bytes: Uint8Array): JsonObject[] {
  try {
    const value: unknown = JSON.parse(utf8(bytes));
    return Array.isArray(value) ? value.map(asObject).filter((item) => item !== null) : [];
  } catch {
    return [];
  }
}

const TEXTS_MAX = 1000;
const TEXT_MAX = 4096;

/** The members that are texts: labels, annotations. Names are chosen by strangers, so nothing is inherited. */
export function textsOf(object: JsonObject | null): Readonly<Record<string, string>> {
  const texts: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(object ?? {}).slice(0, TEXTS_MAX))
    if (typeof value === "string") texts[name] = value.slice(0, TEXT_MAX);
  return texts;
}
