// Amounts such as `1.5Gi`. Source: the grammar in Kubernetes' documentation of resource.Quantity; "Common Expression Language in
// Kubernetes", "Kubernetes quantity library". What Kubernetes' parser takes beyond its grammar (`Mi`, `+`) is refused.
import { defineFunction, defineMethod, type Overload, throughFirst } from "../compile/overload.ts";
import { BOOL, DOUBLE, INT, opaque, STRING, type Type } from "../compile/type.ts";
import { fail } from "../values/failure.ts";
import { Comparable } from "../values/order.ts";
import { Double } from "../values/value.ts";
import { type Whole, wholeOf } from "../values/whole.ts";

const FORM =
  /^([-+]?)(?:([0-9]{1,200})(?:\.([0-9]{0,200}))?|\.([0-9]{1,200}))([A-Za-z]{0,2}|[eE][-+]?[0-9]{1,4})$/;
const NANO = 1_000_000_000n;
const EXPONENT_MAX = 1_000;
/** What an amount with a binary suffix is cut to. */
const BINARY_MAX = (2n ** 63n - 1n) * NANO;

const TENS: ReadonlyMap<string, number> = new Map([
  ["n", -9],
  ["u", -6],
  ["m", -3],
  ["", 0],
  ["k", 3],
  ["M", 6],
  ["G", 9],
  ["T", 12],
  ["P", 15],
  ["E", 18],
]);
const TWOS: ReadonlyMap<string, bigint> = new Map([
  ["Ki", 10n],
  ["Mi", 20n],
  ["Gi", 30n],
  ["Ti", 40n],
  ["Pi", 50n],
  ["Ei", 60n],
]);

class Quantity extends Comparable {
  readonly typeName = "kubernetes.Quantity";
  /** In billionths. */
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    super();
    this.nanos = nanos;
  }
  override equals(other: Comparable): boolean {
    return other instanceof Quantity && other.nanos === this.nanos;
  }
  override toString(): string {
    const size = this.nanos < 0n ? -this.nanos : this.nanos;
    const rest = String(size % NANO)
      .padStart(9, "0")
      .replace(/0+$/, "");
    return `${this.nanos < 0n ? "-" : ""}${size / NANO}${rest === "" ? "" : `.${rest}`}`;
  }
}

export const QUANTITY: Type<Quantity> = opaque("kubernetes.Quantity", Quantity);

/** Null for what is no amount. What is finer than a billionth is rounded away from zero. */
function parseQuantity(text: string): Quantity | null {
  const match = FORM.exec(text);
  if (match === null) return null;
  const [, sign, whole = "", part = match[4] ?? "", , suffix = ""] = match;
  const digits = BigInt(`${whole}${part}` || "0");
  const twos = TWOS.get(suffix);
  const tens = twos === undefined ? tensOf(suffix) : 0;
  if (tens === null) return null;
  const size = inNanos(digits << (twos ?? 0n), tens - part.length);
  const cut = twos !== undefined && size > BINARY_MAX ? BINARY_MAX : size;
  return new Quantity(sign === "-" ? -cut : cut);
}

function tensOf(suffix: string): number | null {
  const known = TENS.get(suffix);
  if (known !== undefined) return known;
  if (!/^[eE][-+]?[0-9]+$/.test(suffix)) return null;
  const exponent = Number(suffix.slice(1));
  return Math.abs(exponent) > EXPONENT_MAX ? null : exponent;
}

function inNanos(digits: bigint, tens: number): bigint {
  const power = tens + 9;
  if (power >= 0) return digits * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(-power);
  return (digits + divisor - 1n) / divisor;
}

function quantity(text: string): Quantity {
  return parseQuantity(text) ?? fail("a text is no quantity");
}

function integerIn({ nanos }: Quantity): Whole | null {
  const whole = nanos / NANO;
  return nanos % NANO === 0n && BigInt.asIntN(64, whole) === whole ? wholeOf(whole, "int") : null;
}

function asDouble({ nanos }: Quantity): Double {
  const isWhole = nanos % NANO === 0n;
  return new Double(isWhole ? Number(nanos / NANO) : Number(nanos) / Number(NANO));
}

function side(a: Quantity, b: Quantity): number {
  return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0;
}

/** Products stay within what a reading may give. */
const NANOS_MAX = 10n ** 1_500n;

function multiply({ nanos }: Quantity, by: Whole): Quantity {
  const product = nanos * BigInt(by);
  if (product > NANOS_MAX || product < -NANOS_MAX) fail("quantity overflow");
  return new Quantity(product);
}

const sign = ({ nanos }: Quantity): number => (nanos < 0n ? -1 : nanos > 0n ? 1 : 0);
const ofInt = (whole: Whole): bigint => BigInt(whole) * NANO;

export const quantityLibrary: readonly Overload[] = [
  defineFunction("quantity", [STRING], QUANTITY, quantity, { cost: throughFirst, isEarly: true }),
  defineFunction("isQuantity", [STRING], BOOL, (text) => parseQuantity(text) !== null, {
    cost: throughFirst,
  }),
  defineMethod("isInteger", [QUANTITY], BOOL, (a) => integerIn(a) !== null),
  defineMethod(
    "asInteger",
    [QUANTITY],
    INT,
    (a) => integerIn(a) ?? fail("a quantity is no integer of 64 bits"),
  ),
  defineMethod("asApproximateFloat", [QUANTITY], DOUBLE, asDouble),
  defineMethod("sign", [QUANTITY], INT, sign),
  defineFunction("sign", [QUANTITY], INT, sign),
  defineMethod("add", [QUANTITY, QUANTITY], QUANTITY, (a, b) => new Quantity(a.nanos + b.nanos)),
  defineMethod("add", [QUANTITY, INT], QUANTITY, (a, b) => new Quantity(a.nanos + ofInt(b))),
  defineMethod("sub", [QUANTITY, QUANTITY], QUANTITY, (a, b) => new Quantity(a.nanos - b.nanos)),
  defineMethod("sub", [QUANTITY, INT], QUANTITY, (a, b) => new Quantity(a.nanos - ofInt(b))),
  defineMethod("mul", [QUANTITY, INT], QUANTITY, multiply),
  defineMethod("isLessThan", [QUANTITY, QUANTITY], BOOL, (a, b) => side(a, b) < 0),
  defineMethod("isGreaterThan", [QUANTITY, QUANTITY], BOOL, (a, b) => side(a, b) > 0),
  defineMethod("compareTo", [QUANTITY, QUANTITY], INT, side),
];
