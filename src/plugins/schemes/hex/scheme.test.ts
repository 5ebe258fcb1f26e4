import { expect, test } from "vitest";
import { hex } from "./scheme.ts";

/** Each comes before all that follow. */
const ASCENDING: readonly string[] = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0", "1.0.1"];

test("orders versions, each with each", () => {
  const orders = ASCENDING.flatMap((a, i) =>
    ASCENDING.map((b, j) => [a, b, Math.sign(hex.compare(a, b) ?? Number.NaN), Math.sign(i - j)]),
  );
  expect(orders.filter(([, , found, wanted]) => found !== wanted)).toEqual([]);
});

test.each([["1.0.0+a", "1.0.0+b"]])("takes %s and %s for the same", (a, b) => {
  expect(hex.compare(a, b)).toBe(0);
});

test.each(["", "latest"])("does not take %j for a version", (text) => {
  expect([hex.compare(text, "1.0"), hex.compare("1.0", text)]).toEqual([null, null]);
});
