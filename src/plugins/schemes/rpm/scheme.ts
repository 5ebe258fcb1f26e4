// The order of rpm: Red Hat, AlmaLinux, Rocky, Fedora, Oracle, Amazon, SUSE, Photon, Azure Linux.
// Source: rpm-version(7); rpm's rpmverCmp, by which an epoch that is absent is 0 and a release that is absent comes first.
import type { Scheme } from "../../../stages/match/contract.ts";
import { compareDigits, compareText, endOfDigits, isDigit, isLetter } from "../shared/digits.ts";

export const rpm: Scheme = {
  id: "rpm",
  title: "Red Hat, SUSE and others with rpm",
  needs: [],
  state: "stable",
  compare(a, b) {
    const left = split(a);
    const right = split(b);
    return (
      compareDigits(left.epoch, right.epoch) ||
      comparePart(left.version, right.version) ||
      compareRelease(left.release, right.release)
    );
  },
};

interface Parts {
  readonly epoch: string;
  readonly version: string;
  readonly release: string | null;
}

/**
 * A colon ends an epoch only when nothing but digits is before it. Neither a version nor a release can hold a hyphen; a text
 * with several is neither, and is compared as one piece.
 */
function split(text: string): Parts {
  const digits = endOfDigits(text, 0);
  const hasEpoch = text.charCodeAt(digits) === 0x3a;
  const start = hasEpoch ? digits + 1 : 0;
  const hyphen = text.indexOf("-", start);
  const hasRelease = hyphen !== -1 && text.indexOf("-", hyphen + 1) === -1;
  return {
    epoch: hasEpoch ? text.slice(0, digits) : "",
    version: text.slice(start, hasRelease ? hyphen : undefined),
    release: hasRelease ? text.slice(hyphen + 1) : null,
  };
}

function compareRelease(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  return comparePart(a, b);
}

const TILDE = 0x7e;
const CARET = 0x5e;

/** Runs of digits and runs of letters; everything else only separates, but `~` sorts first and `^` nearly so. */
function comparePart(a: string, b: string): number {
  let i = 0;
  let j = 0;
  for (;;) {
    i = skipSeparators(a, i);
    j = skipSeparators(b, j);
    const mark = compareMarks(a.charCodeAt(i), b.charCodeAt(j));
    if (mark === "both") {
      i += 1;
      j += 1;
      continue;
    }
    if (mark !== "none") return mark;
    if (i >= a.length || j >= b.length) return Number(i < a.length) - Number(j < b.length);
    const x = endOfRun(a, i);
    const y = endOfRun(b, j);
    const order = compareRuns(a.slice(i, x), b.slice(j, y));
    if (order !== 0) return order;
    i = x;
    j = y;
  }
}

/** Both marks have to be compared before the end is: `1.0~rc1` < `1.0` < `1.0^git1` < `1.0.1`. */
function compareMarks(a: number, b: number): number | "both" | "none" {
  if (a === TILDE || b === TILDE)
    return a === b ? "both" : Number(b === TILDE) - Number(a === TILDE);
  if (a !== CARET && b !== CARET) return "none";
  if (a === b) return "both";
  // A caret comes after the end and before anything else.
  if (a === CARET) return Number.isNaN(b) ? 1 : -1;
  return Number.isNaN(a) ? -1 : 1;
}

function skipSeparators(text: string, from: number): number {
  let at = from;
  while (at < text.length && isSeparator(text.charCodeAt(at))) at += 1;
  return at;
}

function isSeparator(code: number): boolean {
  return !(isDigit(code) || isLetter(code) || code === TILDE || code === CARET);
}

function endOfRun(text: string, from: number): number {
  if (isDigit(text.charCodeAt(from))) return endOfDigits(text, from);
  let at = from;
  while (at < text.length && isLetter(text.charCodeAt(at))) at += 1;
  return at;
}

/** Numbers come after words. */
function compareRuns(a: string, b: string): number {
  const isNumber = isDigit(a.charCodeAt(0));
  if (isNumber !== isDigit(b.charCodeAt(0))) return isNumber ? 1 : -1;
  return isNumber ? compareDigits(a, b) : compareText(a, b);
}
