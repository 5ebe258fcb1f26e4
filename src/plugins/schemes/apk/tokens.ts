import { endOfDigits } from "../shared/digits.ts";

/**
 * Kinds of token, in the order in which they sort where two versions part: a version that ends is lower than one that
 * goes on, unless it goes on with a suffix of a pre-release, and what is not a version any more is lower than one that ends.
 */
export const RANK = {
  preRelease: 0,
  invalid: 1,
  end: 2,
  revision: 3,
  hash: 4,
  suffixNumber: 5,
  suffix: 6,
  emptyNumber: 7,
  letter: 8,
  number: 9,
} as const;

export interface Token {
  readonly rank: number;
  /** Digits, a letter, a commit, or the place of a suffix among its kind. */
  readonly text: string;
}

const PRE_RELEASES: readonly string[] = ["alpha", "beta", "pre", "rc"];
const SUFFIXES: readonly string[] = ["cvs", "svn", "git", "hg", "p"];

const END: Token = { rank: RANK.end, text: "" };
const INVALID: Token = { rank: RANK.invalid, text: "" };
const NO_REVISION: Token = { rank: RANK.revision, text: "0" };

/**
 * Takes a version apart as apk does: `number{.number}[letter]{_suffix[number]}[~hash][-rN]`. Ends with a token of rank
 * `end`, or `invalid` at the first character that does not belong; then a revision that is not one counts as 0.
 */
export function tokensOf(version: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = readNumbers(version, 0, tokens);
  at = readLetter(version, at, tokens);
  at = readSuffixes(version, at, tokens);
  at = readHash(version, at, tokens);
  readRevision(version, at, tokens);
  return tokens;
}

function readNumbers(version: string, from: number, tokens: Token[]): number {
  let at = from;
  for (;;) {
    const end = endOfDigits(version, at);
    tokens.push({
      rank: end === at ? RANK.emptyNumber : RANK.number,
      text: version.slice(at, end),
    });
    if (version[end] !== ".") return end;
    at = end + 1;
  }
}

/** One small letter. Digits may follow it in old versions (`0.r1`), and then numbers go on. */
function readLetter(version: string, from: number, tokens: Token[]): number {
  const letter = version[from];
  if (letter === undefined || letter < "a" || letter > "z") return from;
  tokens.push({ rank: RANK.letter, text: letter });
  const next = from + 1;
  return endOfDigits(version, next) === next ? next : readNumbers(version, next, tokens);
}

function readSuffixes(version: string, from: number, tokens: Token[]): number {
  let at = from;
  while (version[at] === "_") {
    const end = endOfWord(version, at + 1);
    const word = version.slice(at + 1, end);
    const before = PRE_RELEASES.indexOf(word);
    const after = SUFFIXES.indexOf(word);
    if (before === -1 && after === -1) return at;
    tokens.push(
      before === -1
        ? { rank: RANK.suffix, text: String(after) }
        : { rank: RANK.preRelease, text: String(before) },
    );
    at = endOfDigits(version, end);
    if (at > end) tokens.push({ rank: RANK.suffixNumber, text: version.slice(end, at) });
  }
  return at;
}

function endOfWord(version: string, from: number): number {
  let at = from;
  for (let c = version[at]; c !== undefined && c >= "a" && c <= "z"; c = version[at]) at += 1;
  return at;
}

function readHash(version: string, from: number, tokens: Token[]): number {
  if (version[from] !== "~") return from;
  let at = from + 1;
  while (/^[0-9a-f]$/.test(version[at] ?? "")) at += 1;
  if (at === from + 1) return from;
  tokens.push({ rank: RANK.hash, text: version.slice(from + 1, at) });
  return at;
}

function readRevision(version: string, from: number, tokens: Token[]): void {
  if (from === version.length) tokens.push(END);
  else if (version[from] !== "-") tokens.push(INVALID);
  else readDigitsOfRevision(version, from + 1, tokens);
}

/** `-r` alone is `-r0`. */
function readDigitsOfRevision(version: string, from: number, tokens: Token[]): void {
  const start = version[from] === "r" ? from + 1 : from;
  const end = endOfDigits(version, start);
  const isRevision = start > from;
  if (isRevision && end > start) {
    tokens.push({ rank: RANK.revision, text: version.slice(start, end) });
  } else tokens.push(NO_REVISION);
  tokens.push(isRevision && end === version.length ? END : INVALID);
}
