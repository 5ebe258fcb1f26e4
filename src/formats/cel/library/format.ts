// `"…".format([…])`. Source: github.com/google/cel-go, ext/README.md, "Format"; cel-spec tests/simple/string_ext.

import { type Bound, SCALAR } from "../compile/node.ts";
import { defineMethod, type Overload, PER_CHARACTER } from "../compile/overload.ts";
import { LIST, STRING } from "../compile/type.ts";
import { bytesOfText, hexOfBytes, textOfBytes } from "../values/bytes.ts";
import { fail, type Meter } from "../values/failure.ts";
import { printDouble, printFixed, printScientific } from "../values/number-text.ts";
import { orderTexts } from "../values/text.ts";
import { Duration, printDuration, printTimestamp, Timestamp } from "../values/time.ts";
import {
  Bytes,
  Double,
  entryOf,
  isMap,
  keysOf,
  lift,
  TypeValue,
  typeNameOf,
  Uint,
  type Value,
} from "../values/value.ts";
import { isWhole, type Whole } from "../values/whole.ts";

const CLAUSE = /%(?:(%)|(?:\.(\d{1,9}))?([A-Za-z]?))/g;
const PRECISION_MAX = 1000;
const PRECISION = 6;

function format(text: string, args: readonly unknown[], meter: Meter): string {
  let next = 0;
  meter.spend(text.length * PER_CHARACTER);
  return text.replaceAll(CLAUSE, (_, percent?: string, precision?: string, verb?: string) => {
    if (percent !== undefined) return "%";
    if (next >= args.length) return fail(`index ${next} out of range of the arguments`);
    const value = lift(args[next]);
    next += 1;
    const digits = precision === undefined ? null : Number(precision);
    if (digits !== null && digits > PRECISION_MAX) return fail("a precision above 1000");
    const piece = clause(verb ?? "", value, digits, meter);
    meter.spend(piece.length * PER_CHARACTER);
    return piece;
  });
}

function clause(verb: string, value: Value, digits: number | null, meter: Meter): string {
  switch (verb) {
    case "s":
      return plain(value, meter);
    case "d":
      return decimal(value);
    case "f":
      return floating(value, (number) => printFixed(number, digits ?? PRECISION));
    case "e":
      return floating(value, (number) => printScientific(number, digits ?? PRECISION));
    case "b":
      return typeof value === "boolean" ? String(Number(value)) : based(value, 2, "binary");
    case "o":
      return based(value, 8, "octal");
    case "x":
      return hexadecimal(value);
    case "X":
      return hexadecimal(value).toUpperCase();
    default:
      return fail(`"%${verb}" is no formatting clause`);
  }
}

function wholeIn(value: Value): Whole | null {
  if (isWhole(value)) return value;
  return value instanceof Uint ? value.value : null;
}

/** NaN and the infinities, which every clause for numbers writes in words. */
function named(value: Value): string | null {
  if (!(value instanceof Double) || Number.isFinite(value.value)) return null;
  return String(value.value);
}

function decimal(value: Value): string {
  const whole = wholeIn(value);
  if (whole !== null) return String(whole);
  return named(value) ?? fail(`the decimal clause takes whole numbers, not ${typeNameOf(value)}`);
}

function floating(value: Value, print: (number: number) => string): string {
  const whole = wholeIn(value);
  if (whole !== null) return print(Number(whole));
  if (!(value instanceof Double))
    return fail(`a clause for doubles does not take ${typeNameOf(value)}`);
  return named(value) ?? print(value.value);
}

function based(value: Value, base: number, name: string): string {
  const whole = wholeIn(value);
  return whole === null
    ? fail(`the ${name} clause takes whole numbers, not ${typeNameOf(value)}`)
    : whole.toString(base);
}

function hexadecimal(value: Value): string {
  if (typeof value === "string") return hexOfBytes(bytesOfText(value));
  if (value instanceof Bytes) return hexOfBytes(value.value);
  return based(value, 16, "hexadecimal");
}

/** The text of nearly any value. */
function plain(value: Value, meter: Meter): string {
  meter.spend(1);
  if (typeof value === "string") return value;
  if (value === null || typeof value === "boolean") return String(value);
  if (value instanceof Double) return named(value) ?? printDouble(value.value);
  const whole = wholeIn(value);
  if (whole !== null) return String(whole);
  if (Array.isArray(value)) return `[${value.map((raw) => plain(lift(raw), meter)).join(", ")}]`;
  return plainHeld(value, meter);
}

function plainHeld(value: Value, meter: Meter): string {
  if (value instanceof Bytes) return textOfBytes(value.value) ?? fail("bytes are not UTF-8");
  if (value instanceof Timestamp) return printTimestamp(value);
  if (value instanceof Duration) return printDuration(value);
  if (value instanceof TypeValue) return value.name;
  if (!isMap(value)) return fail(`the string clause does not take ${typeNameOf(value)}`);
  const members = keysOf(value).map((key): readonly [string, string] => [
    plain(key, meter),
    plain(entryOf(value, key) ?? null, meter),
  ]);
  members.sort(([a], [b]) => orderTexts(a, b));
  return `{${members.map(([key, member]) => `${key}: ${member}`).join(", ")}}`;
}

/** How much longer a value may be in its text than it is inside: signs, digits, brackets. */
const EXTRA = 30;

function printedLength([text = SCALAR, args = SCALAR]: readonly Bound[]): number {
  return text.length + args.nodes * (args.length + EXTRA);
}

export const formatLibrary: readonly Overload[] = [
  defineMethod("format", [STRING, LIST], STRING, format, {
    worst: (bounds) => 1 + (bounds[1]?.nodes ?? 0) + printedLength(bounds) * PER_CHARACTER,
    size: (_, bounds) => printedLength(bounds),
  }),
];
