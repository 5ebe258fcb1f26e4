import { expect, test } from "vitest";
import { stableId } from "./stable-id.ts";

test("an id is 16 hex digits and stays what it was in earlier releases", () => {
  expect(stableId(["CVE-2021-44228", "maven", "log4j"])).toMatch(/^[0-9a-f]{16}$/);
  expect(stableId(["CVE-2021-44228", "maven", "log4j"])).toBe("b4fefe422a817fa4");
});

test("the borders between parts count", () => {
  const ids = [["a", "bc"], ["ab", "c"], ["abc"], ["abc", ""], ["", "abc"]].map(stableId);
  expect(new Set(ids).size).toBe(ids.length);
});

test("near names differ", () => {
  const ids = Array.from({ length: 50_000 }, (_, i) => stableId(["CVE-2024", String(i)]));
  expect(new Set(ids).size).toBe(ids.length);
});
