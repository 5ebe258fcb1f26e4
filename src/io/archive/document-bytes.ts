const SPACES = [0x20, 0x0a, 0x0d, 0x09];
const BRACES = [0x7b, 0x5b];

/** Whether bytes begin as JSON of an image does: an object or a list, and not a tar whose first name has a brace. */
export function isDocument(first: Uint8Array): boolean {
  const start = first.find((byte) => !SPACES.includes(byte));
  return start !== undefined && BRACES.includes(start) && !isTar(first);
}

/** Whether bytes begin as a layer does: a tar with its magic, an empty one of zeros, or a compressed one. */
export function isLayerStart(first: Uint8Array): boolean {
  const [a = -1, b = -1, c = -1, d = -1] = first;
  if (a === 0x1f && b === 0x8b) return true;
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return true;
  return (
    first.length >= 512 && (isTar(first) || first.subarray(0, 512).every((byte) => byte === 0))
  );
}

function isTar(first: Uint8Array): boolean {
  return "ustar".split("").every((char, i) => first[257 + i] === char.charCodeAt(0));
}
