// Members that stand twice in a JSON object. JSON.parse keeps the last; other readers keep the first, or join the two, so that
// what is examined is not what is done.
/**
 * The first member that its object has already.
 *
 * @param text JSON that has been parsed without an error.
 * @returns Its offset; null when there is none.
 */
export function repeatedJsonKey(text: string): number | null {
  /** The keys of each object that is open; null for lists. */
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === "{") open.push(new Set());
    else if (char === "[") open.push(null);
    else if (char === "}" || char === "]") open.pop();
    else if (char === '"') {
      const end = endOfString(text, at);
      if (isRepeated(open.at(-1) ?? null, text, { start: at, end })) return at;
      at = end - 1;
    }
  }
  return null;
}

/** Notes a string if it is a key. */
function isRepeated(
  keys: Set<string> | null,
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
): boolean {
  if (keys === null || !isKey(text, end)) return false;
  const written = text.slice(start, end);
  // Escapes are another way to write the same.
  const key = written.includes("\\") ? JSON.stringify(JSON.parse(written)) : written;
  if (keys.has(key)) return true;
  keys.add(key);
  return false;
}

/** The offset behind the closing quote of the string that begins here. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function isKey(text: string, end: number): boolean {
  let at = end;
  while (text.charCodeAt(at) <= 0x20) at += 1;
  return text[at] === ":";
}
