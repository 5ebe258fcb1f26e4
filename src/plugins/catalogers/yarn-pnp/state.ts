// The data in Yarn's `.pnp.cjs`, which is a program around one JSON document: nothing of it is run.
import { asObject, type JsonObject } from "../../../formats/json-object.ts";

/** The first member of the document in all versions of Yarn. */
const FIRST = '"__info"';

/**
 * Finds the document: the whole file (`.pnp.data.json`), a text in quotes (Yarn 3 and 4), or an object in the program (Yarn 2).
 *
 * @returns null when there is none that can be read, `elsewhere` for a program whose document is a file beside it.
 */
export function pnpState(text: string): JsonObject | "elsewhere" | null {
  const first = text.indexOf(FIRST);
  if (first === -1) return text.includes(".pnp.data.json") ? "elsewhere" : null;
  const start = text.lastIndexOf("{", first);
  if (start === -1) return null;
  const document = text[start - 1] === "'" ? unquoted(text, start) : literal(text, start);
  try {
    return document === null ? null : asObject(JSON.parse(document));
  } catch {
    return null;
  }
}

/** Up to the quote that ends it: `\` before a line's end, a quote or itself is only for the program. */
function unquoted(text: string, start: number): string | null {
  const parts: string[] = [];
  let from = start;
  for (;;) {
    const quote = text.indexOf("'", from);
    const slash = text.indexOf("\\", from);
    if (quote === -1) return null;
    if (slash === -1 || slash > quote) {
      parts.push(text.slice(from, quote));
      return parts.join("");
    }
    const next = text[slash + 1] ?? "";
    parts.push(text.slice(from, slash), next === "\n" ? "" : next);
    from = slash + 2;
  }
}

/** Up to where the program goes on, or the file ends. JavaScript allows a comma before what closes, and Yarn 2 writes it. */
function literal(text: string, start: number): string {
  const end = text.indexOf("}, {basePath", start);
  if (end === -1) return text.slice(start);
  return text.slice(start, end + 1).replace(/,(?=\n {0,100}[}\]])/g, "");
}
