// From an operator and its values to a test of one value of a field.
import type { BinaryOperator, Modifier } from "../../formats/falco/condition.ts";
import { latin1, utf8Bytes } from "../../kit/text.ts";
import { inNetworks, sameAddress } from "./addresses.ts";
import type { FieldType, FieldValue, RegexCompiler } from "./contract.ts";
import { fileNamePattern } from "./fnmatch.ts";
import { pathPrefixes } from "./path-prefixes.ts";
import { bytewise, containsAny, endsWithAny, lowerAscii, startsWithAny } from "./text-tests.ts";

export type Matcher = (value: FieldValue) => boolean;

/** What is asked: the operator with its values as they are written. */
export interface Question {
  readonly type: FieldType;
  readonly operator: BinaryOperator;
  readonly modifier: Modifier | null;
  readonly values: readonly string[];
}

/** Why a value does not suit a field: lower case, no full stop. */
export class ValueFault {
  readonly message: string;
  readonly index: number;
  constructor(message: string, index: number) {
    this.message = message;
    this.index = index;
  }
}

/** @throws ValueFault for a value that the type does not have. */
export function matcherOf(question: Question, regex: RegexCompiler): Matcher {
  const { type, operator, modifier, values } = question;
  if (operator === "in" || operator === "intersects") return anyOf(type, "=", values, regex);
  if (operator === "pmatch") {
    for (const [i, value] of values.entries()) refuseNul(value, i);
    return asText(pathPrefixes(values));
  }
  if (modifier === "anyof") return anyOf(type, operator, values, regex);
  const singles = values.map((value, i) => single(type, operator, { value, i }, regex));
  const [first = () => false] = singles;
  if (modifier === null) return first;
  if (modifier === "allof")
    return singles.length === 0 ? first : (value) => singles.every((test) => test(value));
  return (value) => singles.reduce((count, test) => count + Number(test(value)), 0) === 1;
}

type AtIndex = { readonly value: string; readonly i: number };

function asText(test: (text: string) => boolean): Matcher {
  return (value) => test(value as string);
}

/** Whether one of the values fits, in one look where there is a way. */
function anyOf(
  type: FieldType,
  operator: BinaryOperator,
  values: readonly string[],
  regex: RegexCompiler,
): Matcher {
  const singles = values.map((value, i) => single(type, operator, { value, i }, regex));
  const [first] = singles;
  if (singles.length < 2) return first ?? (() => false);
  const whole = inOneLook(type, operator, values);
  return whole ?? ((value) => singles.some((test) => test(value)));
}

function inOneLook(
  type: FieldType,
  operator: BinaryOperator,
  values: readonly string[],
): Matcher | null {
  const isEquality = operator === "=" || operator === "==";
  if (type === "number" && isEquality) {
    const set = new Set(values.map(Number));
    return [...set].every(Number.isSafeInteger) ? (value) => set.has(Number(value)) : null;
  }
  if (type === "network" && isEquality) return inNetworks(values);
  if (type !== "text" && type !== "bytes") return null;
  const texts = type === "bytes" ? values.map(bytesOf) : values;
  if (isEquality) {
    const set = new Set<FieldValue>(texts);
    return (value) => set.has(value);
  }
  if (operator === "startswith") return asText(startsWithAny(texts));
  if (operator === "endswith") return asText(endsWithAny(texts));
  if (operator === "contains") return asText(containsAny(texts));
  if (operator !== "icontains") return null;
  const test = containsAny(texts.map(lowerAscii));
  return asText((text) => test(lowerAscii(text)));
}

function single(
  type: FieldType,
  operator: BinaryOperator,
  at: AtIndex,
  regex: RegexCompiler,
): Matcher {
  switch (type) {
    case "text":
      return textTest(operator, at, regex);
    case "number":
      return numberTest(operator, at);
    case "boolean":
      return booleanTest(operator, at);
    case "bytes":
      return bytesTest(operator, at);
    case "address":
    case "network":
      return addressTest(type, operator, at);
  }
}

function refuseNul(value: string, i: number): void {
  if (value.includes("\0")) throw new ValueFault("no text of an event contains a NUL", i);
}

function textTest(operator: BinaryOperator, { value, i }: AtIndex, regex: RegexCompiler): Matcher {
  refuseNul(value, i);
  switch (operator) {
    case "!=":
      return (other) => other !== value;
    case "contains":
      return asText((text) => text.includes(value));
    case "icontains": {
      const lower = lowerAscii(value);
      if (!ASCII_WORD.test(value)) return asText((text) => lowerAscii(text).includes(lower));
      // Without the flag `u`, letters beyond ASCII are never those of a word in ASCII.
      const word = new RegExp(value, "i");
      return asText((text) => word.test(text));
    }
    case "startswith":
      return asText((text) => text.startsWith(value));
    case "endswith":
      return asText((text) => text.endsWith(value));
    case "glob":
    case "iglob":
      return asText(fileNamePattern(value, operator === "iglob"));
    case "regex": {
      const { test, fault } = regex(value);
      if (fault !== null) throw new ValueFault(`no regular expression of RE2: ${fault}`, i);
      return asText(test);
    }
    default:
      return (
        orderOf(operator, (other) => bytewise(other as string, value)) ??
        ((other) => other === value)
      );
  }
}

