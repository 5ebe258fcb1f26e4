// Debian's order, also that of Ubuntu and of every other system with dpkg.
// Source: Debian Policy 5.6.12; deb-version(7), "Sorting algorithm".
import type { Scheme } from "../../../stages/match/contract.ts";
import { compareDigits, endOfDigits, isDigit, isLetter } from "../shared/digits.ts";

export const deb: Scheme = {
  id: "deb",
  title: "Debian, Ubuntu and others with dpkg",
  needs: [],
  state: "stable",
  compare(a, b) {
    const left = split(a);
    const right = split(b);
    if (left === null || right === null) return null;
    return (
      compareDigits(left.epoch, right.epoch) ||
      comparePart(left.upstream, right.upstream) ||
      comparePart(left.revision, right.revision)
    );
  },
};

interface Parts {
  readonly epoch: string;
  readonly upstream: string;
  /** Empty where there is none, which orders like `0`. */
  readonly revision: string;
}

/** What dpkg accepts, and `_`, which it only warns of. The empty text is a version, the first of all. */
const ALLOWED = /^[A-Za-z0-9.+\-~:_]*$/;

/** The epoch ends at the first colon, the revision begins after the last hyphen. */
function split(version: string): Parts | null {
  if (!ALLOWED.test(version)) return null;
  const colon = version.indexOf(":");
  if (colon !== -1 && endOfDigits(version, 0) !== colon) return null;
  const rest = version.slice(colon + 1);
  if (colon !== -1 && (colon === 0 || rest === "")) return null;
  const hyphen = rest.lastIndexOf("-");
  return {
    epoch: colon === -1 ? "" : version.slice(0, colon),
    upstream: hyphen === -1 ? rest : rest.slice(0, hyphen),
    revision: hyphen === -1 ? "" : rest.slice(hyphen + 1),
  };
}

/** Runs of other characters and runs of digits in turn; the first run of each pair may be empty. */
function comparePart(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    while (isOther(a, i) || isOther(b, j)) {
      const order = weight(a, i) - weight(b, j);
      if (order !== 0) return order;
      i += 1;
      j += 1;
    }
    const x = endOfDigits(a, i);
    const y = endOfDigits(b, j);
    const order = compareDigits(a.slice(i, x), b.slice(j, y));
    if (order !== 0) return order;
    i = x;
    j = y;
  }
  return 0;
}

function isOther(text: string, at: number): boolean {
  return at < text.length && !isDigit(text.charCodeAt(at));
}

/** A tilde sorts before the end of the text, letters before all other characters. */
function weight(text: string, at: number): number {
  if (at >= text.length) return 0;
  const code = text.charCodeAt(at);
  if (isDigit(code)) return 0;
  if (code === 0x7e) return -1;
  return isLetter(code) ? code : code + 256;
}
