import { expect, test } from "vitest";
import { bitnami } from "./scheme.ts";

/** Each comes before all that follow. */
const ASCENDING: readonly string[] = ["1.2.3-rc.1", "1.2.3", "1.2.3-1", "1.2.3-10", "1.2.4"];

test("orders versions, each with each", () => {
  const orders = ASCENDING.flatMap((a, i) =>
    ASCENDING.map((b, j) => [
      a,
      b,
      Math.sign(bitnami.compare(a, b) ?? Number.NaN),
      Math.sign(i - j),
    ]),
  );
  expect(orders.filter(([, , found, wanted]) => found !== wanted)).toEqual([]);
});

test.each([["1.2", "1.2.0"]])("takes %s and %s for the same", (a, b) => {
  expect(bitnami.compare(a, b)).toBe(0);
});

test.each(["", "latest"])("does not take %j for a version", (text) => {
  expect([bitnami.compare(text, "1.0"), bitnami.compare("1.0", text)]).toEqual([null, null]);
});
