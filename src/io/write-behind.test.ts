import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { WriteBehind } from "./write-behind.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bulwark-behind-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("of many writes to one name the last is what stands there", async () => {
  const writer = new WriteBehind(folder, "cache-unusable", "the cache");
  for (let i = 0; i < 50; i += 1) writer.write("a/b", `${i}`.repeat(10_000 - i * 100));
  writer.write("c", "other");
  expect(await writer.settled()).toEqual([]);
  expect(readFileSync(join(folder, "a/b"), "utf8")).toBe("49".repeat(5100));
  expect(readFileSync(join(folder, "c"), "utf8")).toBe("other");
});

test("what cannot be written is said once, and nothing more is tried", async () => {
  writeFileSync(join(folder, "file"), "");
  const writer = new WriteBehind(join(folder, "file"), "cache-unusable", "the cache");
  writer.write("a", "1");
  writer.write("b", "2");
  const problems = await writer.settled();
  expect(problems.map((p) => p.code)).toEqual(["cache-unusable"]);
  writer.write("c", "3");
  expect(await writer.settled()).toEqual(problems);
});
