// Operators, sizes and conversions. Source: cel-spec doc/langdef.md, "List of Standard Definitions".
import {
  defineFunction,
  defineMethod,
  type Overload,
  sum,
  throughAll,
  throughFirst,
} from "../compile/overload.ts";
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  join,
  LIST,
  listOf,
  MAP,
  NULL,
  partOf,
  STRING,
  TIMESTAMP,
  TYPE,
  type Type,
  UINT,
} from "../compile/type.ts";
import { bytesOfText, textOfBytes } from "../values/bytes.ts";
import { fail } from "../values/failure.ts";
import { printDouble } from "../values/number-text.ts";
import { contains, isEqual, order } from "../values/order.ts";
import { lengthOf } from "../values/text.ts";
import {
  between,
  Duration,
  later,
  parseDuration,
  parseTimestamp,
  printDuration,
  printTimestamp,
  Timestamp,
} from "../values/time.ts";
import { Bytes, Double, sizeOfMap, TypeValue, typeNameOf, Uint } from "../values/value.ts";
import * as whole from "../values/whole.ts";

/** Bytes have four units at most for each unit of a text. */
const UTF8_MAX = 3;
const NUMBER_LENGTH_MAX = 400;

const equality = ["_==_", "_!=_"].map((name) =>
  defineFunction(
    name,
    [DYN, DYN],
    BOOL,
    (a, b, meter) => isEqual(a, b, meter) === (name === "_==_"),
  ),
);

const numbers: readonly Type[] = [INT, UINT, DOUBLE];
const ordered: readonly (readonly [Type, Type])[] = [
  ...numbers.flatMap((a) => numbers.map((b) => [a, b] as const)),
  ...[BOOL, STRING, BYTES, TIMESTAMP, DURATION].map((type) => [type, type] as const),
];
const relations = (["_<_", "_<=_", "_>_", "_>=_"] as const).flatMap((name) =>
  ordered.map(([a, b]) =>
    defineFunction(name, [a, b], BOOL, (x, y) => {
      const side = order(x, y);
      if (name === "_<_") return side < 0;
      if (name === "_<=_") return side <= 0;
      return name === "_>_" ? side > 0 : side >= 0;
    }),
  ),
);

const arithmetic = (
  [
    ["_+_", whole.add, (a: number, b: number) => a + b],
    ["_-_", whole.subtract, (a: number, b: number) => a - b],
    ["_*_", whole.multiply, (a: number, b: number) => a * b],
    ["_/_", whole.divide, (a: number, b: number) => a / b],
    ["_%_", whole.remainder, null],
  ] as const
).flatMap(([name, exact, double]) => [
  defineFunction(name, [INT, INT], INT, (a, b) => exact(a, b, "int")),
  defineFunction(name, [UINT, UINT], UINT, (a, b) => new Uint(exact(a.value, b.value, "uint"))),
  ...(double === null
    ? []
    : [
        defineFunction(
          name,
          [DOUBLE, DOUBLE],
          DOUBLE,
          (a, b) => new Double(double(a.value, b.value)),
        ),
      ]),
]);

const joined = { cost: throughAll, size: sum };

const sums: readonly Overload[] = [
  defineFunction("_+_", [STRING, STRING], STRING, (a, b) => a + b, joined),
  defineFunction(
    "_+_",
    [BYTES, BYTES],
    BYTES,
    (a, b) => new Bytes(Uint8Array.from([...a.value, ...b.value])),
    joined,
  ),
  defineFunction(
    "_+_",
    [LIST, LIST],
    ([a = DYN, b = DYN]) =>
      a.name === "list" && b.name === "list" ? listOf(join([partOf(a, 0), partOf(b, 0)])) : LIST,
    (a, b) => [...a, ...b],
    { cost: sum, size: sum },
  ),
  defineFunction("_+_", [TIMESTAMP, DURATION], TIMESTAMP, (a, b) => later(a, b.nanos)),
  defineFunction("_+_", [DURATION, TIMESTAMP], TIMESTAMP, (a, b) => later(b, a.nanos)),
  defineFunction("_+_", [DURATION, DURATION], DURATION, (a, b) => new Duration(a.nanos + b.nanos)),
  defineFunction("_-_", [TIMESTAMP, TIMESTAMP], DURATION, (a, b) => between(a, b)),
  defineFunction("_-_", [TIMESTAMP, DURATION], TIMESTAMP, (a, b) => later(a, -b.nanos)),
  defineFunction("_-_", [DURATION, DURATION], DURATION, (a, b) => new Duration(a.nanos - b.nanos)),
  defineFunction("-_", [INT], INT, (a) => whole.negate(a)),
  defineFunction("-_", [DOUBLE], DOUBLE, (a) => new Double(-a.value)),
  defineFunction("!_", [BOOL], BOOL, (a) => !a),
];

const memberships: readonly Overload[] = [LIST, MAP].map((container) =>
  defineFunction("_in_", [DYN, container], BOOL, (a, b, meter) => contains(b, a, meter)),
);

const sizes: readonly Overload[] = [defineFunction, defineMethod].flatMap((define) => [
  define("size", [STRING], INT, (a) => lengthOf(a), { cost: throughFirst }),
  define("size", [BYTES], INT, (a) => a.value.length),
  define("size", [LIST], INT, (a) => a.length),
  define("size", [MAP], INT, (a) => sizeOfMap(a)),
]);

