/** What Composer puts for each number of a branch (`1.x-dev`) that is not given: a branch is ahead of its releases. */
const BRANCH = "9999999";

const NUMBERED =
  /^v?(\d+)(?:\.(\d+|[x*]))?(?:\.(\d+|[x*]))?(?:\.(\d+|[x*]))?(?:[._-]?(stable|beta|b|rc|alpha|a|patch|pl|p)(?:[.-]?(\d+(?:[.-]?\d+)*))?)?(?:[.-]?(dev))?$/;

const WORDS: ReadonlyMap<string, string> = new Map([
  ["a", "alpha"],
  ["b", "beta"],
  ["rc", "RC"],
  ["pl", "patch"],
  ["p", "patch"],
]);

/**
 * Completes a version as Composer does before it compares: four numbers, the words in one spelling, no build, no `stable`.
 * `v1.2-b1` is `1.2.0.0-beta1`, `1.x-dev` is `1.9999999.9999999.9999999-dev`.
 *
 * @returns The text itself when it has another form, such as the name of a branch.
 */
export function completed(version: string): string {
  const text = version.trim();
  if (text.length > LENGTH_MAX) return text;
  const plus = text.indexOf("+");
  const found = NUMBERED.exec((plus === -1 ? text : text.slice(0, plus)).toLowerCase());
  if (found === null) return text;
  const [, major = "0", minor, patch, fourth, word, number = "", dev] = found;
  const numbers = [major, minor, patch, fourth];
  const branch = numbers.findIndex((n) => n === "x" || n === "*");
  const whole = numbers.map((n, i) => (branch !== -1 && i >= branch ? BRANCH : (n ?? "0")));
  const suffix =
    word === undefined || word === "stable" ? "" : `-${WORDS.get(word) ?? word}${number}`;
  return `${whole.join(".")}${suffix}${dev === undefined ? "" : "-dev"}`;
}

const LENGTH_MAX = 200;
