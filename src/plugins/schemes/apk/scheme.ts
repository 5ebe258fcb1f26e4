// Alpine's order, also that of Wolfi, Chainguard and Alpaquita.
// Source: apk-package(5), "Version"; what `apk version -t` answers.
import type { Scheme } from "../../../stages/match/contract.ts";
import { compareDigits, compareText } from "../shared/digits.ts";
import { RANK, type Token, tokensOf } from "./tokens.ts";

export const apk: Scheme = {
  id: "apk",
  title: "Alpine and others with apk",
  needs: [],
  state: "stable",
  compare(a, b) {
    if (!(isVersion(a) && isVersion(b))) return null;
    const left = tokensOf(a);
    const right = tokensOf(b);
    for (let i = 0; ; i += 1) {
      const x = left[i];
      const y = right[i];
      if (x === undefined || y === undefined) return 0;
      const order = x.rank - y.rank || compareTokens(x, y, i);
      if (order !== 0) return order;
    }
  },
};

/** `apk version -t` accepts nearly everything; words and blanks are no versions all the same. */
function isVersion(text: string): boolean {
  return /^[!-~]+$/.test(text) && (/\d/.test(text) || text.length === 1);
}

/** A later number with leading zeros is a fraction: `1.05` < `1.1`; the first never is. */
function compareTokens(a: Token, b: Token, index: number): number {
  const isFraction =
    a.rank === RANK.number && index > 0 && (a.text[0] === "0" || b.text[0] === "0");
  if (isFraction || a.rank === RANK.letter || a.rank === RANK.hash)
    return compareText(a.text, b.text);
  return compareDigits(a.text, b.text);
}
