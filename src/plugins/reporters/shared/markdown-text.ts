import { cut, visible } from "../../../kit/display.ts";

const LENGTH_MAX = 300;

/** Everything that Markdown, HTML or a code host would make something of: markup, mentions, links, references to issues. */
const SPECIAL = /[\\`*_{}[\]()<>#+!|~&$:@^"'-]/g;

/** Characters that open something only in company, and stand in nearly every version and sentence. */
const HARMLESS: ReadonlySet<string> = new Set(["-", "+", ":", "(", ")", "'", '"']);

/**
 * A text out of an image, for one line of Markdown: nothing in it is rendered, linked or mentioned. Plain ids, versions and
 * sentences stay as they are.
 */
export function inline(text: string): string {
  return escaped(cut(visible(text), 1000));
}

/** The answer as one line. The digest behind the name stays as every other output has it: hex digits mention nobody. */
export function answerLine(answer: string): string {
  return inline(answer).replace(/ &#64;([0-9a-f]{12} : )/, " @$1");
}

/** The same for a cell of a table, and shorter. */
export function cell(text: string): string {
  return escaped(cut(visible(text), LENGTH_MAX));
}

function escaped(text: string): string {
  return text
    .replaceAll(SPECIAL, (c) => (HARMLESS.has(c) ? c : `&#${c.charCodeAt(0)};`))
    .replaceAll("://", "&#58;//")
    .replaceAll(/\bwww\./gi, "www&#46;");
}
