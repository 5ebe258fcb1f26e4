// Versions of PHP packages: Composer completes a version (normalize) and orders with PHP's version_compare (compare).
// Source: the PHP manual, version_compare; getcomposer.org, "Versions and constraints".
import type { Scheme } from "../../../stages/match/contract.ts";
import { compareDigits, isDigit } from "../shared/digits.ts";
import { completed } from "./completed.ts";

export const composer: Scheme = {
  id: "composer",
  title: "PHP packages",
  needs: [],
  state: "stable",
  compare(a, b) {
    if (!(isText(a) && isText(b))) return null;
    const left = piecesOf(a);
    const right = piecesOf(b);
    for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
      const order = comparePieces(left[i], right[i]);
      if (order !== 0) return order;
    }
    return 0;
  },
  // PHP orders words, too; a branch (`dev-main`) may hold any release's code.
  isVersion: (text) => /^\s*v?\d/i.test(text),
  normalize: completed,
};

function isText(text: string): boolean {
  return /^\s*[0-9A-Za-z]\S*\s*$/.test(text);
}

/** Runs of digits and of letters; everything else only separates. Composer's `v` is no part of it. */
function piecesOf(version: string): readonly string[] {
  return (
    version
      .trim()
      .replace(/^[vV](?=\d)/, "")
      .match(/\d+|[A-Za-z]+/g) ?? []
  );
}

/** Beginnings of words in their order, around the place where a version ends or goes on with a number. */
const WORDS: readonly (readonly [start: RegExp, rank: number])[] = [
  [/^dev/, 1],
  [/^a/, 2],
  [/^b/, 3],
  [/^(?:RC|rc)/, 4],
  [/^p/, 6],
];
const END = 5;

/** Words that are unknown come first and are all equal. */
function comparePieces(a: string | undefined, b: string | undefined): number {
  const order = rankOf(a) - rankOf(b);
  if (order !== 0) return order;
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return isDigit(a.charCodeAt(0)) ? compareDigits(a, b) : 0;
}

function rankOf(piece: string | undefined): number {
  if (piece === undefined || isDigit(piece.charCodeAt(0))) return END;
  return WORDS.find(([start]) => start.test(piece))?.[1] ?? 0;
}