const texts: readonly Overload[] = [
  defineMethod("contains", [STRING, STRING], BOOL, (a, b) => a.includes(b), { cost: throughAll }),
  defineMethod("startsWith", [STRING, STRING], BOOL, (a, b) => a.startsWith(b)),
  defineMethod("endsWith", [STRING, STRING], BOOL, (a, b) => a.endsWith(b)),
];

const early = { isEarly: true } as const;
const asText = { size: () => NUMBER_LENGTH_MAX };

const conversions: readonly Overload[] = [
  defineFunction("int", [INT], INT, (a) => a),
  defineFunction("int", [UINT], INT, (a) => whole.wholeOf(BigInt(a.value), "int")),
  defineFunction("int", [DOUBLE], INT, (a) => whole.wholeOfDouble(a.value, "int")),
  defineFunction("int", [STRING], INT, (a) => whole.wholeOfText(a, "int"), early),
  defineFunction("int", [TIMESTAMP], INT, (a) => a.seconds),
  defineFunction("uint", [UINT], UINT, (a) => a),
  defineFunction("uint", [INT], UINT, (a) => new Uint(whole.wholeOf(BigInt(a), "uint"))),
  defineFunction("uint", [DOUBLE], UINT, (a) => new Uint(whole.wholeOfDouble(a.value, "uint"))),
  defineFunction("uint", [STRING], UINT, (a) => new Uint(whole.wholeOfText(a, "uint")), early),
  defineFunction("double", [DOUBLE], DOUBLE, (a) => a),
  defineFunction("double", [INT], DOUBLE, (a) => new Double(Number(a))),
  defineFunction("double", [UINT], DOUBLE, (a) => new Double(Number(a.value))),
  defineFunction("double", [STRING], DOUBLE, (a) => doubleOfText(a), early),
  defineFunction("bool", [BOOL], BOOL, (a) => a),
  defineFunction("bool", [STRING], BOOL, (a) => boolOfText(a), early),
  defineFunction("bytes", [BYTES], BYTES, (a) => a),
  defineFunction("bytes", [STRING], BYTES, (a) => new Bytes(bytesOfText(a)), {
    cost: throughFirst,
    size: ([size = 0]) => size * UTF8_MAX,
  }),
  defineFunction("string", [STRING], STRING, (a) => a),
  defineFunction("string", [INT], STRING, (a) => String(a), asText),
  defineFunction("string", [UINT], STRING, (a) => String(a.value), asText),
  defineFunction("string", [DOUBLE], STRING, (a) => printDouble(a.value), asText),
  defineFunction("string", [BOOL], STRING, (a) => String(a), asText),
  defineFunction("string", [TIMESTAMP], STRING, (a) => printTimestamp(a), asText),
  defineFunction("string", [DURATION], STRING, (a) => printDuration(a), asText),
  defineFunction(
    "string",
    [BYTES],
    STRING,
    (a) => textOfBytes(a.value) ?? fail("bytes are not UTF-8"),
    { cost: throughFirst },
  ),
  defineFunction("timestamp", [TIMESTAMP], TIMESTAMP, (a) => a),
  defineFunction("timestamp", [INT], TIMESTAMP, (a) => new Timestamp(Number(a), 0)),
  defineFunction("timestamp", [STRING], TIMESTAMP, (a) => parseTimestamp(a), early),
  defineFunction("duration", [DURATION], DURATION, (a) => a),
  defineFunction("duration", [STRING], DURATION, (a) => parseDuration(a), early),
  defineFunction("dyn", [DYN], DYN, (a) => a),
  defineFunction("type", [DYN], TYPE, (a) => new TypeValue(typeNameOf(a))),
];

const TRUE: ReadonlySet<string> = new Set(["1", "t", "T", "true", "TRUE", "True"]);
const FALSE: ReadonlySet<string> = new Set(["0", "f", "F", "false", "FALSE", "False"]);

function boolOfText(text: string): boolean {
  if (TRUE.has(text)) return true;
  return FALSE.has(text) ? false : fail("a text is no bool");
}

const DECIMAL = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
const INFINITY = /^[-+]?inf(?:inity)?$/i;

function doubleOfText(text: string): Double {
  if (/^nan$/i.test(text)) return new Double(Number.NaN);
  if (INFINITY.test(text)) return new Double(text.startsWith("-") ? -Infinity : Infinity);
  if (text.length > NUMBER_LENGTH_MAX || !DECIMAL.test(text)) return fail("a text is no double");
  const value = Number(text);
  return Number.isFinite(value) ? new Double(value) : fail("a text is outside the range of double");
}

export const coreLibrary: readonly Overload[] = [
  ...equality,
  ...relations,
  ...arithmetic,
  ...sums,
  ...memberships,
  ...sizes,
  ...texts,
  ...conversions,
];

/** Types that stand for themselves in an expression. */
export const coreTypes: readonly Type[] = [
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  INT,
  LIST,
  MAP,
  NULL,
  STRING,
  TIMESTAMP,
  TYPE,
  UINT,
];
