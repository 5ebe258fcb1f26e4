// Files as text and back, so that what was not edited is written as the same bytes.

const BOM = "\uFEFF";

/** Without the byte order mark; null when writing the text back would not give the same bytes. */
export function decodedText(bytes: Buffer): string | null {
  const text = bytes.toString("utf8");
  if (!Buffer.from(text, "utf8").equals(bytes)) return null;
  return text.startsWith(BOM) ? text.slice(1) : text;
}

/** The bytes of a text that takes the place of what a file held, with its byte order mark if it had one. */
export function encodedText(text: string, before: Buffer): Buffer {
  const hasMark = before.length >= 3 && before.toString("utf8", 0, 3) === BOM;
  return Buffer.from(hasMark ? BOM + text : text, "utf8");
}
