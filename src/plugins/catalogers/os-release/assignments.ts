import { eachLine } from "../../../kit/text.ts";

/** Assignments kept; real files have under thirty. */
const COUNT_MAX = 200;

/**
 * Reads `KEY=value` lines as os-release(5) defines them: quoted like shell words, `#` begins a comment line, a later
 * assignment wins. Lines that are something else are passed over, as the page demands.
 */
export function parseAssignments(text: string): Map<string, string> {
  const values = new Map<string, string>();
  eachLine(text, (line) => {
    const equals = line.indexOf("=");
    if (equals <= 0 || line.startsWith("#") || values.size >= COUNT_MAX) return;
    const key = line.slice(0, equals).trim();
    if (/^[A-Z][A-Z0-9_]*$/.test(key)) values.set(key, unquoted(line.slice(equals + 1).trim()));
  });
  return values;
}

function unquoted(word: string): string {
  const quote = word[0];
  if (quote !== '"' && quote !== "'") return word.replaceAll(/\\(.)/g, "$1");
  const end = word.length > 1 && word.endsWith(quote) ? -1 : undefined;
  const inner = word.slice(1, end);
  // Single quotes keep everything; double quotes know a backslash before four characters only.
  return quote === "'" ? inner : inner.replaceAll(/\\(["$`\\])/g, "$1");
}
