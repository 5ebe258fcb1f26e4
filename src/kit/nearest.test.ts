import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

const words = ["scan", "files", "explain", "top", "db", "fail-on", "format", "only-fixable"];

test.each([
  ["scna", "scan"],
  ["sacn", "scan"],
  ["file", "files"],
  ["expl", "explain"],
  ["failon", "fail-on"],
  ["fail_on", "fail-on"],
  ["frmat", "format"],
  ["only-fixabel", "only-fixable"],
  ["tpo", "top"],
  ["verify", null],
  ["x", null],
  ["", null],
  ["-v", null],
  ["scan".repeat(1_000_000), null],
])("%s", (word, wanted) => {
  expect(nearest(word, words)).toBe(wanted);
});
