import { expect, test } from "vitest";
import { semver } from "./scheme.ts";

/** Each comes before all that follow. */
const ASCENDING: readonly string[] = [
  "1.0.0-0",
  "1.0.0-alpha",
  "1.0.0-alpha.1",
  "1.0.0-alpha.beta",
  "1.0.0-beta.2",
  "1.0.0-beta.11",
  "1.0.0",
  "1.0.1",
  "1.10.0",
];

test("orders versions, each with each", () => {
  const orders = ASCENDING.flatMap((a, i) =>
    ASCENDING.map((b, j) => [
      a,
      b,
      Math.sign(semver.compare(a, b) ?? Number.NaN),
      Math.sign(i - j),
    ]),
  );
  expect(orders.filter(([, , found, wanted]) => found !== wanted)).toEqual([]);
});

test.each([
  ["v1.0.0", "1.0.0"],
  ["1.0.0+a", "1.0.0+b"],
  ["1.2", "1.2.0"],
  ["1.2.3beta", "1.2.3-beta"],
])("takes %s and %s for the same", (a, b) => {
  expect(semver.compare(a, b)).toBe(0);
});

test.each(["", "latest", "file:../x"])("does not take %j for a version", (text) => {
  expect([semver.compare(text, "1.0"), semver.compare("1.0", text)]).toEqual([null, null]);
});
