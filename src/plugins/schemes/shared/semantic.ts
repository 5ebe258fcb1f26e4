// Semantic versions, as several ecosystems read them. Source: semver.org 2.0.0, section 11.
import { compareDigits, compareText, endOfDigits, isDigit } from "./digits.ts";
import { remembered } from "./remembered.ts";

export interface SemanticVersion {
  /** Digits; three by the standard, but real data has one to many. */
  readonly numbers: readonly string[];
  /** Identifiers of the pre-release; empty when it is none. */
  readonly preRelease: readonly string[];
  /** What stands after `+`; null when nothing does. */
  readonly build: string | null;
}

/**
 * Takes a version apart, generously: a leading `v` or `=` and blanks are passed over, numbers may be missing (`1.2`) or too
 * many, and a pre-release may follow without a hyphen (`1.2.3beta`).
 *
 * @returns null when it does not begin with a number.
 */
export const parseSemantic: (text: string) => SemanticVersion | null = remembered((text) => {
  let at = 0;
  while (/^[\s=vV]$/.test(text[at] ?? "")) at += 1;
  const numbers: string[] = [];
  for (;;) {
    const end = endOfDigits(text, at);
    if (end === at) return null;
    numbers.push(text.slice(at, end));
    at = end;
    if (text[at] !== "." || !isDigit(text.charCodeAt(at + 1))) break;
    at += 1;
  }
  const rest = text.slice(at).trimEnd();
  if (/\s/.test(rest)) return null;
  return { numbers, ...tail(rest) };
});

function tail(rest: string): Pick<SemanticVersion, "preRelease" | "build"> {
  const plus = rest.indexOf("+");
  const before = plus === -1 ? rest : rest.slice(0, plus);
  const preRelease = before.startsWith("-") || before.startsWith(".") ? before.slice(1) : before;
  return {
    preRelease: preRelease === "" ? [] : preRelease.split("."),
    build: plus === -1 ? null : rest.slice(plus + 1),
  };
}

/** Orders by precedence; the build does not count. Numbers that are missing are 0. */
export function compareSemantic(a: SemanticVersion, b: SemanticVersion): number {
  return (
    compareNumbers(a.numbers, b.numbers) ||
    Number(a.preRelease.length === 0) - Number(b.preRelease.length === 0) ||
    compareIdentifiers(a.preRelease, b.preRelease)
  );
}

/** Orders lists of digits; a shorter list goes on with zeros. */
export function compareNumbers(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    const order = compareDigits(a[i] ?? "", b[i] ?? "");
    if (order !== 0) return order;
  }
  return 0;
}

/** Orders dotted identifiers: numbers by value and before words, words by ASCII, a longer list after its beginning. */
export function compareIdentifiers(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const order = compareIdentifier(a[i] ?? "", b[i] ?? "");
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareIdentifier(a: string, b: string): number {
  const isNumber = isAllDigits(a);
  if (isNumber !== isAllDigits(b)) return isNumber ? -1 : 1;
  return isNumber ? compareDigits(a, b) : compareText(a, b);
}

function isAllDigits(text: string): boolean {
  return text !== "" && endOfDigits(text, 0) === text.length;
}
