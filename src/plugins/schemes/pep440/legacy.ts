import { compareText } from "../shared/digits.ts";

const WORDS: ReadonlyMap<string, string> = new Map([
  ["pre", "c"],
  ["preview", "c"],
  ["-", "final-"],
  ["rc", "c"],
  ["dev", "@"],
]);

const ZERO = "00000000";

/**
 * The key by which setuptools ordered versions before PEP 440, for what the index still holds from that time
 * (`2004d`, `0.1-bulbasaur`): numbers padded to eight digits, words marked with `*` so that they sort before numbers.
 */
export function legacyKey(version: string): readonly string[] {
  const key: string[] = [];
  for (const piece of version.toLowerCase().match(/\d+|[a-z]+|[^a-z\d.]/g) ?? []) {
    const word = WORDS.get(piece) ?? piece;
    const isNumber = word[0] !== undefined && word[0] >= "0" && word[0] <= "9";
    push(key, isNumber ? word.padStart(8, "0") : `*${word}`);
  }
  push(key, "*final");
  return key;
}

/** Hyphens before a pre-release and zeros before any word do not count: `1.0-rc` and `1rc`. */
function push(key: string[], part: string): void {
  if (part.startsWith("*")) {
    if (part < "*final") while (key.at(-1) === "*final-") key.pop();
    while (key.at(-1) === ZERO) key.pop();
  }
  key.push(part);
}

/** Orders two keys of {@link legacyKey}. */
export function compareLegacy(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const order = compareText(a[i] ?? "", b[i] ?? "");
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
