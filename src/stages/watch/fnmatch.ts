// Patterns of file names. Source: POSIX.1-2017, 2.13 "Pattern Matching Notation"; a slash is a character like any other, as Falco
// calls fnmatch(3).

type Piece = { readonly kind: "any" } | { readonly kind: "one"; has(character: string): boolean };

/**
 * Compiles a pattern: `*`, `?`, `[a-z]`, `[!a]`, `[[:digit:]]` and `\` in front of a character that means itself. Time grows with
 * pattern times text at worst.
 */
export function fileNamePattern(
  pattern: string,
  isCaseIgnored: boolean,
): (text: string) => boolean {
  const pieces = piecesOf(isCaseIgnored ? pattern.toLowerCase() : pattern);
  return isCaseIgnored
    ? (text) => isMatch(pieces, text.toLowerCase())
    : (text) => isMatch(pieces, text);
}

/** Whether a text means anything but itself. */
export function isFileNamePattern(text: string): boolean {
  return /[*?[\\]/.test(text);
}

function isMatch(pieces: readonly Piece[], text: string): boolean {
  let at = 0;
  let piece = 0;
  let starAt = -1;
  let starPiece = -1;
  while (at < text.length) {
    const next = pieces[piece];
    if (next?.kind === "any") {
      starPiece = piece;
      starAt = at;
      piece += 1;
    } else if (next?.has(text.charAt(at))) {
      at += 1;
      piece += 1;
    } else if (starPiece !== -1) {
      // The last star takes one character more.
      starAt += 1;
      at = starAt;
      piece = starPiece + 1;
    } else return false;
  }
  while (pieces[piece]?.kind === "any") piece += 1;
  return piece === pieces.length;
}

function piecesOf(pattern: string): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < pattern.length; ) {
    const set = pattern[at] === "[" ? setAt(pattern, at) : null;
    if (set !== null) {
      pieces.push({ kind: "one", has: set.has });
      at = set.end;
      continue;
    }
    pieces.push(pieceOf(pattern, at));
    at += pattern[at] === "\\" && at + 1 < pattern.length ? 2 : 1;
  }
  return pieces.filter(({ kind }, i) => kind !== "any" || pieces[i - 1]?.kind !== "any");
}

function pieceOf(pattern: string, at: number): Piece {
  const character = pattern.charAt(at);
  if (character === "*") return { kind: "any" };
  if (character === "?") return { kind: "one", has: () => true };
  const meant = character === "\\" && at + 1 < pattern.length ? pattern.charAt(at + 1) : character;
  return { kind: "one", has: (other) => other === meant };
}

const CLASSES: ReadonlyMap<string, RegExp> = new Map([
  ["alpha", /[A-Za-z]/],
  ["digit", /[0-9]/],
  ["alnum", /[A-Za-z0-9]/],
  ["upper", /[A-Z]/],
  ["lower", /[a-z]/],
  ["space", /\s/],
  ["blank", /[ \t]/],
  ["punct", /[!-/:-@[-`{-~]/],
  ["xdigit", /[0-9A-Fa-f]/],
]);

/** A set of characters; null when the bracket is not closed, and so means itself. */
function setAt(
  pattern: string,
  start: number,
): { has(character: string): boolean; end: number } | null {
  const isNegated = /[!^]/.test(pattern.charAt(start + 1));
  const parts: ((character: string) => boolean)[] = [];
  let at = start + (isNegated ? 2 : 1);
  for (const first = at; at < pattern.length; ) {
    if (pattern[at] === "]" && at > first)
      return { has: (one) => parts.some((part) => part(one)) !== isNegated, end: at + 1 };
    const member = memberAt(pattern, at);
    parts.push(member.has);
    at = member.end;
  }
  return null;
}

function memberAt(pattern: string, at: number): { has(character: string): boolean; end: number } {
  const [all = "", name = ""] = /^\[:([a-z]+):\]/.exec(pattern.slice(at, at + 12)) ?? [];
  const known = CLASSES.get(name);
  if (known !== undefined) return { has: (one) => known.test(one), end: at + all.length };
  const from = pattern[at] === "\\" && at + 1 < pattern.length ? at + 1 : at;
  const low = pattern.charAt(from);
  const isRange =
    pattern[from + 1] === "-" && from + 2 < pattern.length && pattern[from + 2] !== "]";
  const high = isRange ? pattern.charAt(from + 2) : low;
  return { has: (one) => one >= low && one <= high, end: from + (isRange ? 3 : 1) };
}
