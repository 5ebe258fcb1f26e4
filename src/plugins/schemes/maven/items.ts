// A version as Maven takes it apart. Source: Apache Maven, "POM Reference", "Version Order Specification".
import { compareDigits, compareText, isDigit } from "../shared/digits.ts";

/** A number, or a word. */
export type Item =
  | { readonly isNumber: true; readonly text: string }
  | { readonly isNumber: false; readonly text: string };

/**
 * Maven nests a list at each hyphen and at each change between digits and letters. As a list is always the last thing in the
 * one that holds it, a version is a chain of lists, outermost first; none but the first may be empty.
 */
export type Chain = readonly (readonly Item[])[];

/** Words in their order; the empty one is a release. Any other word comes after all of these. */
const WORDS: readonly string[] = ["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"];
const RELEASE = WORDS.indexOf("");
const ALIASES: ReadonlyMap<string, string> = new Map([
  ["cr", "rc"],
  ["ga", ""],
  ["final", ""],
  ["release", ""],
]);
/** Letters that stand for words, where a digit follows. */
const LETTERS: ReadonlyMap<string, string> = new Map([
  ["a", "alpha"],
  ["b", "beta"],
  ["m", "milestone"],
]);

/** Takes a version apart; one pass. Zeros and releases at the end of a list say nothing and are left out. */
export function chainOf(version: string): Chain {
  const chain: (readonly Item[])[] = [];
  let list: Item[] = [];
  const nest = (): void => {
    const kept = withoutNothing(list);
    if (kept.length > 0 || chain.length === 0) chain.push(kept);
    list = [];
  };
  for (const { text, end } of piecesOf(version.toLowerCase())) {
    list.push(itemOf(text, end));
    if (end !== ".") nest();
  }
  return chain;
}

/** How a piece ends: at a separator, where digits or letters begin, or with the version. */
type PieceEnd = "." | "-" | "digit" | "letter" | "end";

function* piecesOf(version: string): Generator<{ text: string; end: PieceEnd }> {
  let start = 0;
  for (let at = 0; at < version.length; at += 1) {
    const char = version[at] ?? "";
    if (char === "." || char === "-") {
      yield { text: version.slice(start, at), end: char };
      start = at + 1;
    } else if (at > start && isDigit(char.charCodeAt(0)) !== isDigit(version.charCodeAt(at - 1))) {
      const end = isDigit(char.charCodeAt(0)) ? "digit" : "letter";
      yield { text: version.slice(start, at), end };
      start = at;
    }
  }
  if (start < version.length) yield { text: version.slice(start), end: "end" };
  else yield { text: "0", end: "end" };
}

function itemOf(text: string, end: PieceEnd): Item {
  if (text === "" || isDigit(text.charCodeAt(0))) return { isNumber: true, text: text || "0" };
  const letter = end === "digit" ? LETTERS.get(text) : undefined;
  return { isNumber: false, text: letter ?? ALIASES.get(text) ?? text };
}

function withoutNothing(list: readonly Item[]): readonly Item[] {
  let end = list.length;
  for (let last = list[end - 1]; last !== undefined && isNothing(last); last = list[end - 1])
    end -= 1;
  return list.slice(0, end);
}

function isNothing({ isNumber, text }: Item): boolean {
  return isNumber ? /^0+$/.test(text) : text === "";
}

/** Orders two items. Numbers come after words. */
export function compareItems(a: Item, b: Item): number {
  if (a.isNumber !== b.isNumber) return a.isNumber ? 1 : -1;
  if (a.isNumber) return compareDigits(a.text, b.text);
  const rank = rankOf(a.text);
  return rank - rankOf(b.text) || (rank === WORDS.length ? compareText(a.text, b.text) : 0);
}

/** Whether an item makes a version higher or lower than the one that ends here. */
export function toNothing(item: Item): number {
  if (item.isNumber) return isNothing(item) ? 0 : 1;
  return rankOf(item.text) - RELEASE;
}

function rankOf(word: string): number {
  const rank = WORDS.indexOf(word);
  return rank === -1 ? WORDS.length : rank;
}
