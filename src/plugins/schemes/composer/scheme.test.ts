import { expect, test } from "vitest";
import { composer } from "./scheme.ts";

/** Each comes before all that follow. */
const ASCENDING: readonly string[] = [
  "dev-foo",
  "1.0-dev",
  "1.0a1",
  "1.0b1",
  "1.0RC1",
  "1.0",
  "1.0pl1",
  "1.1",
  "10",
];

test("orders versions, each with each", () => {
  const orders = ASCENDING.flatMap((a, i) =>
    ASCENDING.map((b, j) => [
      a,
      b,
      Math.sign(composer.compare(a, b) ?? Number.NaN),
      Math.sign(i - j),
    ]),
  );
  expect(orders.filter(([, , found, wanted]) => found !== wanted)).toEqual([]);
});

test.each([
  ["v1.0.0", "1.0.0"],
  ["1.0a1", "1.0alpha1"],
])("takes %s and %s for the same", (a, b) => {
  expect(composer.compare(a, b)).toBe(0);
});

test.each(["", " ", "-1"])("does not take %j for a version", (text) => {
  expect([composer.compare(text, "1.0"), composer.compare("1.0", text)]).toEqual([null, null]);
});
