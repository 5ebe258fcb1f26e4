// Members that stand twice in a JSON object. JSON.parse keeps the last; other readers keep the first, or join the two, so that
// what is examined is not what is done.
/** Offsets of one key. */
export interface RepeatedKey {
  readonly first: number;
  readonly second: number;
}

/**
 * The first member that its object has already.
 *
 * @param text JSON that has been parsed without an error.
 * @param value What it was parsed to, untouched; where it is a part of that alone, the answer takes longer.
 * @returns Where it stands first and second; null when there is none.
 */
export function repeatedJsonKey(text: string, value: unknown): RepeatedKey | null {
  // Each key that is written makes a member, unless that was there already: where the numbers agree, none is written twice.
  return keysIn(text) === membersIn(value) ? null : firstRepeated(text);
}

/** Keys that are written. Outside strings, each quote begins one. */
function keysIn(text: string): number {
  let keys = 0;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at)) {
    at = endOfString(text, at);
    if (isKey(text, at)) keys += 1;
  }
  return keys;
}

/** Members of all its objects; without recursion, for what is nested deeply. */
function membersIn(value: unknown): number {
  let members = 0;
  const open: object[] = isNested(value) ? [value] : [];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    const items = Array.isArray(one) ? one : Object.values(one);
    if (!Array.isArray(one)) members += items.length;
    for (const item of items) if (isNested(item)) open.push(item);
  }
  return members;
}

function isNested(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function firstRepeated(text: string): RepeatedKey | null {
  /** The keys of each object that is open; null for lists. */
  const open: (Map<string, number> | null)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === "{") open.push(new Map());
    else if (char === "[") open.push(null);
    else if (char === "}" || char === "]") open.pop();
    else if (char === '"') {
      const end = endOfString(text, at);
      const first = firstOf(open.at(-1) ?? null, text, { start: at, end });
      if (first !== null) return { first, second: at };
      at = end - 1;
    }
  }
  return null;
}

/** Notes a string if it is a key. @returns where it stood before; null when it did not. */
function firstOf(
  keys: Map<string, number> | null,
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
): number | null {
  if (keys === null || !isKey(text, end)) return null;
  const written = text.slice(start, end);
  // Escapes are another way to write the same.
  const key = written.includes("\\") ? JSON.stringify(JSON.parse(written)) : written;
  const first = keys.get(key);
  if (first === undefined) keys.set(key, start);
  return first ?? null;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const SPACE = 0x20;

/** The offset behind the closing quote of the string that begins here. */
export function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    at += code === BACKSLASH ? 2 : 1;
  }
  return text.length;
}

function isKey(text: string, end: number): boolean {
  let at = end;
  while (text.charCodeAt(at) <= SPACE) at += 1;
  return text.charCodeAt(at) === COLON;
}
