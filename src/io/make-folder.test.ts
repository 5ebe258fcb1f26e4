import {
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeFolder } from "./make-folder.ts";
import { writeNew, writeWhole } from "./write-whole.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bulwark-folder-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("makes the folders above too, with one mode, and takes those that are there", () => {
  makeFolder(join(folder, "a/b/c"), 0o700);
  makeFolder(join(folder, "a/b/d"));
  makeFolder(join(folder, "a/b/c"));
  expect([
    statSync(join(folder, "a")).mode & 0o777,
    statSync(join(folder, "a/b/c")).mode & 0o777,
    readdirSync(join(folder, "a/b")),
  ]).toEqual([0o700, 0o700, ["c", "d"]]);
});

test.each([
  ["below a file", "file/x", "ENOTDIR"],
  ["in the place of a file", "file", "EEXIST"],
  ["below a link that leads nowhere", "link/x/y", "EEXIST"],
])("says why not %s", (_, path, code) => {
  writeFileSync(join(folder, "file"), "");
  symlinkSync("nowhere", join(folder, "link"));
  expect(() => makeFolder(join(folder, path))).toThrow(expect.objectContaining({ code }));
});

test.skipIf(!existsSync("/proc/self"))(
  "ends where nobody can make a folder (no /proc)",
  async () => {
    expect(() => makeFolder("/proc/bulwark/x/y")).toThrow(
      expect.objectContaining({ code: "ENOENT" }),
    );
    await expect(writeWhole("/proc/bulwark/x/y", "z")).rejects.toMatchObject({ code: "ENOENT" });
    await expect(writeNew("/proc/bulwark/x", "z")).rejects.toMatchObject({
      code: "output-unwritable",
    });
  },
);
