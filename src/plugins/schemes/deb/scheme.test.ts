import { expect, test } from "vitest";
import { deb } from "./scheme.ts";

/** Each comes before all that follow. */
const ASCENDING: readonly string[] = [
  "",
  "1.0~~",
  "1.0~~a",
  "1.0~rc1-1",
  "1.0",
  "1.0-1",
  "1.0-1ubuntu1",
  "1.0-1+deb12u1",
  "1.0+dfsg-1",
  "1.10",
  "1:0.9",
];

test("orders versions, each with each", () => {
  const orders = ASCENDING.flatMap((a, i) =>
    ASCENDING.map((b, j) => [a, b, Math.sign(deb.compare(a, b) ?? Number.NaN), Math.sign(i - j)]),
  );
  expect(orders.filter(([, , found, wanted]) => found !== wanted)).toEqual([]);
});

test.each([
  ["0:1.0", "1.0"],
  ["1.0-0", "1.0"],
  ["1.00", "1.0"],
])("takes %s and %s for the same", (a, b) => {
  expect(deb.compare(a, b)).toBe(0);
});

test.each(["a:1", "1:", "1.0 ", ":1"])("does not take %j for a version", (text) => {
  expect([deb.compare(text, "1.0"), deb.compare("1.0", text)]).toEqual([null, null]);
});
