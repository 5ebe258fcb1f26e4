import { Buffer } from "node:buffer";
import { AppError, type ErrorCode } from "../kit/error.ts";

/** A value out of a JSON document together with where it stands, so that a complaint can name the place. */
export interface JsonPlace {
  readonly value: unknown;
  /** As people write it: `layers[3].digest`; empty at the top. */
  readonly at: string;
  readonly document: JsonDocument;
}

/** Whose document it is, for complaints. */
export interface JsonDocument {
  /** `image manifest`, `image index`, … */
  readonly what: string;
  /** What a complaint is thrown as. */
  readonly code: ErrorCode;
  /** The way out, for whoever wrote it by hand or named another file. */
  readonly hint?: string;
}

/**
 * Reads JSON and hands back its top.
 *
 * @throws {AppError} the document's code when the bytes are not UTF-8 JSON.
 */
export function parseJson(bytes: Uint8Array, document: JsonDocument): JsonPlace {
  try {
    const value: unknown = JSON.parse(DECODER.decode(bytes));
    return { value, at: "", document };
  } catch (error) {
    throw new AppError(document.code, `cannot read ${document.what}: it is not JSON`, {
      cause: error,
      ...hintOf(document),
    });
  }
}

const DECODER = new TextDecoder("utf-8", { fatal: true });

/** Says what is wrong at a place. Never returns. */
export function complain(place: JsonPlace, state: string): never {
  const where = place.at === "" ? "it" : place.at;
  const { what, code } = place.document;
  throw new AppError(code, `cannot read ${what}: ${where} ${state}`, hintOf(place.document));
}

function hintOf({ hint }: JsonDocument): { readonly hint?: string } {
  return hint === undefined ? {} : { hint };
}

/** The member of an object; absent members and null are `undefined`. Inherited names are not members. */
export function member(place: JsonPlace, name: string): JsonPlace {
  const { value } = place;
  const at = place.at === "" ? name : `${place.at}.${name}`;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    complain(place, "is not an object");
  }
  const found: unknown = Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
  return { value: found ?? undefined, at, document: place.document };
}

/** Whether the object has something under the name. */
export function has(place: JsonPlace, name: string): boolean {
  return member(place, name).value !== undefined;
}

/** The same place, whose value is to be written again: what nests deeper than that would exhaust the writer. */
export function shallow(place: JsonPlace): JsonPlace {
  let level: unknown[] = [place.value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEPTH_MAX) complain(place, `is nested deeper than ${DEPTH_MAX}`);
    level = level.flatMap((value): unknown[] =>
      typeof value === "object" && value !== null ? Object.values(value) : [],
    );
  }
  return place;
}

const DEPTH_MAX = 100;

/** A text of at most `max` characters. */
export function text(place: JsonPlace, max: number): string {
  if (typeof place.value !== "string") complain(place, "is not a text");
  if (place.value.length > max) complain(place, `is longer than ${max} characters`);
  return place.value;
}

/** The same, or null when it is absent. */
export function optionalText(place: JsonPlace, max: number): string | null {
  return place.value === undefined ? null : text(place, max);
}

/** A whole number from 0 that JavaScript holds exactly. */
export function count(place: JsonPlace): number {
  const { value } = place;
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    complain(place, "is not a whole number");
  }
  return value;
}

/** Bytes written in base64, in either alphabet; `max` counts characters. Other characters are complained of. */
export function base64Bytes(place: JsonPlace, max: number): Buffer {
  const written = text(place, max);
  if (!BASE64.test(written)) complain(place, "is not base64");
  return Buffer.from(written, "base64");
}

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** The items of an array of at most `max`; absent is empty. */
export function items(place: JsonPlace, max: number): JsonPlace[] {
  const { value, at, document } = place;
  if (value === undefined) return [];
  if (!Array.isArray(value)) complain(place, "is not an array");
  if (value.length > max) complain(place, `has more than ${max} entries`);
  return value.map((item: unknown, index) => ({ value: item, at: `${at}[${index}]`, document }));
}

/** An object whose members are all texts: annotations, labels. A Map, because names are chosen by strangers. */
export function texts(place: JsonPlace, max: number): ReadonlyMap<string, string> {
  const { value, at, document } = place;
  if (value === undefined) return new Map();
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    complain(place, "is not an object");
  }
  const entries = Object.entries(value);
  if (entries.length > max) complain(place, `has more than ${max} entries`);
  return new Map(
    entries.map(([name, item]: [string, unknown]) => [
      name,
      text({ value: item, at: `${at}.${name.slice(0, 100)}`, document }, TEXT_MAX),
    ]),
  );
}

const TEXT_MAX = 2 ** 20;