/** What means itself in a regular expression. */
const ASCII_WORD = /^[A-Za-z0-9_ /:=-]+$/;

/** A test of the order, by a comparison that answers below, at or above zero; null for an operator that is none of order. */
function orderOf(operator: BinaryOperator, compare: (other: FieldValue) => number): Matcher | null {
  switch (operator) {
    case "<":
      return (other) => compare(other) < 0;
    case "<=":
      return (other) => compare(other) <= 0;
    case ">":
      return (other) => compare(other) > 0;
    case ">=":
      return (other) => compare(other) >= 0;
    default:
      return null;
  }
}

const NUMBER = /^[+-]?(?:0[xX][0-9a-fA-F]{1,16}|[0-9]{1,19})$/;

function numberTest(operator: BinaryOperator, { value, i }: AtIndex): Matcher {
  if (!NUMBER.test(value)) throw new ValueFault(`${JSON.stringify(value)} is no whole number`, i);
  const isNegative = value.startsWith("-");
  const magnitude = BigInt(value.replace(/^[+-]/, ""));
  const big = isNegative ? -magnitude : magnitude;
  const number = Number(big);
  // Numbers of events are exact up to 2^53, beyond they are bigints; the two compare exactly.
  const exact = Number.isSafeInteger(number) ? number : big;
  const isSame = (other: FieldValue): boolean => other === exact || other === big;
  switch (operator) {
    case "!=":
      return (other) => !isSame(other);
    case "<":
      return (other) => (other as number) < exact;
    case "<=":
      return (other) => (other as number) <= exact;
    case ">":
      return (other) => (other as number) > exact;
    case ">=":
      return (other) => (other as number) >= exact;
    default:
      return isSame;
  }
}

function booleanTest(operator: BinaryOperator, { value, i }: AtIndex): Matcher {
  if (value !== "true" && value !== "false")
    throw new ValueFault(`${JSON.stringify(value)} is neither true nor false`, i);
  const wanted = (value === "true") !== (operator === "!=");
  return (other) => other === wanted;
}

const HEXADECIMAL = /^(?:[0-9a-fA-F]{2})+$/;

function bytesTest(operator: BinaryOperator, { value, i }: AtIndex): Matcher {
  if (operator === "bcontains" || operator === "bstartswith") {
    if (!HEXADECIMAL.test(value))
      throw new ValueFault(`${JSON.stringify(value)} is no pairs of hexadecimal digits`, i);
    const pairs = value.match(/../g) ?? [];
    const raw = pairs.map((pair) => String.fromCharCode(Number.parseInt(pair, 16))).join("");
    return operator === "bcontains"
      ? asText((text) => text.includes(raw))
      : asText((text) => text.startsWith(raw));
  }
  const bytes = bytesOf(value);
  switch (operator) {
    case "!=":
      return (other) => other !== bytes;
    case "contains":
      return asText((text) => text.includes(bytes));
    case "startswith":
      return asText((text) => text.startsWith(bytes));
    case "endswith":
      return asText((text) => text.endsWith(bytes));
    default:
      return (other) => other === bytes;
  }
}

function bytesOf(text: string): string {
  return latin1(utf8Bytes(text));
}

function addressTest(
  type: "address" | "network",
  operator: BinaryOperator,
  { value, i }: AtIndex,
): Matcher {
  const test = type === "address" ? sameAddress(value) : inNetworks([value]);
  if (test === null) {
    const what = type === "address" ? "an IP address" : "a network such as 10.0.0.0/8";
    throw new ValueFault(`${JSON.stringify(value)} is not ${what}`, i);
  }
  return operator === "!=" ? (other) => !test(other) : test;
}

/** Compares two values of the same type, both read from an event. */
export function comparisonOf(
  type: FieldType,
  operator: BinaryOperator,
): (left: FieldValue, right: FieldValue) => boolean {
  switch (operator) {
    case "!=":
      return (left, right) => left !== right;
    case "<":
      return (left, right) => order(type, left, right) < 0;
    case "<=":
      return (left, right) => order(type, left, right) <= 0;
    case ">":
      return (left, right) => order(type, left, right) > 0;
    case ">=":
      return (left, right) => order(type, left, right) >= 0;
    case "contains":
      return (left, right) => (left as string).includes(right as string);
    case "icontains":
      return (left, right) => lowerAscii(left as string).includes(lowerAscii(right as string));
    case "startswith":
      return (left, right) => (left as string).startsWith(right as string);
    case "endswith":
      return (left, right) => (left as string).endsWith(right as string);
    case "glob":
    case "iglob":
      return (left, right) =>
        fileNamePattern(right as string, operator === "iglob")(left as string);
    case "pmatch":
      return (left, right) => pathPrefixes([right as string])(left as string);
    default:
      return (left, right) => left === right;
  }
}

function order(type: FieldType, left: FieldValue, right: FieldValue): number {
  if (type === "text") return bytewise(left as string, right as string);
  return left < right ? -1 : Number(left > right);
}
