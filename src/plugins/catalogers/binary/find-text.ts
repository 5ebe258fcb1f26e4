/** What a search is for, prepared once: how far each byte lets it jump. */
export interface Needle {
  readonly text: Uint8Array;
  readonly jumps: Uint8Array;
}

/** Prepares an ASCII text of 1 to 255 characters. */
export function needleOf(text: string): Needle {
  const last = text.length - 1;
  const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
  const jumps = new Uint8Array(256).fill(text.length);
  for (let i = 0; i < last; i += 1) jumps[bytes[i] ?? 0] = last - i;
  return { text: bytes, jumps };
}

/**
 * Where a text stands next, looking from the right end of it and jumping by what is seen there (Horspool): about one look for
 * every character of the text's length, nothing is copied, and no more than length × size looks on bytes made to hurt.
 *
 * @returns The offset, or -1.
 */
export function findText(bytes: Uint8Array, needle: Needle, from: number): number {
  const { text, jumps } = needle;
  const last = text.length - 1;
  const final = text[last];
  for (let at = from + last; at < bytes.length; ) {
    const byte = bytes[at] ?? 0;
    if (byte === final && isAt(bytes, text, at - last)) return at - last;
    at += jumps[byte] ?? 1;
  }
  return -1;
}

function isAt(bytes: Uint8Array, text: Uint8Array, start: number): boolean {
  for (let i = 0; i < text.length; i += 1) {
    if (bytes[start + i] !== text[i]) return false;
  }
  return true;
}
