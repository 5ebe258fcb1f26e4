import { expect, test } from "vitest";
import { maven } from "./scheme.ts";

/** Each comes before all that follow. */
const ASCENDING: readonly string[] = [
  "1-alpha-1",
  "1-beta",
  "1-milestone",
  "1-rc1",
  "1-SNAPSHOT",
  "1",
  "1-sp",
  "1-xyz",
  "1-1",
  "1.1",
  "1.10",
];

test("orders versions, each with each", () => {
  const orders = ASCENDING.flatMap((a, i) =>
    ASCENDING.map((b, j) => [a, b, Math.sign(maven.compare(a, b) ?? Number.NaN), Math.sign(i - j)]),
  );
  expect(orders.filter(([, , found, wanted]) => found !== wanted)).toEqual([]);
});

test.each([
  ["1", "1.0.0"],
  ["1-ga-1", "1-1"],
  ["1.0.final", "1"],
  ["1a1", "1-alpha-1"],
  ["1X", "1x"],
])("takes %s and %s for the same", (a, b) => {
  expect(maven.compare(a, b)).toBe(0);
});

test.each(["", "1 2", "${project.version}"])("does not take %j for a version", (text) => {
  expect([maven.compare(text, "1.0"), maven.compare("1.0", text)]).toEqual([null, null]);
});
