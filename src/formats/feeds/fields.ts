// Reading JSON of strangers: every field may be absent or of another kind, and is then as good as not there.

export type Fields = Readonly<Record<string, unknown>>;

/** An object's fields; null for everything else. */
export function fieldsOf(value: unknown): Fields | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : null;
}

/** A list's elements; none for everything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text of at most `max` characters; null for everything else, and for longer ones. */
export function textOf(value: unknown, max: number): string | null {
  return typeof value === "string" && value.length <= max ? value : null;
}

/** The texts of a list, of at most `max` characters each; others are left out. */
export function textsOf(value: unknown, max: number): string[] {
  const texts: string[] = [];
  for (const element of listOf(value)) {
    const text = textOf(element, max);
    if (text !== null && text !== "") texts.push(text);
  }
  return texts;
}

/** The longest id, name and version that is believed; nobody's are near it, and keys of the store are bounded. */
export const ID_LENGTH_MAX = 200;
export const NAME_LENGTH_MAX = 500;
export const VERSION_LENGTH_MAX = 300;

/**
 * Ids, names and versions are printed and become keys: one line of well-formed Unicode without control characters; not empty.
 */
export function isPlain(text: string): boolean {
  return text !== "" && !NOT_PLAIN.test(text);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about.
const NOT_PLAIN = /[\u0000-\u001f\u007f-\u009f]|\p{Cs}/u;

/** An ISO 8601 moment or date as it is written, when it is one and is later than 1970. */
export function momentOf(value: unknown): string | null {
  const text = textOf(value, 40);
  if (text === null || !/^\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?$/.test(text))
    return null;
  return text >= "1970" ? text : null;
}

/** The first sentence or line of a text that is worth showing, cut to `max` characters at a word. */
export function summaryOf(text: string, max: number): string {
  // OpenSSL's texts begin with this label, in everybody's data.
  const head = text
    .slice(0, max * 4)
    .trim()
    .replace(/^Issue summary: /, "");
  const paragraph = head.split(/\n\s*\n/, 1)[0] ?? "";
  const line = paragraph.replace(/\s+/g, " ").trim();
  if (line.length <= max) return line;
  const cut = line.lastIndexOf(" ", max - 1);
  return `${line.slice(0, cut > max / 2 ? cut : max - 1)}…`;
}

/** CVE ids as MITRE writes them. */
export function isCve(id: string): boolean {
  return /^CVE-\d{4}-\d{4,19}$/.test(id);
}
