/** No piece is much longer, in characters, unless one element of a list is. */
const PIECE_LENGTH = 1 << 18;

/**
 * The text of `JSON.stringify(value, null, 2)` in pieces, so that a long list of small things is never one text.
 *
 * @param value An object whose members are lists of plain values, or plain values.
 */
export function* jsonPieces(value: object): Generator<string> {
  let piece = "";
  for (const part of parts(value)) {
    piece += part;
    if (piece.length < PIECE_LENGTH) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}

function* parts(value: object): Generator<string> {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  let before = "{";
  for (const [name, member] of members) {
    yield `${before}\n  ${JSON.stringify(name)}: `;
    before = ",";
    if (Array.isArray(member)) yield* listParts(member);
    else yield indented(member, "  ");
  }
  yield members.length === 0 ? "{}" : "\n}";
}

function* listParts(list: readonly unknown[]): Generator<string> {
  let before = "[";
  for (const item of list) {
    yield `${before}\n    ${indented(item, "    ")}`;
    before = ",";
  }
  yield list.length === 0 ? "[]" : "\n  ]";
}

/** No text in JSON holds a line break as such. */
function indented(value: unknown, by: string): string {
  return (JSON.stringify(value, null, 2) ?? "null").replaceAll("\n", `\n${by}`);
}
