// Versions of gems. Source: Gem::Version's documentation and its comparison.
import type { Scheme } from "../../../stages/match/contract.ts";
import { compareDigits, compareText, isDigit } from "../shared/digits.ts";

export const rubygems: Scheme = {
  id: "rubygems",
  title: "Ruby gems",
  needs: [],
  state: "stable",
  compare(a, b) {
    const left = segmentsOf(a);
    const right = segmentsOf(b);
    if (left === null || right === null) return null;
    for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
      const order = compareSegments(left[i] ?? "0", right[i] ?? "0");
      if (order !== 0) return order;
    }
    return 0;
  },
};

/** Runs of digits and of letters; a hyphen begins a pre-release. Zeros at the end, and before the first word, do not count. */
function segmentsOf(version: string): string[] | null {
  const text = version.trim();
  if (!/^\d[0-9A-Za-z.-]*$/.test(text)) return null;
  const all = text.replaceAll("-", ".pre.").match(/\d+|[A-Za-z]+/g) ?? [];
  const word = all.findIndex((segment) => !isNumber(segment));
  if (word === -1) return withoutZeros(all);
  return [...withoutZeros(all.slice(0, word)), ...withoutZeros(all.slice(word))];
}

function withoutZeros(segments: readonly string[]): string[] {
  let end = segments.length;
  while (end > 0 && /^0+$/.test(segments[end - 1] ?? "")) end -= 1;
  return segments.slice(0, end);
}

/** Words come before numbers, so that anything with a letter is a pre-release. */
function compareSegments(a: string, b: string): number {
  if (isNumber(a) !== isNumber(b)) return isNumber(a) ? 1 : -1;
  return isNumber(a) ? compareDigits(a, b) : compareText(a, b);
}

function isNumber(segment: string): boolean {
  return isDigit(segment.charCodeAt(0));
}
