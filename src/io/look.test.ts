import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { filesBelow } from "./look.ts";

let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bulwark-look-"));
  for (const path of ["b.yaml", "c.txt", "a/1.yaml", "a/2.yaml", "a/deep/3.yaml", ".git/4.yaml"]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), "");
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each<[string, number, number, readonly string[], boolean]>([
  ["everything within the bounds", 9, 9, ["b.yaml", "a/1.yaml", "a/2.yaml", "a/deep/3.yaml"], true],
  [
    "exactly as many as there may be",
    4,
    2,
    ["b.yaml", "a/1.yaml", "a/2.yaml", "a/deep/3.yaml"],
    true,
  ],
  ["more files than there may be", 2, 9, ["b.yaml", "a/1.yaml"], false],
  ["folders further down than is looked", 9, 1, ["b.yaml", "a/1.yaml", "a/2.yaml"], false],
])("%s", async (_, max, depth, paths, isWhole) => {
  const found = await filesBelow(folder, { wants: (path) => path.endsWith(".yaml"), max, depth });
  expect({ ...found, paths: found.paths.map((path) => relative(folder, path)) }).toEqual({
    paths,
    isWhole,
    unreadable: [],
  });
});

test("a folder that cannot be read is not passed over in silence", async () => {
  const missing = join(folder, "missing");
  const found = await filesBelow(missing, { wants: () => true, max: 9, depth: 9 });
  expect(found).toEqual({ paths: [], isWhole: false, unreadable: [] });
});
