import { expect, test } from "vitest";
import { rubygems } from "./scheme.ts";

/** Each comes before all that follow. */
const ASCENDING: readonly string[] = [
  "1.0.a9",
  "1.0.a10",
  "1.0.b1",
  "1.0.pre",
  "1.0",
  "1.0.1",
  "3.2",
  "3.10",
];

test("orders versions, each with each", () => {
  const orders = ASCENDING.flatMap((a, i) =>
    ASCENDING.map((b, j) => [
      a,
      b,
      Math.sign(rubygems.compare(a, b) ?? Number.NaN),
      Math.sign(i - j),
    ]),
  );
  expect(orders.filter(([, , found, wanted]) => found !== wanted)).toEqual([]);
});

test.each([
  ["1.0", "1"],
  ["1.0.a2", "1.0.a.2"],
  ["1.0-x", "1.0.pre.x"],
])("takes %s and %s for the same", (a, b) => {
  expect(rubygems.compare(a, b)).toBe(0);
});

test.each(["", "latest", "1 2"])("does not take %j for a version", (text) => {
  expect([rubygems.compare(text, "1.0"), rubygems.compare("1.0", text)]).toEqual([null, null]);
});
