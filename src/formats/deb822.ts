// Reads control files as Debian writes them: paragraphs of `Field: value` lines, apart by empty lines.
// Source: deb822(5). One pass, and only the fields asked for are kept: a status file is nine tenths descriptions.

/** Longer names are no fields that anybody asks for. */
const NAME_LENGTH_MAX = 60;

/** One paragraph: fields by lower-case name. Only the first line of a folded field, as the fields we read have one. */
export interface Paragraph {
  readonly fields: ReadonlyMap<string, string>;
  /** 1-based line of its first field. */
  readonly line: number;
}

/**
 * Calls back for every paragraph.
 *
 * @param wanted Lower-case names of the fields to keep.
 * @param paragraph Called in the order of the file. A field that stands twice keeps its first value.
 * @returns 1-based numbers of lines that are neither field, continuation, comment nor empty; at most a hundred of them.
 */
export function eachParagraph(
  text: string,
  wanted: ReadonlySet<string>,
  paragraph: (paragraph: Paragraph) => void,
): number[] {
  const reading = new Reading(wanted, paragraph);
  let number = 0;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    number += 1;
    const kind = lineKind(text, start, end);
    if (kind === "empty") reading.close();
    else if (kind === "field") reading.field(text.slice(start, end), number);
    start = end + 1;
  }
  reading.close();
  return reading.strange;
}

/** The paragraph being read. */
class Reading {
  readonly strange: number[] = [];
  readonly #wanted: ReadonlySet<string>;
  readonly #done: (paragraph: Paragraph) => void;
  #fields = new Map<string, string>();
  /** Line on which it began; 0 between paragraphs. */
  #line = 0;

  constructor(wanted: ReadonlySet<string>, done: (paragraph: Paragraph) => void) {
    this.#wanted = wanted;
    this.#done = done;
  }

  field(line: string, number: number): void {
    if (this.#line === 0) this.#line = number;
    const colon = line.indexOf(":");
    if (colon <= 0) {
      if (this.strange.length < 100) this.strange.push(number);
      return;
    }
    if (colon > NAME_LENGTH_MAX) return;
    const name = line.slice(0, colon).toLowerCase();
    if (this.#wanted.has(name) && !this.#fields.has(name))
      this.#fields.set(name, line.slice(colon + 1).trim());
  }

  close(): void {
    if (this.#line === 0) return;
    this.#done({ fields: this.#fields, line: this.#line });
    this.#fields = new Map();
    this.#line = 0;
  }
}

function lineKind(text: string, start: number, end: number): "empty" | "passed-over" | "field" {
  if (start === end) return "empty";
  const first = text.charCodeAt(start);
  if (first === 0x20 || first === 0x09) {
    // A line of blanks counts as empty for dpkg; a folded line has something after its blank.
    return text.slice(start, Math.min(end, start + 200)).trim() === "" ? "empty" : "passed-over";
  }
  if (first === 0x0d && end === start + 1) return "empty";
  return first === 0x23 ? "passed-over" : "field";
}
