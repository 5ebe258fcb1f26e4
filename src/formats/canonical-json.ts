// The one way to write a value as JSON, so that its bytes can be hashed and signed, and checked by programs in other languages.
// @see RFC 8785

/** Values of strangers could nest without end. */
const DEPTH_MAX = 32;

/**
 * Writes a value in canonical form: members in the order of their names' UTF-16 units, no blanks, numbers as ECMAScript does.
 * Members that are `undefined` are left out.
 *
 * @throws {RangeError} for what JSON has no form for (NaN, functions), and for values nested more than 32 deep.
 */
export function canonicalJson(value: unknown, depth: number = 0): string {
  if (value === null || typeof value === "boolean" || typeof value === "string")
    return JSON.stringify(value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new RangeError("a number without a form in JSON");
    return JSON.stringify(value);
  }
  if (typeof value !== "object") throw new RangeError(`a ${typeof value} has no form in JSON`);
  if (depth >= DEPTH_MAX) throw new RangeError(`nested more than ${DEPTH_MAX} deep`);
  if (Array.isArray(value))
    return `[${value.map((item: unknown) => canonicalJson(item, depth + 1)).join(",")}]`;
  const parts: string[] = [];
  for (const name of Object.keys(value).sort()) {
    const member: unknown = Reflect.get(value, name);
    if (member !== undefined)
      parts.push(`${JSON.stringify(name)}:${canonicalJson(member, depth + 1)}`);
  }
  return `{${parts.join(",")}}`;
}

/** Whether a text is the canonical form of what was read from it. Never throws. */
export function isCanonicalJson(text: string, value: unknown): boolean {
  try {
    // What was read keeps the order in which it stood, but for names that are numbers: then the long way is taken.
    if (JSON.stringify(value) === text && isSorted(value, 0)) return true;
    return canonicalJson(value) === text;
  } catch {
    return false;
  }
}

function isSorted(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (depth >= DEPTH_MAX) return false;
  if (Array.isArray(value)) return value.every((item) => isSorted(item, depth + 1));
  let before: string | null = null;
  for (const name of Object.keys(value)) {
    if (before !== null && !(before < name)) return false;
    if (!isSorted(Reflect.get(value, name), depth + 1)) return false;
    before = name;
  }
  return true;
}
