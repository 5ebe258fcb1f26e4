import { expect, test } from "vitest";
import { rpm } from "./scheme.ts";

/** Each comes before all that follow. */
const ASCENDING: readonly string[] = [
  "1.0~rc1-1",
  "1.0-1",
  "1.0-1.el8",
  "1.0-2.el8",
  "1.0^git1-1",
  "1.0.a",
  "1.0.1-1",
  "10-1",
  "1:0.9-1",
];

test("orders versions, each with each", () => {
  const orders = ASCENDING.flatMap((a, i) =>
    ASCENDING.map((b, j) => [a, b, Math.sign(rpm.compare(a, b) ?? Number.NaN), Math.sign(i - j)]),
  );
  expect(orders.filter(([, , found, wanted]) => found !== wanted)).toEqual([]);
});

test.each([
  ["0:1.0-1", "1.0-1"],
  ["1.01", "1.1"],
  ["1_0", "1.0"],
])("takes %s and %s for the same", (a, b) => {
  expect(rpm.compare(a, b)).toBe(0);
});
