// Bytes out of texts. Never throws.

const VALUE_OF: ReadonlyMap<string, number> = new Map([
  ...[..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"].map(
    (c, i) => [c, i] as const,
  ),
  ["-", 62],
  ["_", 63],
]);

/** Bytes out of base64 in either alphabet, padded or not; null for anything else. */
export function bytesOfBase64(text: string): Uint8Array | null {
  let end = text.length;
  while (text[end - 1] === "=") end -= 1;
  const dense = text.slice(0, end);
  if (dense.length % 4 === 1) return null;
  const bytes = new Uint8Array(Math.floor((dense.length * 3) / 4));
  let at = 0;
  let bits = 0;
  let held = 0;
  for (const char of dense) {
    const value = VALUE_OF.get(char);
    if (value === undefined) return null;
    bits = ((bits << 6) | value) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes[at] = (bits >> held) & 0xff;
    at += 1;
  }
  return bytes;
}
