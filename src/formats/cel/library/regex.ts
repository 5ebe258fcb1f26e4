// Regular expressions. Source: cel-spec doc/langdef.md, "Regular Expressions"; Kubernetes' documentation "Common Expression
// Language in Kubernetes", "Kubernetes regex library".
import { defineFunction, defineMethod, type Overload, PER_CHARACTER } from "../compile/overload.ts";
import { BOOL, INT, listOf, STRING } from "../compile/type.ts";
import { type CompiledRegex, compileRegex } from "../regex/regex.ts";
import type { Meter } from "../values/failure.ts";
import type { Value } from "../values/value.ts";

/** Kubernetes' price: a tenth for each character of the text, times a quarter for each of the expression. */
const PER_PATTERN_CHARACTER = 0.25;

function price([text = 0, pattern = 0]: readonly number[]): number {
  return 1 + text * PER_CHARACTER * Math.max(1, pattern * PER_PATTERN_CHARACTER);
}

/** Compiles, and spends for what repetitions add to the length of an expression. */
function regexOf(pattern: string, text: string, meter: Meter): CompiledRegex {
  const regex = compileRegex(pattern);
  const surplus = Math.max(0, regex.size - 2 * pattern.length);
  meter.spend(text.length * PER_CHARACTER * surplus * PER_PATTERN_CHARACTER);
  return regex;
}

function check([, pattern]: readonly (Value | undefined)[]): void {
  if (typeof pattern === "string") compileRegex(pattern);
}

const all = {
  check,
  cost: (sizes: readonly number[]): number => price(sizes),
  size: ([text = 0]: readonly number[]): number => text + 1,
};

function findAll(text: string, pattern: string, limit: number, meter: Meter): readonly string[] {
  const regex = regexOf(pattern, text, meter);
  const each = PER_CHARACTER * regex.size * PER_PATTERN_CHARACTER;
  return regex.findAll(text, limit < 0 ? Infinity : limit, (units) => meter.spend(units * each));
}

export const regexLibrary: readonly Overload[] = [
  ...[defineFunction, defineMethod].map((define) =>
    define(
      "matches",
      [STRING, STRING],
      BOOL,
      (text, pattern, meter) => regexOf(pattern, text, meter).test(text),
      { check, cost: price },
    ),
  ),
  defineMethod(
    "find",
    [STRING, STRING],
    STRING,
    (text, pattern, meter) => regexOf(pattern, text, meter).find(text) ?? "",
    { check, cost: price },
  ),
  defineMethod(
    "findAll",
    [STRING, STRING],
    listOf(STRING),
    (text, pattern, meter) => findAll(text, pattern, -1, meter),
    all,
  ),
  defineMethod(
    "findAll",
    [STRING, STRING, INT],
    listOf(STRING),
    (text, pattern, limit, meter) => findAll(text, pattern, Number(limit), meter),
    all,
  ),
];
