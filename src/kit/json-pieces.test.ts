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

test("are many for a long list", () => {
  const value = { list: Array.from({ length: 5000 }, (_, i) => ({ text: "x".repeat(500), i })) };
  const pieces = [...jsonPieces(value)];
  expect(pieces.length).toBeGreaterThan(8);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(300_000);
  expect(pieces.join("")).toBe(JSON.stringify(value, null, 2));
});
