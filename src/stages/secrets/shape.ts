// The look of a token, written as people write it down: literals, and runs of a class of characters with their length.
// `ghp_<base62:36>`, `SG.<base64url:22>.<base64url:43>`, `<digits:8-10>:AA<base64url:33>`. Matching goes over each byte once:
// a run takes all that it can, and nothing is tried again.

import { latin1 } from "../../kit/text.ts";

/** A look that can be compared with bytes. */
export interface Shape {
  /** What it begins with; empty when it begins with a run. */
  readonly literal: string;
  /** Its first literal of two characters or more, by which it is searched for; empty when there is none. */
  readonly keyword: string;
  /** How many characters stand before the keyword: before it, runs have one length only. */
  readonly keywordAt: number;
  readonly parts: readonly ShapePart[];
}

export type ShapePart =
  | { readonly literal: string }
  | { readonly mask: number; readonly min: number; readonly max: number };

const DIGIT_2_TO_7 = 1;
const DIGIT_OTHER = 2;
const LOWER_HEX = 4;
const LOWER = 8;
const UPPER_HEX = 16;
const UPPER = 32;
const UNDERSCORE = 64;
const DASH = 128;
const PLUS = 256;
const SLASH = 512;
const EQUALS = 1024;
const DOT = 2048;
const TILDE = 4096;

const DIGITS = DIGIT_2_TO_7 | DIGIT_OTHER;
const LETTERS = LOWER_HEX | LOWER | UPPER_HEX | UPPER;
const BASE62 = DIGITS | LETTERS;

/** The classes of characters that shapes name. */
const CLASSES: ReadonlyMap<string, number> = new Map([
  ["digits", DIGITS],
  ["hex", DIGITS | LOWER_HEX],
  ["HEX", DIGITS | UPPER_HEX],
  ["anyhex", DIGITS | LOWER_HEX | UPPER_HEX],
  ["lower", LOWER_HEX | LOWER],
  ["base36", DIGITS | LOWER_HEX | LOWER],
  ["BASE36", DIGITS | UPPER_HEX | UPPER],
  ["base32", DIGIT_2_TO_7 | UPPER_HEX | UPPER],
  ["base62", BASE62],
  ["base64", BASE62 | PLUS | SLASH],
  ["padded64", BASE62 | PLUS | SLASH | EQUALS],
  ["base64url", BASE62 | UNDERSCORE | DASH],
  ["word", BASE62 | UNDERSCORE],
  ["dashed", BASE62 | DASH],
  ["dotted", BASE62 | UNDERSCORE | DASH | DOT],
  ["azure", BASE62 | UNDERSCORE | DASH | DOT | TILDE],
  ["equals", EQUALS],
]);

const UUID = "<anyhex:8>-<anyhex:4>-<anyhex:4>-<anyhex:4>-<anyhex:12>";

/** The classes that a byte is in. */
const MASK_OF: Uint16Array = Uint16Array.from({ length: 256 }, (_, byte) =>
  maskOf(String.fromCharCode(byte)),
);

function maskOf(char: string): number {
  if (/[2-7]/.test(char)) return DIGIT_2_TO_7;
  if (/[0189]/.test(char)) return DIGIT_OTHER;
  if (/[a-f]/.test(char)) return LOWER_HEX;
  if (/[g-z]/.test(char)) return LOWER;
  if (/[A-F]/.test(char)) return UPPER_HEX;
  if (/[G-Z]/.test(char)) return UPPER;
  const others: Readonly<Record<string, number>> = {
    _: UNDERSCORE,
    "-": DASH,
    "+": PLUS,
    "/": SLASH,
    "=": EQUALS,
    ".": DOT,
    "~": TILDE,
  };
  return others[char] ?? 0;
}

/** Reads the look of a token. @throws {Error} for a class that there is none of: rows are ours. */
export function shapeOf(written: string): Shape {
  const parts: ShapePart[] = [];
  for (const [, literal, name, min = "", max] of written
    .replaceAll("<uuid>", UUID)
    .matchAll(/([^<>]+)|<(\w+):(\d+)(?:-(\d+))?>/g)) {
    if (literal !== undefined) {
      parts.push({ literal });
      continue;
    }
    const mask = CLASSES.get(name ?? "");
    if (mask === undefined) throw new Error(`there is no class ${name} of characters`);
    parts.push({ mask, min: Number(min), max: Number(max ?? min) });
  }
  const [first] = parts;
  const literal = first !== undefined && "literal" in first ? first.literal : "";
  return { literal, ...keywordOf(parts), parts };
}

function keywordOf(parts: readonly ShapePart[]): { keyword: string; keywordAt: number } {
  let keywordAt = 0;
  for (const part of parts) {
    if ("literal" in part) {
      if (part.literal.length > 1) return { keyword: part.literal, keywordAt };
      keywordAt += part.literal.length;
    } else keywordAt += part.max;
  }
  return { keyword: "", keywordAt: 0 };
}

