import { expect, test } from "vitest";
import { go } from "./scheme.ts";

/** Each comes before all that follow. */
const ASCENDING: readonly string[] = [
  "v0.0.0-20190101000000-abcdef123456",
  "v0.0.0-20240101000000-abcdef123456",
  "v0.1.0",
  "go1.20.0",
  "go1.21rc2",
  "go1.21.0",
  "go1.21.3",
  "v1.22.0-pre.0.20240101000000-abcdef123456",
  "v1.22.0",
  "v2.0.0+incompatible",
];

test("orders versions, each with each", () => {
  const orders = ASCENDING.flatMap((a, i) =>
    ASCENDING.map((b, j) => [a, b, Math.sign(go.compare(a, b) ?? Number.NaN), Math.sign(i - j)]),
  );
  expect(orders.filter(([, , found, wanted]) => found !== wanted)).toEqual([]);
});

test.each([
  ["go1.20", "1.20.0"],
  ["v1.2.3+incompatible", "1.2.3"],
  ["go1.22.1 X:boringcrypto", "go1.22.1"],
])("takes %s and %s for the same", (a, b) => {
  expect(go.compare(a, b)).toBe(0);
});

test.each(["", "(devel)", "go", "gopher1"])("does not take %j for a version", (text) => {
  expect([go.compare(text, "1.0"), go.compare("1.0", text)]).toEqual([null, null]);
});
