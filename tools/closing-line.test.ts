import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { closingText } from "./closing-line.ts";

const PROJECT = resolve(import.meta.dirname, "..");

test("reasons come first, sorted, and the closing line last", () => {
  const skipped = new Map([
    ["shared fixtures absent", 2],
    ["not root", 1],
  ]);
  expect(closingText({ passed: 5, failed: 1, skipped })).toBe(
    "\nskipped 1: not root\nskipped 2: shared fixtures absent\n5 passed, 1 failed, 3 skipped\n",
  );
});

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "bulwark-closing-"));
  symlinkSync(join(PROJECT, "node_modules"), join(root, "node_modules"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A run of vitest over one file of tests. */
function run(name: string, body: string): { status: number | null; last: string[] } {
  const folder = join(root, name);
  mkdirSync(folder);
  symlinkSync(join(PROJECT, "node_modules"), join(folder, "node_modules"));
  const head = `import { beforeAll, describe, expect, test } from "vitest";\n`;
  writeFileSync(join(folder, "toy.test.ts"), head + body);
  const { status, stdout } = spawnSync(
    process.execPath,
    [
      join(PROJECT, "node_modules/vitest/vitest.mjs"),
      "run",
      "--reporter=default",
      `--reporter=${join(PROJECT, "tools/closing-line.ts")}`,
    ],
    { cwd: folder, encoding: "utf8" },
  );
  return { status, last: stdout.trimEnd().split("\n").slice(-3) };
}

test("a run with every kind of outcome says how many of each, and fails", () => {
  const { status, last } = run(
    "mixed",
    `test("passes", () => {});
     test("fails", () => { expect(1).toBe(2); });
     test("notes", (context) => context.skip("no kernel"));
     describe.skip("absent (no material)", () => { test("inner", () => {}); });`,
  );
  expect(last).toEqual([
    "skipped 1: no kernel",
    "skipped 1: no material",
    "1 passed, 1 failed, 2 skipped",
  ]);
  expect(status).toBe(1);
});

test.each([
  { name: "a file that cannot be loaded", body: `throw new Error("broken");` },
  {
    name: "a hook that fails",
    body: `describe("x", () => { beforeAll(() => { throw new Error("broken"); }); test("y", () => {}); });`,
  },
])("$name is a failure", ({ name, body }) => {
  const { status, last } = run(name.replaceAll(" ", "-"), body);
  expect(last.at(-1)).toMatch(/^0 passed, 1 failed, \d skipped$/);
  expect(status).toBe(1);
});
