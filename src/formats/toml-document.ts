// TOML, with the lines of the entries of arrays of tables (`[[package]]`), which is where lock files keep their packages.
// Source: https://toml.io/en/v1.0.0. Read by hand where it is plain, and by smol-toml where it is not.
import { parse, TomlDate, TomlError, type TomlValue } from "smol-toml";
import {
  DEPTH_MAX,
  DocumentDamage,
  DocumentList,
  DocumentMap,
  type DocumentValue,
  type ReadDocument,
  reading,
} from "./document.ts";
import { NotPlainToml, readPlainToml } from "./toml-plain.ts";

/**
 * Reads TOML. Dates and large whole numbers become texts. Lines are those of `[[name]]` headers at the top level; other maps
 * and lists have none. A byte order mark is to be taken off before.
 */
export function readTomlDocument(text: string): ReadDocument {
  return reading(() => {
    try {
      return readPlainToml(text);
    } catch (error) {
      if (!(error instanceof NotPlainToml)) throw error;
    }
    const document = converted(parsed(text), 0, 0);
    return document instanceof DocumentMap ? withLines(document, headerLines(text)) : document;
  });
}

function parsed(text: string): TomlValue {
  try {
    return parse(text, { maxDepth: DEPTH_MAX, integersAsBigInt: "asNeeded" });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const what = error.message.split("\n", 1)[0] ?? "";
    throw new DocumentDamage(error.line, what.replace(/^Invalid TOML document: /, ""));
  }
}

function converted(value: TomlValue, line: number, depth: number): DocumentValue {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object") return value;
  if (value instanceof TomlDate) return value.toISOString();
  if (depth > DEPTH_MAX) throw new RangeError("nested too deeply");
  if (Array.isArray(value)) {
    const list = new DocumentList(line);
    for (const item of value) list.items.push(converted(item, 0, depth + 1));
    return list;
  }
  const map = new DocumentMap(line);
  for (const name of Object.keys(value)) {
    const member = Object.getOwnPropertyDescriptor(value, name)?.value as TomlValue;
    map.members.set(name, converted(member, 0, depth + 1));
  }
  return map;
}

/** Lines of the headers of each array of tables at the top level, in order. */
function headerLines(text: string): Map<string, number[]> {
  const lines = new Map<string, number[]>();
  let line = 1;
  let counted = 0;
  for (const match of text.matchAll(/^\[\[([\w-]{1,100})\]\]/gm)) {
    for (; counted < match.index; counted += 1) {
      if (text.charCodeAt(counted) === 0x0a) line += 1;
    }
    const name = match[1] ?? "";
    const known = lines.get(name);
    if (known === undefined) lines.set(name, [line]);
    else known.push(line);
  }
  return lines;
}

/** A text over several lines may look like a header; where the counts differ, no line is better than a wrong one. */
function withLines(
  document: DocumentMap,
  lines: ReadonlyMap<string, readonly number[]>,
): DocumentMap {
  for (const [name, numbers] of lines) {
    const list = document.members.get(name);
    if (!(list instanceof DocumentList) || list.items.length !== numbers.length) continue;
    list.items.forEach((item, i) => {
      if (item instanceof DocumentMap) item.line = numbers[i] ?? 0;
    });
  }
  return document;
}
