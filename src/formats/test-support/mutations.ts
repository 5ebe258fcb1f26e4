// What strangers do to documents that were right: bits, cuts, repetitions; and in JSON other values, too many of them, too deep.
import fc from "fast-check";

/** Changes bytes anywhere; up to four times over. */
export function damaged(seed: Buffer): fc.Arbitrary<Buffer> {
  return fc
    .array(fc.tuple(fc.nat(5), fc.nat(), fc.nat(64), fc.nat(255)), { minLength: 1, maxLength: 4 })
    .map((changes) => changes.reduce((bytes, change) => damage(bytes, change), seed));
}

function damage(
  bytes: Buffer,
  [kind, place, length, byte]: readonly [number, number, number, number],
): Buffer {
  const at = bytes.length === 0 ? 0 : place % bytes.length;
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (kind) {
    case 0:
      return before;
    case 1:
      return Buffer.concat([before, after.subarray(length)]);
    case 2:
      return Buffer.concat([before, after.subarray(0, length), after]);
    case 3:
      return Buffer.concat([before, Buffer.of(byte), after]);
    case 4:
      return Buffer.concat([before, Buffer.of(byte), after.subarray(1)]);
    default:
      return Buffer.concat([
        before,
        Buffer.of((after[0] ?? 0) ^ (1 << (byte % 8))),
        after.subarray(1),
      ]);
  }
}

/** Texts of JSON that nobody expects, and of which some are also YAML. */
const ODD: readonly string[] = [
  ...["null", "true", "0", "-1", "0.5", "1e400", "-0", "9007199254740993", '""', '"x"', "[]", "{}"],
  ...['"\\u0000"', '"\\ud800"', '{"__proto__":{"a":1}}', '{"toString":1,"length":-1}', "[[]]"],
  ...['"sha256:"', '"9999-99-99T99:99:99Z"', '"AAAA"', '"*&^%"', "[null]", "[{}]"],
];
/** The same, far too large. Made once, because they are. */
const LARGE: readonly string[] = [
  `"${"A".repeat(2 << 20)}"`,
  `[${"0,".repeat(20_000)}0]`,
  `${"[".repeat(20_000)}${"]".repeat(20_000)}`,
  `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`,
  "9".repeat(5_000),
];

/** Puts other values into a document in JSON, or the same name a second time; one document in twenty gets something large. */
export function altered(seed: Buffer): fc.Arbitrary<Buffer> {
  const text = seed.toString("utf8");
  const spots = [...text.matchAll(/"(?:[^"\\]|\\.)*"\s*:\s*/g)].map(({ 0: name, index }) => ({
    name,
    start: index,
    value: index + name.length,
  }));
  const odd = fc.oneof(
    { weight: 19, arbitrary: fc.constantFrom(...ODD) },
    { weight: 1, arbitrary: fc.constantFrom(...LARGE) },
  );
  return fc.tuple(fc.nat(), odd, fc.nat(2)).map(([place, value, kind]) => {
    const spot = spots[place % Math.max(1, spots.length)];
    if (spot === undefined) return Buffer.from(value);
    const before = text.slice(0, spot.start);
    if (kind === 0) return Buffer.from(`${before}${spot.name}${value},${text.slice(spot.start)}`);
    const rest = text.slice(spot.value);
    const end = endOfValue(rest);
    const after = rest.slice(end);
    if (kind === 1) return Buffer.from(`${before}${spot.name}${value}${after}`);
    return Buffer.from(`${before}${spot.name}${rest.slice(0, end)},${spot.name}${value}${after}`);
  });
}

/** Where the first value of a text ends. */
function endOfValue(text: string): number {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},]/g)) {
    if (token === "[" || token === "{") depth += 1;
    else if (token === "]" || token === "}") depth -= 1;
    if (depth < 0 || (depth === 0 && token === ",")) return index;
    if (depth === 0 && /[\]}"]$/.test(token)) return index + token.length;
  }
  return text.length;
}
