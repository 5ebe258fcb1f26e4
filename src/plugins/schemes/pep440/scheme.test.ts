import { expect, test } from "vitest";
import { pep440 } from "./scheme.ts";

/** Each comes before all that follow. */
const ASCENDING: readonly string[] = [
  "2004-bulbasaur",
  "1.0.dev1",
  "1.0a1.dev1",
  "1.0a1",
  "1.0b1",
  "1.0rc1",
  "1.0",
  "1.0+local",
  "1.0+local.1",
  "1.0.post1",
  "1.1",
  "1!0.5",
];

test("orders versions, each with each", () => {
  const orders = ASCENDING.flatMap((a, i) =>
    ASCENDING.map((b, j) => [
      a,
      b,
      Math.sign(pep440.compare(a, b) ?? Number.NaN),
      Math.sign(i - j),
    ]),
  );
  expect(orders.filter(([, , found, wanted]) => found !== wanted)).toEqual([]);
});

test.each([
  ["1.0", "1.0.0"],
  ["1.0.alpha", "1.0a0"],
  ["v1.0", "1.0"],
  ["1.0-1", "1.0.post1"],
  ["1.0c1", "1.0rc1"],
])("takes %s and %s for the same", (a, b) => {
  expect(pep440.compare(a, b)).toBe(0);
});

test.each(["", " "])("does not take %j for a version", (text) => {
  expect([pep440.compare(text, "1.0"), pep440.compare("1.0", text)]).toEqual([null, null]);
});
