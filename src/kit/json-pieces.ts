/** No piece is much longer, in characters, unless one element of a list is. */
const PIECE_LENGTH = 1 << 18;

/** How a document is written in pieces. */
export interface PiecesForm {
  /** How many levels are gone into for lists to be written item by item: 2 for those that are members of the top. */
  readonly levels?: number;
  /** Blanks for each level; 0 for a text in one line. */
  readonly indent?: number;
}

/**
 * The text of `JSON.stringify(value, null, indent)` in pieces, so that a long list of small things is never one text.
 *
 * @param value Plain values; in the levels that are gone into, what can be iterated over stands for a list and is asked for item by item.
 */
export function* jsonPieces(
  value: object,
  { levels = 2, indent = 2 }: PiecesForm = {},
): Generator<string> {
  let piece = "";
  for (const part of new Parts(indent).of(value, levels, indent === 0 ? "" : "\n")) {
    piece += part;
    if (piece.length < PIECE_LENGTH) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}

class Parts {
  readonly #indent: string;
  readonly #colon: string;

  constructor(indent: number) {
    this.#indent = " ".repeat(indent);
    this.#colon = indent === 0 ? ":" : ": ";
  }

  /** @param line What each line begins with: a line break and what it is indented by. */
  *of(value: unknown, levels: number, line: string): Generator<string> {
    if (levels === 0 || typeof value !== "object" || value === null) yield this.#whole(value, line);
    else if (isIterable(value)) yield* this.#list(value, levels, line);
    else yield* this.#object(value, levels, line);
  }

  *#object(value: object, levels: number, line: string): Generator<string> {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    let before = "{";
    for (const [name, member] of members) {
      yield `${before}${line}${this.#indent}${JSON.stringify(name)}${this.#colon}`;
      before = ",";
      yield* this.of(member, levels - 1, line + this.#indent);
    }
    yield members.length === 0 ? "{}" : `${line}}`;
  }

  *#list(list: Iterable<unknown>, levels: number, line: string): Generator<string> {
    let before = "[";
    for (const item of list) {
      yield `${before}${line}${this.#indent}`;
      before = ",";
      yield* this.of(item, levels - 1, line + this.#indent);
    }
    yield before === "[" ? "[]" : `${line}]`;
  }

  /** No text in JSON holds a line break as such. */
  #whole(value: unknown, line: string): string {
    const text = JSON.stringify(value, null, this.#indent) ?? "null";
    return line === "\n" || line === "" ? text : text.replaceAll("\n", line);
  }
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}
