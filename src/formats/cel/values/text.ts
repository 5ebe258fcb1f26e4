// Texts are sequences of code points. JavaScript counts units of sixteen bits, which is the same for most texts.

const SURROGATES = /[\ud800-\udfff]/;

/** Whether units and code points are the same. */
export function isPlain(text: string): boolean {
  return !SURROGATES.test(text);
}

/** The number of code points. */
export function lengthOf(text: string): number {
  if (isPlain(text)) return text.length;
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** The unit at which a code point begins; the text's length for the number of its code points. */
export function unitOf(text: string, point: number): number {
  if (isPlain(text)) return point;
  let unit = 0;
  for (let i = 0; i < point; i += 1) unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
  return unit;
}

/** The number of code points before a unit. */
export function pointOf(text: string, unit: number): number {
  return lengthOf(text.slice(0, unit));
}

/** By code points, which is also the order of their bytes in UTF-8. */
export function orderTexts(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for what comes after all single units. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