/** A stretch of bytes that has a look. */
export interface ShapeMatch {
  readonly end: number;
  /** What is not literal: in which the secret lies. */
  readonly variable: string;
  /** Whether lines that go on with a backslash cut it in pieces, as in scripts and in YAML's quotes. */
  readonly isFolded: boolean;
}

/**
 * Compares bytes with a look. Neither before nor behind may stand what could belong to it.
 *
 * @returns null when they do not have it.
 */
export function matchShape(
  shape: Shape,
  bytes: Uint8Array,
  { at, end }: { readonly at: number; readonly end: number },
): ShapeMatch | null {
  if (at > 0 && isWord(bytes[at - 1])) return null;
  let place = at;
  let variable = "";
  let isFolded = false;
  let mask = 0;
  for (const part of shape.parts) {
    if ("literal" in part) {
      if (!startsWith(bytes, place, part.literal)) return null;
      place += part.literal.length;
      mask = 0;
      continue;
    }
    const run = runAt(part, bytes, { at: place, end });
    if (run === null) return null;
    variable += run.text;
    isFolded ||= run.isFolded;
    place = run.end;
    mask = part.mask;
  }
  return place < end && goesOn(bytes[place], mask) ? null : { end: place, variable, isFolded };
}

/** Whether a byte could belong to what stands before it. */
function goesOn(byte: number | undefined, mask: number): boolean {
  return isWord(byte) || ((MASK_OF[byte ?? 0] ?? 0) & mask) !== 0;
}

interface Run {
  readonly text: string;
  readonly end: number;
  readonly isFolded: boolean;
}

function runAt(
  { mask, min, max }: Extract<ShapePart, { mask: number }>,
  bytes: Uint8Array,
  { at, end }: { readonly at: number; readonly end: number },
): Run | null {
  const stop = runEnd(bytes, at, { mask, end: Math.min(end, at + max) });
  const more =
    bytes[stop] === BACKSLASH ? folded(bytes, stop, { mask, end, max: max + at - stop }) : NO_MORE;
  if (stop - at + more.text.length < min) return null;
  const isFolded = more.text !== "";
  return { text: textOf(bytes, at, stop) + more.text, end: isFolded ? more.end : stop, isFolded };
}

const BACKSLASH = 92;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const FOLDS_MAX = 40;

const NO_MORE = { text: "", end: 0 };

/** How a run goes on in the next lines. */
function folded(
  bytes: Uint8Array,
  from: number,
  { mask, end, max }: { readonly mask: number; readonly end: number; readonly max: number },
): { readonly text: string; readonly end: number } {
  let text = "";
  let at = from;
  for (let folds = 0; folds < FOLDS_MAX && text.length < max; folds += 1) {
    const next = nextLine(bytes, at);
    if (next === -1) break;
    const stop = runEnd(bytes, next, { mask, end: Math.min(end, next + max - text.length) });
    if (stop <= next) break;
    text += textOf(bytes, next, stop);
    at = stop;
  }
  return { text, end: at };
}

/** Behind a backslash that ends a line, and the next line's blanks; -1 where there is none. */
function nextLine(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== BACKSLASH) return -1;
  let next = bytes[at + 1] === RETURN ? at + 2 : at + 1;
  if (bytes[next] !== NEWLINE) return -1;
  next += 1;
  for (let blanks = 0; blanks < 64 && bytes[next] === SPACE; blanks += 1) next += 1;
  return next;
}

/** A text without the line ends that cut it in pieces. @see ShapeMatch.isFolded */
export function unfolded(text: string): string {
  return text.replace(/\\\r?\n */g, "");
}

function runEnd(
  bytes: Uint8Array,
  from: number,
  { mask, end }: { readonly mask: number; readonly end: number },
): number {
  let at = from;
  while (at < end && ((MASK_OF[bytes[at] ?? 0] ?? 0) & mask) !== 0) at += 1;
  return at;
}

function startsWith(bytes: Uint8Array, at: number, literal: string): boolean {
  for (let i = 0; i < literal.length; i += 1)
    if (bytes[at + i] !== literal.charCodeAt(i)) return false;
  return true;
}

/** Building a text character by character is quicker up to here. */
const SHORT = 48;

/** One character for each byte; those above ASCII may be others. */
export function textOf(bytes: Uint8Array, from: number, to: number): string {
  if (to - from > SHORT) return latin1(bytes.subarray(from, to));
  let text = "";
  for (let i = from; i < to; i += 1) text += String.fromCharCode(bytes[i] ?? 0);
  return text;
}

const WORD = BASE62 | UNDERSCORE;

/** Letters, digits, underscore. */
export function isWord(byte: number | undefined): boolean {
  return ((MASK_OF[byte ?? 0] ?? 0) & WORD) !== 0;
}

/** The number of different characters that the runs of a look can have: what chance can choose from. */
export function alphabetSize({ parts }: Shape): number {
  const mask = parts.reduce((all, part) => ("literal" in part ? all : all | part.mask), 0);
  return MASK_OF.reduce((sum, m) => sum + ((m & mask) === 0 ? 0 : 1), 0);
}
