// Semantic versions. Source: semver.org 2.0.0, sections 2, 9, 10, 11; "Common Expression Language in Kubernetes", "Kubernetes semver
// library".
import { defineFunction, defineMethod, type Overload, throughFirst } from "../compile/overload.ts";
import { BOOL, INT, opaque, STRING, type Type } from "../compile/type.ts";
import { fail } from "../values/failure.ts";
import { Comparable } from "../values/order.ts";
import { type Whole, wholeOf } from "../values/whole.ts";

type Identifier = string | bigint;

const LENGTH_MAX = 1_000;
const NUMBER = /^(?:0|[1-9][0-9]*)$/;
const UINT_MAX = 2n ** 64n - 1n;
const WORD = /^[0-9A-Za-z-]+$/;

class Semver extends Comparable {
  readonly typeName = "kubernetes.Semver";
  readonly numbers: readonly bigint[];
  /** Before the release; empty for the release itself. */
  readonly before: readonly Identifier[];
  readonly #text: string;
  constructor(numbers: readonly bigint[], before: readonly Identifier[], text: string) {
    super();
    this.numbers = numbers;
    this.before = before;
    this.#text = text;
  }
  override equals(other: Comparable): boolean {
    return other instanceof Semver && side(this, other) === 0;
  }
  override toString(): string {
    return this.#text;
  }
}

export const SEMVER: Type<Semver> = opaque("kubernetes.Semver", Semver);

function parseSemver(text: string): Semver | null {
  if (text.length > LENGTH_MAX) return null;
  const plus = text.indexOf("+");
  const bare = plus === -1 ? text : text.slice(0, plus);
  if (
    plus !== -1 &&
    !text
      .slice(plus + 1)
      .split(".")
      .every((word) => WORD.test(word))
  )
    return null;
  const minus = bare.indexOf("-");
  const numbers = (minus === -1 ? bare : bare.slice(0, minus)).split(".").map(numberOf);
  const words =
    minus === -1
      ? []
      : bare
          .slice(minus + 1)
          .split(".")
          .map(identifierOf);
  const isWhole = numbers.length === 3 && !numbers.includes(null) && !words.includes(null);
  return isWhole ? new Semver(numbers as bigint[], words as Identifier[], text) : null;
}

function numberOf(text: string): bigint | null {
  if (!NUMBER.test(text)) return null;
  const value = BigInt(text);
  return value > UINT_MAX ? null : value;
}

function identifierOf(text: string): Identifier | null {
  if (/^[0-9]+$/.test(text)) return numberOf(text);
  return WORD.test(text) ? text : null;
}

/** Takes off a leading `v` and leading zeros, and adds what is missing of three numbers. */
function normalized(text: string): string | null {
  const [major = "", minor, ...rest] = text.replace(/^v/, "").split(".");
  const patch = minor === undefined || rest.length === 0 ? undefined : rest.join(".");
  const parts = [major, minor, patch].filter((part) => part !== undefined);
  if (parts.length < 3 && /[-+]/.test(parts.at(-1) ?? "")) return null;
  const stripped = parts.map((part) => part.replace(/^0+(?=[0-9])/, ""));
  return [...stripped, "0", "0"].slice(0, 3).join(".");
}

function read(text: string, isNormalized: boolean): Semver | null {
  if (text.length > LENGTH_MAX) return null;
  const plain = isNormalized ? normalized(text) : text;
  return plain === null ? null : parseSemver(plain);
}

function semver(text: string, isNormalized: boolean): Semver {
  return read(text, isNormalized) ?? fail("a text is no semantic version");
}

function side(a: Semver, b: Semver): number {
  const difference = firstDifference(a.numbers, b.numbers);
  if (difference !== 0) return difference;
  // What comes before a release is less than it.
  const [x, y] = [a.before.length, b.before.length];
  if (x === 0 || y === 0) return Math.sign(Number(y > 0) - Number(x > 0));
  return firstDifference(a.before, b.before);
}

/** With all else equal, more identifiers are greater. */
function firstDifference(a: readonly Identifier[], b: readonly Identifier[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const difference = sideOf(a[i] as Identifier, b[i] as Identifier);
    if (difference !== 0) return difference;
  }
  return Math.sign(a.length - b.length);
}

/** Numbers are less than words. */
function sideOf(x: Identifier, y: Identifier): number {
  if (typeof x !== typeof y) return typeof x === "bigint" ? -1 : 1;
  return x < y ? -1 : x > y ? 1 : 0;
}

const NAMES = ["major", "minor", "patch"] as const;
const early = { cost: throughFirst, isEarly: true } as const;
const through = { cost: throughFirst };

export const semverLibrary: readonly Overload[] = [
  defineFunction("semver", [STRING], SEMVER, (text) => semver(text, false), early),
  defineFunction("semver", [STRING, BOOL], SEMVER, semver, early),
  defineFunction("isSemver", [STRING], BOOL, (text) => read(text, false) !== null, through),
  defineFunction("isSemver", [STRING, BOOL], BOOL, (text, n) => read(text, n) !== null, through),
  ...NAMES.map((name, i) =>
    defineMethod(name, [SEMVER], INT, (a): Whole => wholeOf(a.numbers[i] ?? 0n, "int")),
  ),
  defineMethod("isLessThan", [SEMVER, SEMVER], BOOL, (a, b) => side(a, b) < 0),
  defineMethod("isGreaterThan", [SEMVER, SEMVER], BOOL, (a, b) => side(a, b) > 0),
  defineMethod("compareTo", [SEMVER, SEMVER], INT, side),
];
