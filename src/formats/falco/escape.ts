// Quoted texts of conditions. Source: falcosecurity/libs, userspace/libsinsp/filter/escaping.cpp.
import { FaultFound } from "./fault.ts";

const SIMPLE: ReadonlyMap<string, string> = new Map([
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["\\", "\\"],
  ["/", "/"],
  // An old form of rules: a backslash in front of a blank is a backslash.
  [" ", "\\"],
]);
/** Bytes that stand together make characters together; or any other escape. */
const ESCAPE = /((?:\\x[0-9a-fA-F]{2})+)|\\([\s\S]?)/g;
const HINT = "write a backslash twice, or \\b \\f \\n \\r \\t \\/ \\xHH";

/**
 * What is meant by the text between two quotes.
 *
 * @param at Where the text begins, for faults.
 * @throws FaultFound for an escape that is none, and for bytes that are no UTF-8: texts of events are.
 */
export function unescapeText(body: string, quote: string, at: number): string {
  if (!body.includes("\\")) return body;
  return body.replaceAll(
    ESCAPE,
    (all, bytes: string | undefined, letter: string, offset: number) => {
      if (bytes !== undefined) return charactersOf(bytes, at + offset);
      if (letter === quote) return quote;
      const meant = SIMPLE.get(letter);
      if (meant !== undefined) return meant;
      if (letter === "x")
        throw new FaultFound(at + offset, "\\x is not followed by two hexadecimal digits");
      const message = `${JSON.stringify(all)} is no escape in ${quote} quotes`;
      throw new FaultFound(at + offset, message, HINT);
    },
  );
}

function charactersOf(bytes: string, at: number): string {
  try {
    return decodeURIComponent(bytes.replaceAll("\\x", "%"));
  } catch {
    throw new FaultFound(at, `${bytes} is no UTF-8`, "compare bytes with bcontains or bstartswith");
  }
}

const WRITTEN: ReadonlyMap<string, string> = new Map([
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\\", "\\\\"],
  ['"', '\\"'],
]);

/** The text as a condition would have it: quoted when it must be. */
export function escapeText(text: string): string {
  if (text !== "" && !/[()"'\s=,\\\p{Cc}]/u.test(text)) return text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is to be escaped
  const body = text.replaceAll(/[\\"\u0000-\u001f\u007f]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(2, "0");
    return WRITTEN.get(character) ?? `\\x${code}`;
  });
  // A quote behind a backslash ends no text, not even behind two.
  return `"${body.replace(/\\\\$/, "\\x5c")}"`;
}
