import { expect, test } from "vitest";
import { pub } from "./scheme.ts";

/** Each comes before all that follow. */
const ASCENDING: readonly string[] = [
  "1.0.0-pre",
  "1.0.0-pre+build",
  "1.0.0",
  "1.0.0+1",
  "1.0.0+2",
  "1.0.0+a",
  "1.0.1",
];

test("orders versions, each with each", () => {
  const orders = ASCENDING.flatMap((a, i) =>
    ASCENDING.map((b, j) => [a, b, Math.sign(pub.compare(a, b) ?? Number.NaN), Math.sign(i - j)]),
  );
  expect(orders.filter(([, , found, wanted]) => found !== wanted)).toEqual([]);
});

test.each([["v1.0.0", "1.0.0"]])("takes %s and %s for the same", (a, b) => {
  expect(pub.compare(a, b)).toBe(0);
});

test.each(["", "latest"])("does not take %j for a version", (text) => {
  expect([pub.compare(text, "1.0"), pub.compare("1.0", text)]).toEqual([null, null]);
});
