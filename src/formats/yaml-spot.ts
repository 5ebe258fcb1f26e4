// From a scalar of a YAML file to the letters of a name in it, and to where a comment may stand.
import type { Scalar } from "yaml";
import type { Span } from "../kit/line-index.ts";
import type { PinComment } from "./pin-spot.ts";

/**
 * Where a text stands letter by letter in a scalar.
 *
 * @returns null when it does not: folded over lines, or written with escapes.
 */
export function spanInScalar(file: string, { range, type }: Scalar, text: string): Span | null {
  if (!range) return null;
  const [from, to] = range;
  // A block's header may have a comment, in which the same words may stand.
  const isBlock = type === "BLOCK_LITERAL" || type === "BLOCK_FOLDED";
  const below = isBlock ? file.indexOf("\n", from) : from;
  const start = below === -1 ? -1 : file.indexOf(text, below);
  return start === -1 || start + text.length > to ? null : { start, end: start + text.length };
}

const COMMENT = /^([ \t]*[\]},]*[ \t]*)(?:$|([ \t])#(.*)$)/;

/**
 * Where a comment may stand behind a scalar, on its line: nothing but closing brackets and another comment may follow.
 *
 * @returns null when something else follows, or the scalar has lines of its own.
 */
export function commentBehind(file: string, { range, type }: Scalar): PinComment | null {
  if (!range || type === "BLOCK_LITERAL" || type === "BLOCK_FOLDED") return null;
  const [from, to] = range;
  if (file.slice(from, to).includes("\n")) return null;
  const newline = file.indexOf("\n", to);
  const rest = file.slice(to, newline === -1 ? file.length : newline).replace(/\r$/, "");
  if (rest.length > REST_MAX) return null;
  const [, before = "", blank = "", text] = COMMENT.exec(rest) ?? [];
  if (text === undefined && rest.trimEnd() !== before.trimEnd()) return null;
  // After a blank in front of another comment there is one already.
  return { at: to + `${before}${blank}`.trimEnd().length, text: text ?? null };
}

const REST_MAX = 2000;
