import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonPieces } from "./json-pieces.ts";

test("are together what JSON.stringify writes", () => {
  const member = fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue()), fc.constant(undefined));
  fc.assert(
    fc.property(fc.dictionary(fc.string(), member), (value) => {
      expect([...jsonPieces(value)].join("")).toBe(JSON.stringify(value, null, 2));
    }),
  );
});

test("whatever levels are gone into, and however it is indented", () => {
  const form = { levels: fc.nat(5), indent: fc.nat(4) };
  fc.assert(
    fc.property(fc.object({ withNullPrototype: false }), fc.record(form), (value, asked) => {
      const plain = JSON.parse(JSON.stringify(value)) as object;
      const wanted = JSON.stringify(plain, null, asked.indent);
      expect([...jsonPieces(plain, asked)].join("")).toBe(wanted);
    }),
  );
});

test("what is made item by item is a list", () => {
  function* items(): Generator<object> {
    yield { a: [1] };
    yield {};
  }
  const write = (list: object): string => [...jsonPieces({ b: { list } }, { levels: 3 })].join("");
  expect(write(items())).toBe(write([{ a: [1] }, {}]));
  expect(write([].values())).toBe(write([]));
});

test("are many for a long list", () => {
  const value = { list: Array.from({ length: 5000 }, (_, i) => ({ text: "x".repeat(500), i })) };
  const pieces = [...jsonPieces(value)];
  expect(pieces.length).toBeGreaterThan(8);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(300_000);
  expect(pieces.join("")).toBe(JSON.stringify(value, null, 2));
});
