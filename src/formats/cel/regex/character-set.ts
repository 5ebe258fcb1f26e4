// Sets of characters of a regular expression.

type CodeRange = readonly [first: number, last: number];

const LAST = 0x10ffff;

/** A set, as what it is made of: ranges, and classes of Unicode by their names. */
export interface SetSource {
  readonly ranges: readonly CodeRange[];
  /** As JavaScript writes them: `\p{L}`. */
  readonly classes: readonly string[];
  readonly isNegated: boolean;
  /** Whether letters stand for both cases. */
  readonly isFolded: boolean;
}

/** A set to ask. What is ASCII is answered by a table. */
export interface CharacterSet {
  has(point: number): boolean;
}

const ASCII = 128;
const SETS_MAX = 2_000;
const sets = new Map<string, CharacterSet>();

/** The set of a source; the same for the same source. */
export function characterSet(source: SetSource): CharacterSet {
  const key = `${source.isNegated}${source.isFolded}${source.ranges.join(";")}|${source.classes.join("")}`;
  const known = sets.get(key);
  if (known !== undefined) return known;
  const set = makeSet(source);
  if (sets.size >= SETS_MAX) sets.clear();
  sets.set(key, set);
  return set;
}

function makeSet({ ranges, classes, isNegated, isFolded }: SetSource): CharacterSet {
  const isIn =
    classes.length === 0 && !isFolded
      ? (point: number): boolean => isInRanges(ranges, point)
      : testOf(ranges, classes, isFolded);
  const table = Uint8Array.from({ length: ASCII }, (_, point) => Number(isIn(point) !== isNegated));
  return {
    has: (point) => (point < ASCII ? table[point] === 1 : isIn(point) !== isNegated),
  };
}

function isInRanges(ranges: readonly CodeRange[], point: number): boolean {
  for (const [first, last] of ranges) if (point >= first && point <= last) return true;
  return false;
}

/** JavaScript's own expression is asked about one character at a time, where it has nothing to go back to. */
function testOf(
  ranges: readonly CodeRange[],
  classes: readonly string[],
  isFolded: boolean,
): (point: number) => boolean {
  const parts = ranges.map(([a, b]) => `\\u{${a.toString(16)}}-\\u{${b.toString(16)}}`);
  const form = new RegExp(`^[${parts.join("")}${classes.join("")}]$`, isFolded ? "iu" : "u");
  return (point) => form.test(String.fromCodePoint(point));
}

/** All that is in none of the ranges. */
export function complement(ranges: readonly CodeRange[]): CodeRange[] {
  const sorted = [...ranges].sort(([a], [b]) => a - b);
  const result: CodeRange[] = [];
  let next = 0;
  for (const [first, last] of sorted) {
    if (first > next) result.push([next, first - 1]);
    next = Math.max(next, last + 1);
  }
  if (next <= LAST) result.push([next, LAST]);
  return result;
}

/** Ranges of ASCII with both cases of their letters, and with the two characters beyond ASCII that fold to such letters. */
export function foldAscii(ranges: readonly CodeRange[]): CodeRange[] {
  const result = [...ranges];
  for (let letter = 0x61; letter <= 0x7a; letter += 1) {
    const upper = letter - 0x20;
    if (!isInRanges(ranges, letter) && !isInRanges(ranges, upper)) continue;
    result.push([letter, letter], [upper, upper]);
    if (letter === 0x6b) result.push([0x212a, 0x212a]);
    if (letter === 0x73) result.push([0x17f, 0x17f]);
  }
  return result;
}

const range = (text: string): CodeRange[] =>
  Array.from({ length: text.length / 2 }, (_, i) => [
    text.charCodeAt(2 * i),
    text.charCodeAt(2 * i + 1),
  ]);

/** `\d`, `\s`, `\w`: of ASCII only, as in RE2. */
export const PERL_CLASSES: ReadonlyMap<string, readonly CodeRange[]> = new Map([
  ["d", range("09")],
  ["s", range("\t\n\f\r  ")],
  ["w", range("09AZaz__")],
]);

export const POSIX_CLASSES: ReadonlyMap<string, readonly CodeRange[]> = new Map([
  ["alnum", range("09AZaz")],
  ["alpha", range("AZaz")],
  ["ascii", range("\u0000\u007f")],
  ["blank", range("\t\t  ")],
  ["cntrl", range("\u0000\u001f\u007f\u007f")],
  ["digit", range("09")],
  ["graph", range("!~")],
  ["lower", range("az")],
  ["print", range(" ~")],
  ["punct", range("!/:@[`{~")],
  ["space", range("\t\r  ")],
  ["upper", range("AZ")],
  ["word", range("09AZaz__")],
  ["xdigit", range("09AFaf")],
]);

const CLASS_NAME = /^[A-Za-z_]{1,40}$/;
const classNames = new Map<string, string | null>();

/** A class of Unicode by the name of a category or a script, as JavaScript writes it; null for a name that is none. */
export function unicodeClass(name: string): string | null {
  if (!CLASS_NAME.test(name)) return null;
  const known = classNames.get(name);
  if (known !== undefined) return known;
  const found = [`gc=${name}`, `sc=${name}`].find(isClass) ?? null;
  if (classNames.size < SETS_MAX) classNames.set(name, found);
  return found;
}

function isClass(name: string): boolean {
  try {
    new RegExp(`\\p{${name}}`, "u");
    return true;
  } catch {
    return false;
  }
}
