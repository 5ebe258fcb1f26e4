import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson, isCanonicalJson } from "./canonical-json.ts";

// The example of RFC 8785, section 3.2.3, and its sorting example, 3.2.3.
test.each<[unknown, string]>([
  [
    {
      numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
      literals: [null, true, false],
    },
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  ],
  [
    { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\u{1f600}": 5, "\u0080": 6, "\u00f6": 7 },
    '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"\u{1f600}":5,"\ufb33":3}',
  ],
  [{ b: undefined, a: [] }, '{"a":[]}'],
  ["__proto__", '"__proto__"'],
  [JSON.parse('{"__proto__":1}'), '{"__proto__":1}'],
])("%j", (value, wanted) => {
  expect(canonicalJson(value)).toBe(wanted);
});

test.each([[Number.NaN], [() => 1], [1n], [Symbol.iterator]])("refuses %s", (value) => {
  expect(() => canonicalJson({ value })).toThrow(RangeError);
});

test("refuses what is nested too deep, and goes no deeper to find out", () => {
  expect(() => canonicalJson(JSON.parse("[".repeat(5000) + "]".repeat(5000)))).toThrow(RangeError);
});

test("means the same, and is written the same when it is read back", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const text = canonicalJson(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(JSON.parse(text))).toBe(text);
    }),
  );
});

test("is recognised, and nothing else is taken for it", () => {
  fc.assert(
    fc.property(fc.json(), fc.boolean(), (json, isSorted) => {
      const value: unknown = JSON.parse(json);
      const text = isSorted ? canonicalJson(value) : json;
      expect(isCanonicalJson(text, value)).toBe(text === canonicalJson(value));
    }),
  );
});

test.each([
  ['{"a":1,"b":[{"c":1,"d":2}]}', true],
  ['{"10":1,"9":2}', true],
  ['{"9":2,"10":1}', false],
  ['{"a":1,"a":1}', false],
  ['{"a":1.0}', false],
  ['{"a":[{"d":1,"c":2}]}', false],
  ['{"a": 1}', false],
])("%s: %s", (text, wanted) => {
  expect(isCanonicalJson(text, JSON.parse(text))).toBe(wanted);
});
