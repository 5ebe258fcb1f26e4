/**
 * Orders two runs of decimal digits by their value, whatever their length: versions hold dates and commit counts that a
 * double would round.
 *
 * @param a Digits only; the empty text counts as zero.
 */
export function compareDigits(a: string, b: string): number {
  const x = leadingZeros(a);
  const y = leadingZeros(b);
  const byLength = a.length - x - (b.length - y);
  if (byLength !== 0) return byLength;
  return compareText(x === 0 ? a : a.slice(x), y === 0 ? b : b.slice(y));
}

function leadingZeros(text: string): number {
  let count = 0;
  while (count < text.length && text.charCodeAt(count) === 0x30) count += 1;
  return count;
}

/** Orders by code units, as `strcmp` does for ASCII. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Whether a code unit is an ASCII digit. */
export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Whether a code unit is an ASCII letter. */
export function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** Where the run of digits that begins at `from` ends. */
export function endOfDigits(text: string, from: number): number {
  let at = from;
  while (at < text.length && isDigit(text.charCodeAt(at))) at += 1;
  return at;
}
