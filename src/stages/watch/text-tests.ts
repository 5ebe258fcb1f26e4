// Tests of one text, made for many values at once.

export type TextTest = (text: string) => boolean;

/** From here on, looking at the values one after the other takes longer than a walk through a tree of their letters. */
const FEW = 4;

/** Whether a text begins with one of these. */
export function startsWithAny(values: readonly string[]): TextTest {
  const [first = ""] = values;
  if (values.length === 1) return (text) => text.startsWith(first);
  if (values.length <= FEW) return (text) => values.some((value) => text.startsWith(value));
  const root = treeOf(values);
  return (text) => {
    let node: Node | undefined = root;
    for (let at = 0; node !== undefined; at += 1) {
      if (node.isEnd) return true;
      if (at === text.length) return false;
      node = node.next.get(text.charCodeAt(at));
    }
    return false;
  };
}

/** Whether a text ends with one of these. */
export function endsWithAny(values: readonly string[]): TextTest {
  const [first = ""] = values;
  if (values.length === 1) return (text) => text.endsWith(first);
  if (values.length <= FEW) return (text) => values.some((value) => text.endsWith(value));
  const root = treeOf(values.map((value) => value.split("").reverse().join("")));
  return (text) => {
    let node: Node | undefined = root;
    for (let at = text.length - 1; node !== undefined; at -= 1) {
      if (node.isEnd) return true;
      if (at < 0) return false;
      node = node.next.get(text.charCodeAt(at));
    }
    return false;
  };
}

/** Whether a text contains one of these. */
export function containsAny(values: readonly string[]): TextTest {
  const [first = ""] = values;
  if (values.length === 1) return (text) => text.includes(first);
  // Who contains a longer value contains a part of it: only the shortest are looked for.
  const least = values.filter(
    (value) => !values.some((part) => part !== value && value.includes(part)),
  );
  return (text) => {
    for (const value of least) if (text.includes(value)) return true;
    return false;
  };
}

interface Node {
  isEnd: boolean;
  readonly next: Map<number, Node>;
}

function treeOf(values: readonly string[]): Node {
  const root: Node = { isEnd: false, next: new Map() };
  for (const value of values) {
    let node = root;
    for (let at = 0; at < value.length; at += 1) {
      const unit = value.charCodeAt(at);
      const next = node.next.get(unit) ?? { isEnd: false, next: new Map<number, Node>() };
      node.next.set(unit, next);
      node = next;
    }
    node.isEnd = true;
  }
  return root;
}

/** The order of the bytes of two texts (strcmp): that of UTF-16 units, but for what lies beyond the first plane. */
export function bytewise(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const unit = a.charCodeAt(at);
    const other = b.charCodeAt(at);
    if (unit !== other) return placeOf(unit) - placeOf(other);
  }
  return a.length - b.length;
}

/** Surrogates stand for characters behind all that one unit can say. */
function placeOf(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x1_0000 : unit;
}

/** ASCII letters only, as tolower(3) in the C locale. */
export function lowerAscii(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

export function upperAscii(text: string): string {
  return text.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase());
}
