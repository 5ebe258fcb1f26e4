import { expect, test } from "vitest";
import { OwnedPaths } from "./owned-paths.ts";

test.each([
  ["usr/bin", "sh", "usr/bin/sh"],
  ["/usr/bin/", "sh", "usr/bin/sh"],
  ["/", "top", "top"],
  ["", "top", "top"],
  ["x".repeat(4_096), "y", null],
])("%j and %j", (folder, name, wanted) => {
  expect(new OwnedPaths().path(folder, name)).toBe(wanted);
});

test("stops when the paths together become too many, and says so", () => {
  const paths = new OwnedPaths();
  const folder = "f".repeat(4_000);
  let count = 0;
  while (paths.path(folder, "n") !== null) count += 1;
  expect(paths.isExhausted).toBe(true);
  expect(count).toBeLessThan(16_000);
});
