// A condition or an output as it stands in one file or in several: what overrides append is part of one text.
import type { ConditionSource, SourcePlace } from "./condition.ts";
import type { RuleNode } from "./rule-file.ts";

interface Piece {
  /** Where it begins in the whole. */
  readonly start: number;
  readonly text: string;
  readonly node: RuleNode;
}

/** A text with the place of each of its characters. */
export class WrittenText implements ConditionSource {
  readonly text: string;
  readonly #pieces: readonly Piece[];

  private constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces;
    this.text = pieces.map(({ text }) => text).join(" ");
  }

  static of(node: RuleNode): WrittenText {
    // Falco takes off what stands around a condition.
    return new WrittenText([{ start: 0, text: (node.text ?? "").trim(), node }]);
  }

  /** This text, a blank, and the other. */
  append(other: WrittenText): WrittenText {
    const start = this.text.length + 1;
    const moved = other.#pieces.map((piece) => ({ ...piece, start: start + piece.start }));
    return new WrittenText([...this.#pieces, ...moved]);
  }

  placeOf(at: number): SourcePlace {
    const piece = this.#pieces.findLast(({ start }) => start <= at) ?? this.#pieces[0];
    if (piece === undefined) return { path: "", line: 1, column: 1 };
    return placeInScalar(piece.node, piece.text, at - piece.start);
  }
}

const BLANK = /\s/;

/**
 * Where a character of a value stands in the file. Blanks may have been folded, so that the others are counted: those are the same, in the
 * same order, unless the text is written with escapes, for which the place is that of the whole.
 */
function placeInScalar(node: RuleNode, value: string, at: number): SourcePlace {
  const { scalar, file } = node;
  const range = scalar?.range;
  if (!scalar || !range) return node.place;
  const [from, to] = range;
  const isQuoted = scalar.type === "QUOTE_DOUBLE" || scalar.type === "QUOTE_SINGLE";
  const isBlock = scalar.type === "BLOCK_FOLDED" || scalar.type === "BLOCK_LITERAL";
  const written = file.text.slice(from, to);
  if (isQuoted && /\\|''/.test(written)) return node.place;
  const start = isBlock ? file.text.indexOf("\n", from) + 1 : from + Number(isQuoted);
  const wanted = solidCount(value.slice(0, at));
  let seen = 0;
  for (let offset = start; offset < to; offset += 1) {
    if (BLANK.test(file.text.charAt(offset))) continue;
    if (seen === wanted) return file.placeAt(offset);
    seen += 1;
  }
  return file.placeAt(endOf(file.text, start, to));
}

function solidCount(text: string): number {
  return text.replaceAll(/\s+/g, "").length;
}

/** Behind the last character that is no blank. */
function endOf(text: string, start: number, to: number): number {
  return start + text.slice(start, to).trimEnd().length;
}
