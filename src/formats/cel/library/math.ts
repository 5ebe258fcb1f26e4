// Numbers. Source: github.com/google/cel-go, ext/README.md, "Math".
import { defineFunction, type Overload, perElement } from "../compile/overload.ts";
import { BOOL, DOUBLE, DYN, INT, listOf, partOf, type Type, UINT } from "../compile/type.ts";
import { fail } from "../values/failure.ts";
import { numberOf, order } from "../values/order.ts";
import { Double, lift, typeNameOf, Uint, type Value } from "../values/value.ts";
import { negate, subtract, type Whole, wholeOf } from "../values/whole.ts";

/** The first of the greatest, or of the least, numbers of a list. */
function extreme(list: readonly unknown[], sign: 1 | -1): Value {
  let best: Value | undefined;
  for (const raw of list) {
    const value = lift(raw);
    if (numberOf(value) === undefined)
      fail(`no such overload: a number is wanted, not ${typeNameOf(value)}`);
    if (best === undefined || order(value, best) * sign > 0) best = value;
  }
  return best === undefined ? fail("no numbers are given") : best;
}

/** A half goes away from zero. */
function round(value: number): number {
  const whole = Math.trunc(value);
  return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole;
}

const WIDTH = 64n;

function asSigned(big: bigint): Whole {
  return wholeOf(BigInt.asIntN(64, big), "int");
}

function asUnsigned(big: bigint): Uint {
  return new Uint(wholeOf(BigInt.asUintN(64, big), "uint"));
}

/** Shifting by the width or more leaves nothing, and to the right a signed number is shifted as if it were unsigned. */
function shift(bits: Whole, by: Whole, isLeft: boolean): bigint {
  if (by < 0) fail(`negative offset: ${by}`);
  const unsigned = BigInt.asUintN(64, BigInt(bits));
  if (BigInt(by) >= WIDTH) return 0n;
  return isLeft ? unsigned << BigInt(by) : unsigned >> BigInt(by);
}

const BITS = [
  ["math.bitAnd", (a: bigint, b: bigint): bigint => a & b],
  ["math.bitOr", (a: bigint, b: bigint): bigint => a | b],
  ["math.bitXor", (a: bigint, b: bigint): bigint => a ^ b],
] as const;

const ROUNDINGS = [
  ["math.ceil", Math.ceil],
  ["math.floor", Math.floor],
  ["math.round", round],
  ["math.trunc", Math.trunc],
] as const;

const KINDS = [
  ["math.isNaN", Number.isNaN],
  ["math.isInf", (value: number) => Math.abs(value) === Infinity],
  ["math.isFinite", Number.isFinite],
] as const;

const MANY = { cost: perElement };
const element = ([list = DYN]: readonly Type[]): Type => partOf(list, 0);

export const mathLibrary: readonly Overload[] = [
  ...[INT, UINT, DOUBLE].flatMap((type) => [
    defineFunction("math.@greatest", [listOf(type)], element, (list) => extreme(list, 1), MANY),
    defineFunction("math.@least", [listOf(type)], element, (list) => extreme(list, -1), MANY),
    defineFunction("math.@greatest", [type], type, (only) => only),
    defineFunction("math.@least", [type], type, (only) => only),
  ]),
  ...ROUNDINGS.map(([name, of]) =>
    defineFunction(name, [DOUBLE], DOUBLE, ({ value }) => new Double(of(value))),
  ),
  ...KINDS.map(([name, of]) => defineFunction(name, [DOUBLE], BOOL, ({ value }) => of(value))),
  defineFunction("math.abs", [INT], INT, (a) => (a < 0 ? negate(a) : a)),
  defineFunction("math.abs", [UINT], UINT, (a) => a),
  defineFunction("math.abs", [DOUBLE], DOUBLE, ({ value }) => new Double(Math.abs(value))),
  defineFunction("math.sign", [INT], INT, (a) => (a < 0 ? -1 : a > 0 ? 1 : 0)),
  defineFunction("math.sign", [UINT], UINT, ({ value }) => new Uint(value > 0 ? 1 : 0)),
  defineFunction("math.sign", [DOUBLE], DOUBLE, ({ value }) => new Double(Math.sign(value))),
  defineFunction("math.sqrt", [DOUBLE], DOUBLE, ({ value }) => new Double(Math.sqrt(value))),
  defineFunction("math.sqrt", [INT], DOUBLE, (a) => new Double(Math.sqrt(Number(a)))),
  defineFunction("math.sqrt", [UINT], DOUBLE, (a) => new Double(Math.sqrt(Number(a.value)))),
  ...BITS.flatMap(([name, of]) => [
    defineFunction(name, [INT, INT], INT, (a, b) => asSigned(of(BigInt(a), BigInt(b)))),
    defineFunction(name, [UINT, UINT], UINT, (a, b) =>
      asUnsigned(of(BigInt(a.value), BigInt(b.value))),
    ),
  ]),
  defineFunction("math.bitNot", [INT], INT, (a) => subtract(-1, a, "int")),
  defineFunction("math.bitNot", [UINT], UINT, (a) => asUnsigned(~BigInt(a.value))),
  ...(
    [
      ["math.bitShiftLeft", true],
      ["math.bitShiftRight", false],
    ] as const
  ).flatMap(([name, isLeft]) => [
    defineFunction(name, [INT, INT], INT, (a, by) => asSigned(shift(a, by, isLeft))),
    defineFunction(name, [UINT, INT], UINT, (a, by) => asUnsigned(shift(a.value, by, isLeft))),
  ]),
];
