import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { outputError, writeNew, writeWhole } from "./write-whole.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bulwark-write-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a file that is written whole", () => {
  test("makes its folders and keeps to its owner", async () => {
    const path = join(folder, "a/b/c");
    await writeWhole(path, "x");
    expect([readFileSync(path, "utf8"), statSync(path).mode & 0o777]).toEqual(["x", 0o600]);
  });

  test("replaces what was there, also from many writers at once", async () => {
    const path = join(folder, "x");
    writeFileSync(path, "old");
    const texts = Array.from({ length: 20 }, (_, i) => String(i).repeat(10_000));
    await Promise.all(texts.map((text) => writeWhole(path, text)));
    expect([texts.includes(readFileSync(path, "utf8")), readdirSync(folder)]).toEqual([
      true,
      ["x"],
    ]);
  });

  test("leaves nothing behind when its place cannot be had", async () => {
    writeFileSync(join(folder, "file"), "");
    await expect(writeWhole(folder, "y")).rejects.toThrow();
    await expect(writeWhole(join(folder, "file/y"), "y")).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(["file"]);
  });

  test("that must be new leaves an existing one alone", async () => {
    const path = join(folder, "x");
    expect([
      await writeNew(path, "one"),
      await writeNew(path, "two"),
      readFileSync(path, "utf8"),
    ]).toEqual([true, false, "one"]);
  });
});

test.each([
  ["ENOSPC", "disk-full"],
  ["EDQUOT", "disk-full"],
  ["EACCES", "output-unwritable"],
])("a write that ends with %s is said to be %s", (code, ours) => {
  const error = Object.assign(new Error("no"), { code });
  expect(outputError("report", "x", error).code).toBe(ours);
});
