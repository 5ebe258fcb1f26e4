import fc from "fast-check";
import { expect, test } from "vitest";
import { naturalOrder } from "./natural-order.ts";

test.each([
  ["1.9", "1.10"],
  ["1.1.1k-0+deb11u1", "1.1.1w-0+deb11u1"],
  ["1.1.1n-0+deb11u3", "1.1.1n-0+deb11u10"],
  ["1.0~rc1", "1.0"],
  ["1.0-rc.1", "1.0"],
  ["1.0", "1.0-1"],
  ["1.0", "1.0.1"],
  ["4.17.9", "4.17.21"],
  ["20230101000000000001", "20230101000000000002"],
])("%s comes before %s", (a, b) => {
  expect(naturalOrder(a, b)).toBeLessThan(0);
  expect(naturalOrder(b, a)).toBeGreaterThan(0);
  expect(naturalOrder(a, a)).toBe(0);
});

test("the order has two sides", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      expect(Math.sign(naturalOrder(a, b))).toBe(-Math.sign(naturalOrder(b, a)) || 0);
    }),
  );
});
