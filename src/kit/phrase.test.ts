import { expect, test } from "vitest";
import { age, count, firstOf, grouped, list, size, span } from "./phrase.ts";

test("numbers are grouped the same everywhere", () => {
  expect([0, 999, 1_000, 1_234_567].map(grouped)).toEqual(["0", "999", "1,000", "1,234,567"]);
});

test("one is singular", () => {
  expect([count(0, "file"), count(1, "file"), count(2, "entry", "entries")]).toEqual([
    "0 files",
    "1 file",
    "2 entries",
  ]);
});

test("ages are read at a glance", () => {
  expect([0.2, 3.9, 71, 72, 24 * 400].map(age)).toEqual([
    "less than 1 h old",
    "3 h old",
    "71 h old",
    "3 d old",
    "400 d old",
  ]);
});

test("lists read as sentences", () => {
  expect([list([]), list(["a"]), list(["a", "b"]), list(["a", "b", "c"])]).toEqual([
    "",
    "a",
    "a and b",
    "a, b and c",
  ]);
  expect(firstOf(["a", "b", "c", "d"], 2)).toBe("a, b and 2 more");
});

test("sizes are read at a glance", () => {
  expect([0, 999, 1_000, 4_549, 99_940, 120_400, 999_600, 3e12, 5e16].map(size)).toEqual([
    "0 B",
    "999 B",
    "1.0 kB",
    "4.5 kB",
    "99.9 kB",
    "120 kB",
    "1.0 MB",
    "3.0 TB",
    "50000 TB",
  ]);
});

test("lengths of time are read at a glance", () => {
  const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];
  expect([0, second, 119 * second, 2 * minute, 2 * hour, 47 * hour, 14 * day].map(span)).toEqual([
    "0 seconds",
    "1 second",
    "119 seconds",
    "2 minutes",
    "2 hours",
    "47 hours",
    "14 days",
  ]);
});
