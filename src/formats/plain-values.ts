// JSON and YAML as plain JavaScript values, for what is handed to expressions: numbers are numbers, and whole ones are exact.
import { LineCounter, type ParsedNode, parseAllDocuments } from "yaml";

const LENGTH_MAX = 1 << 20;
const DOCUMENTS_MAX = 1_000;
const ALIASES_MAX = 100;
const DEPTH_MAX = 200;

/** The values of a text, or the reason why there are none (`line 7: …`). */
export type PlainValues =
  | { readonly values: readonly unknown[]; readonly damage: null }
  | { readonly values: null; readonly damage: string };

/**
 * Reads one JSON document, or any number of YAML documents; empty ones are left out.
 *
 * YAML is read as Kubernetes reads it, by version 1.1: `yes` is true and `0644` is octal. Whole numbers beyond 53 bits are bigint
 * in YAML; in JSON they have lost digits. Dates stay texts. Never throws.
 */
export function readPlainValues(text: string): PlainValues {
  if (text.length > LENGTH_MAX)
    return { values: null, damage: `it has more than ${LENGTH_MAX} characters` };
  try {
    const read = jsonValues(text) ?? yamlValues(text);
    return read.values?.some((value) => isDeeper(value, DEPTH_MAX))
      ? { values: null, damage: `it is nested more than ${DEPTH_MAX} deep` }
      : read;
  } catch (error) {
    return { values: null, damage: error instanceof Error ? error.message : String(error) };
  }
}

/** Null for what is not JSON: flow style is YAML as well, and its messages name the line. */
function jsonValues(text: string): PlainValues | null {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    return { values: [JSON.parse(text)], damage: null };
  } catch {
    return null;
  }
}

function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return depth === 0 || Object.values(value).some((inner) => isDeeper(inner, depth - 1));
}

/** Types that JSON does not have. */
const NOT_PLAIN: ReadonlySet<string> = new Set(["timestamp", "binary", "set", "omap", "pairs"]);

function yamlValues(text: string): PlainValues {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments<ParsedNode>(text, {
    lineCounter,
    logLevel: "silent",
    version: "1.1",
    intAsBigInt: true,
    customTags: (tags) =>
      tags.filter((tag) => {
        const name = typeof tag === "string" ? tag : tag.tag.split(":").at(-1);
        const isSexagesimal = typeof tag !== "string" && "format" in tag && tag.format === "TIME";
        return !NOT_PLAIN.has(name ?? "") && !isSexagesimal;
      }),
  });
  if (!Array.isArray(documents)) return { values: [], damage: null };
  if (documents.length > DOCUMENTS_MAX)
    return { values: null, damage: `it has more than ${DOCUMENTS_MAX} documents` };
  const values: unknown[] = [];
  for (const document of documents) {
    const [error] = document.errors;
    if (error !== undefined) {
      const { line } = lineCounter.linePos(error.pos[0]);
      const reason = error.message.split(/ at line \d|\n/, 1)[0] ?? "";
      return { values: null, damage: `line ${line}: ${reason}` };
    }
    const value: unknown = document.toJS({ maxAliasCount: ALIASES_MAX });
    if (value !== null && value !== undefined) values.push(value);
  }
  return { values, damage: null };
}
