import { expect, test } from "vitest";
import { generic } from "./scheme.ts";

/** Each comes before all that follow. */
const ASCENDING: readonly string[] = [
  "1.1.1~x",
  "1.1.1-beta2",
  "1.1.1-rc1",
  "1.1.1",
  "1.1.1a",
  "1.1.1w",
  "1.1.2",
  "9.6p1",
  "10",
];

test("orders versions, each with each", () => {
  const orders = ASCENDING.flatMap((a, i) =>
    ASCENDING.map((b, j) => [
      a,
      b,
      Math.sign(generic.compare(a, b) ?? Number.NaN),
      Math.sign(i - j),
    ]),
  );
  expect(orders.filter(([, , found, wanted]) => found !== wanted)).toEqual([]);
});

test.each([["v1.2", "1.2.0"]])("takes %s and %s for the same", (a, b) => {
  expect(generic.compare(a, b)).toBe(0);
});

test.each(["", "latest", "1 2"])("does not take %j for a version", (text) => {
  expect([generic.compare(text, "1.0"), generic.compare("1.0", text)]).toEqual([null, null]);
});
