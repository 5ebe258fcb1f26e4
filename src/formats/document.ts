// The values that JSON, YAML and TOML documents hold, in one form, together with the lines they stand on.
// Members live in a Map, because their names are chosen by strangers (`__proto__`).

export type DocumentValue = string | number | boolean | null | DocumentMap | DocumentList;

/** A map of a document: a JSON object, a YAML mapping, a TOML table. */
export class DocumentMap {
  /** 1-based line of the key that it is the value of, or of its beginning; 0 where the format does not tell. */
  line: number;
  /** In the order of the document. A name that stands twice has its last value, as in every reader of lock files. */
  readonly members: Map<string, DocumentValue> = new Map();

  constructor(line: number) {
    this.line = line;
  }
}

/** A list of a document. */
export class DocumentList {
  /** As for maps. */
  line: number;
  readonly items: DocumentValue[] = [];

  constructor(line: number) {
    this.line = line;
  }
}

/** What reading a document gave: a value, or the reason why there is none (`line 7: expected ":"`). */
export type ReadDocument =
  | { readonly value: DocumentValue; readonly damage: null }
  | { readonly value: null; readonly damage: string };

/** Deeper nesting is nobody's lock file. */
export const DEPTH_MAX = 200;

/** Thrown inside a reader, and turned into `damage` before it returns. */
export class DocumentDamage extends Error {
  constructor(line: number, what: string) {
    super(`line ${line}: ${what}`);
  }
}

/** Runs a reader; its damage becomes a value. */
export function reading(read: () => DocumentValue): ReadDocument {
  try {
    return { value: read(), damage: null };
  } catch (error) {
    if (error instanceof DocumentDamage) return { value: null, damage: error.message };
    if (error instanceof RangeError) return { value: null, damage: "it is nested too deeply" };
    throw error;
  }
}

/** The member of a map; undefined when there is none, or the value is no map. */
export function memberOf(
  value: DocumentValue | undefined,
  name: string,
): DocumentValue | undefined {
  return value instanceof DocumentMap ? value.members.get(name) : undefined;
}

/** A member that is a text or a number, as text; `""` otherwise. */
export function textOf(value: DocumentValue | undefined, name: string): string {
  const found = memberOf(value, name);
  if (typeof found === "number") return String(found);
  return typeof found === "string" ? found : "";
}

/** A member that is a map; an empty one otherwise. */
export function mapOf(
  value: DocumentValue | undefined,
  name: string,
): ReadonlyMap<string, DocumentValue> {
  const found = memberOf(value, name);
  return found instanceof DocumentMap ? found.members : NO_MEMBERS;
}

/** The items of a member that is a list; none otherwise. */
export function listOf(value: DocumentValue | undefined, name: string): readonly DocumentValue[] {
  const found = memberOf(value, name);
  return found instanceof DocumentList ? found.items : NO_ITEMS;
}

/** The line of a map or list; undefined for other values and where the line is not known. */
export function lineOf(value: DocumentValue | undefined): number | undefined {
  const line = value instanceof DocumentMap || value instanceof DocumentList ? value.line : 0;
  return line === 0 ? undefined : line;
}

const NO_MEMBERS: ReadonlyMap<string, DocumentValue> = new Map();
const NO_ITEMS: readonly DocumentValue[] = [];
