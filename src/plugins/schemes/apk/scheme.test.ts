import { expect, test } from "vitest";
import { apk } from "./scheme.ts";

/** Each comes before all that follow. */
const ASCENDING: readonly string[] = [
  "1.0_alpha",
  "1.0_alpha2",
  "1.0_rc1-r1",
  "1.0",
  "1.0-r0",
  "1.0-r1",
  "1.0_p1",
  "1.0a",
  "1.0.0",
  "1.0.05",
  "1.0.1",
  "1.1.1w-r1",
  "006",
];

test("orders versions, each with each", () => {
  const orders = ASCENDING.flatMap((a, i) =>
    ASCENDING.map((b, j) => [a, b, Math.sign(apk.compare(a, b) ?? Number.NaN), Math.sign(i - j)]),
  );
  expect(orders.filter(([, , found, wanted]) => found !== wanted)).toEqual([]);
});

test.each([
  ["1-r1", "1-r01"],
  ["1-r", "1-r0"],
])("takes %s and %s for the same", (a, b) => {
  expect(apk.compare(a, b)).toBe(0);
});

test.each(["", "latest", "1.0 2"])("does not take %j for a version", (text) => {
  expect([apk.compare(text, "1.0"), apk.compare("1.0", text)]).toEqual([null, null]);
});
