// Whole numbers of 64 bits: a number as long as 53 bits suffice, a bigint beyond, never both for one value.
import { fail } from "./failure.ts";

export type Whole = number | bigint;

/** The signed and the unsigned range. */
export type Range = "int" | "uint";

export function isWhole(value: unknown): value is Whole {
  return typeof value === "number" || typeof value === "bigint";
}

/** The one form of a value. @throws Failure when it is outside the range. */
export function wholeOf(big: bigint, range: Range): Whole {
  const wrapped = range === "int" ? BigInt.asIntN(64, big) : BigInt.asUintN(64, big);
  if (wrapped !== big) fail(`${range} overflow`);
  return big >= Number.MIN_SAFE_INTEGER && big <= Number.MAX_SAFE_INTEGER ? Number(big) : big;
}

// For each operation: when both are numbers and so is the exact result, the result is exact. Adding zero takes away a sign of
// zero, which whole numbers do not have.

export function add(a: Whole, b: Whole, range: Range): Whole {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (Number.isSafeInteger(sum) && (range === "int" || sum >= 0)) return sum + 0;
  }
  return wholeOf(BigInt(a) + BigInt(b), range);
}

export function subtract(a: Whole, b: Whole, range: Range): Whole {
  if (typeof a === "number" && typeof b === "number") {
    const difference = a - b;
    if (Number.isSafeInteger(difference) && (range === "int" || difference >= 0))
      return difference + 0;
  }
  return wholeOf(BigInt(a) - BigInt(b), range);
}

export function multiply(a: Whole, b: Whole, range: Range): Whole {
  if (typeof a === "number" && typeof b === "number") {
    const product = a * b;
    if (Number.isSafeInteger(product)) return product + 0;
  }
  return wholeOf(BigInt(a) * BigInt(b), range);
}

/** Rounds towards zero. */
export function divide(a: Whole, b: Whole, range: Range): Whole {
  if (b === 0) fail("division by zero");
  return wholeOf(BigInt(a) / BigInt(b), range);
}

/** Has the sign of `a`. */
export function remainder(a: Whole, b: Whole, range: Range): Whole {
  if (b === 0) fail("modulus by zero");
  if (typeof a === "number" && typeof b === "number") return (a % b) + 0;
  return wholeOf(BigInt(a) % BigInt(b), range);
}

export function negate(a: Whole): Whole {
  return typeof a === "number" ? 0 - a : wholeOf(-a, "int");
}

const INT_MIN = -(2 ** 63);
const INT_END = 2 ** 63;
const UINT_END = 2 ** 64;

/** Rounds towards zero. The least int is refused, as its neighbours cannot be told from it. */
export function wholeOfDouble(value: number, range: Range): Whole {
  const isInside =
    range === "int" ? value > INT_MIN && value < INT_END : value >= 0 && value < UINT_END;
  if (!isInside) fail(`${range} overflow`);
  return wholeOf(BigInt(Math.trunc(value)), range);
}

/** Digits with a sign, as `strconv.ParseInt` takes them in base ten. */
export function wholeOfText(text: string, range: Range): Whole {
  const form = range === "int" ? /^[-+]?[0-9]+$/ : /^[0-9]+$/;
  if (text.length > 400 || !form.test(text)) fail(`a text is no ${range}`);
  return wholeOf(BigInt(text.startsWith("+") ? text.slice(1) : text), range);
}
