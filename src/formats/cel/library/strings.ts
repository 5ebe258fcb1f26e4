// Texts. Source: github.com/google/cel-go, ext/README.md, "Strings" (version 4 and later). Positions count code points.

import { type Bound, SCALAR } from "../compile/node.ts";
import {
  defineFunction,
  defineMethod,
  type Overload,
  PER_CHARACTER,
  perElement,
  throughAll,
  throughFirst,
} from "../compile/overload.ts";
import { INT, LIST, listOf, STRING } from "../compile/type.ts";
import { fail, type Meter } from "../values/failure.ts";
import { isPlain, lengthOf, pointOf, unitOf } from "../values/text.ts";
import { lift, typeNameOf } from "../values/value.ts";
import type { Whole } from "../values/whole.ts";

/** A position from 0 to the length, as a unit. */
function unitAt(text: string, position: Whole): number {
  const length = lengthOf(text);
  if (position < 0 || position > length) fail(`index out of range: ${position}`);
  return unitOf(text, Number(position));
}

function charAt(text: string, position: Whole): string {
  const unit = unitAt(text, position);
  const point = text.codePointAt(unit);
  return point === undefined ? "" : String.fromCodePoint(point);
}

function indexOf(text: string, part: string, from: Whole): number {
  const at = text.indexOf(part, unitAt(text, from));
  return at === -1 ? -1 : pointOf(text, at);
}

function lastIndexOf(text: string, part: string, from: Whole): number {
  const at = text.lastIndexOf(part, unitAt(text, from));
  return at === -1 ? -1 : pointOf(text, at);
}

function substring(text: string, start: Whole, end: Whole): string {
  const [from, to] = [unitAt(text, start), unitAt(text, end)];
  if (start > end) fail(`invalid substring range: ${start} to ${end}`);
  return text.slice(from, to);
}

/** Replaces the first `limit` places; all when it is negative. */
function replace(text: string, part: string, by: string, limit: Whole): string {
  if (limit < 0 && part !== "") return text.replaceAll(part, () => by);
  const most = limit < 0 ? Number.POSITIVE_INFINITY : limit;
  const pieces: string[] = [];
  let from = 0;
  for (let done = 0; done < most; done += 1) {
    const at = text.indexOf(part, done > 0 && part === "" ? from + unitsOf(text, from) : from);
    if (at === -1 || (part === "" && done > 0 && from >= text.length)) break;
    pieces.push(text.slice(from, at), by);
    from = at + part.length;
  }
  return pieces.join("") + text.slice(from);
}

function unitsOf(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

/** Splits into at most `limit` parts, the last of which keeps the rest; into all when it is negative. */
function split(text: string, separator: string, limit: Whole): readonly string[] {
  if (limit === 0) return [];
  const all = separator === "" ? [...text] : text.split(separator);
  if (limit < 0 || all.length <= limit) return all;
  const last = Number(limit) - 1;
  return [...all.slice(0, last), all.slice(last).join(separator)];
}

function joinTexts(list: readonly unknown[], separator: string, meter: Meter): string {
  const texts = list.map((raw) => {
    const value = lift(raw);
    if (typeof value !== "string")
      return fail(`no such overload: join of a list with ${typeNameOf(value)}`);
    meter.spend((value.length + separator.length) * PER_CHARACTER);
    return value;
  });
  return texts.join(separator);
}

/** What Go's unicode.IsSpace takes for blank, which is Unicode's White_Space. */
const LEADING = /^[\t-\r\u0085\p{Z}]+/u;
const BLANK = /[\t-\r\u0085\p{Z}]/u;

function trim(text: string): string {
  const start = LEADING.exec(text)?.[0].length ?? 0;
  let end = text.length;
  while (end > start && BLANK.test(text[end - 1] ?? "")) end -= 1;
  return text.slice(start, end);
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\u0007", "\\a"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\v", "\\v"],
  ["\\", "\\\\"],
  ['"', '\\"'],
]);

function quote(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is control characters that are escaped
  return `"${text.replaceAll(/[\u0007-\r"\\]/g, (c) => ESCAPES.get(c) ?? c)}"`;
}

function reverse(text: string): string {
  return isPlain(text) ? text.split("").reverse().join("") : [...text].reverse().join("");
}

const cased = { cost: throughFirst };
const found = { cost: throughAll };
/** Each character may be one place that is replaced. */
const replaced = {
  cost: throughAll,
  size: ([text = 0, , by = 0]: readonly number[]): number => text + (text + 1) * by,
};
const parts = { cost: perElement, size: ([text = 0]: readonly number[]): number => text + 1 };

/** Every element may be as long as the longest text. */
const joinedLength = ([list = SCALAR, separator = SCALAR]: readonly Bound[]): number =>
  list.items * (list.length + separator.length);
const joins = {
  worst: (bounds: readonly Bound[]): number => 1 + joinedLength(bounds) * PER_CHARACTER,
  size: (_: readonly number[], bounds: readonly Bound[]): number => joinedLength(bounds),
};

export const stringLibrary: readonly Overload[] = [
  defineMethod("charAt", [STRING, INT], STRING, charAt, { cost: throughFirst, size: () => 2 }),
  defineMethod("indexOf", [STRING, STRING], INT, (a, b) => indexOf(a, b, 0), found),
  defineMethod("indexOf", [STRING, STRING, INT], INT, (a, b, i) => indexOf(a, b, i), found),
  defineMethod(
    "lastIndexOf",
    [STRING, STRING],
    INT,
    (a, b) => lastIndexOf(a, b, lengthOf(a)),
    found,
  ),
  defineMethod("lastIndexOf", [STRING, STRING, INT], INT, (a, b, i) => lastIndexOf(a, b, i), found),
  defineMethod(
    "lowerAscii",
    [STRING],
    STRING,
    (a) => a.replaceAll(/[A-Z]+/g, (part) => part.toLowerCase()),
    cased,
  ),
  defineMethod(
    "upperAscii",
    [STRING],
    STRING,
    (a) => a.replaceAll(/[a-z]+/g, (part) => part.toUpperCase()),
    cased,
  ),
  defineMethod(
    "replace",
    [STRING, STRING, STRING],
    STRING,
    (a, b, c) => replace(a, b, c, -1),
    replaced,
  ),
  defineMethod(
    "replace",
    [STRING, STRING, STRING, INT],
    STRING,
    (a, b, c, n) => replace(a, b, c, n),
    replaced,
  ),
  defineMethod("split", [STRING, STRING], listOf(STRING), (a, b) => split(a, b, -1), parts),
  defineMethod("split", [STRING, STRING, INT], listOf(STRING), (a, b, n) => split(a, b, n), parts),
  defineMethod("substring", [STRING, INT], STRING, (a, i) => substring(a, i, lengthOf(a)), cased),
  defineMethod("substring", [STRING, INT, INT], STRING, (a, i, j) => substring(a, i, j), cased),
  defineMethod("trim", [STRING], STRING, trim, cased),
  defineMethod("reverse", [STRING], STRING, reverse, cased),
  defineFunction("strings.quote", [STRING], STRING, quote, {
    cost: throughFirst,
    size: ([size = 0]) => size * 2 + 2,
  }),
  defineMethod("join", [LIST], STRING, (list, meter) => joinTexts(list, "", meter), joins),
  defineMethod("join", [LIST, STRING], STRING, joinTexts, joins),
];
