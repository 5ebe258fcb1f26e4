// For software that no ecosystem numbers: what people mean by the versions of openssl, bash, nginx.
import type { Scheme } from "../../../stages/match/contract.ts";
import { compareDigits, compareText, isDigit } from "../shared/digits.ts";

export const generic: Scheme = {
  id: "generic",
  title: "Everything without an order of its own",
  needs: [],
  state: "stable",
  compare(a, b) {
    const left = piecesOf(a);
    const right = piecesOf(b);
    if (left === null || right === null) return null;
    for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
      const order = comparePieces(left[i], right[i]);
      if (order !== 0) return order;
    }
    return 0;
  },
};

const PRE_RELEASE = /^(?:alpha|beta|rc|pre|preview|dev|snapshot|milestone|unstable)$/;

/** Runs of digits, of letters, and `~`. Zeros before a word and at the end do not count. */
function piecesOf(version: string): string[] | null {
  const text = version
    .trim()
    .toLowerCase()
    .replace(/^v(?=\d)/, "");
  if (text.length === 0 || !/\d/.test(text) || /\s/.test(text)) return null;
  const kept: string[] = [];
  for (const piece of (text.match(/\d+|[a-z]+|~/g) ?? []).toReversed()) {
    const next = kept.at(-1);
    const isBeforeNumber = next !== undefined && isNumber(next);
    if (/^0+$/.test(piece) && !isBeforeNumber) continue;
    kept.push(piece);
  }
  return kept.reverse();
}

function comparePieces(a: string | undefined, b: string | undefined): number {
  const order = rankOf(a) - rankOf(b);
  if (order !== 0 || a === undefined || b === undefined) return order;
  return isNumber(a) ? compareDigits(a, b) : compareText(a, b);
}

/** `1.0~x` < `1.0rc1` < `1.0` < `1.0a` < `1.0.1`. */
function rankOf(piece: string | undefined): number {
  if (piece === undefined) return 2;
  if (piece === "~") return 0;
  if (PRE_RELEASE.test(piece)) return 1;
  return isNumber(piece) ? 4 : 3;
}

function isNumber(piece: string): boolean {
  return isDigit(piece.charCodeAt(0));
}
