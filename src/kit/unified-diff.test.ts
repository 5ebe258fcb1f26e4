import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { unifiedDiff } from "./unified-diff.ts";

test("shows what differs with three lines around it", () => {
  const lines = Array.from({ length: 12 }, (_, i) => `${i}\n`);
  const changed = lines.with(5, "x\n").toSpliced(11, 1, "y");
  expect(unifiedDiff(lines.join(""), changed.join(""), "f")).toBe(
    "--- f\n+++ f\n@@ -3,10 +3,10 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n 9\n 10\n-11\n+y\n\\ No newline at end of file\n",
  );
  expect(unifiedDiff("a\n", "a\n", "f")).toBe("");
});

const TEXTS = fc
  .array(fc.constantFrom("a", "b", "c", ""), { maxLength: 30 })
  .map((lines) => lines.join("\n"));

test("is taken by patch, and gives the other text", () => {
  const folder = mkdtempSync(join(tmpdir(), "bulwark-diff-"));
  const isThere = spawnSync("patch", ["--version"]).status === 0;
  try {
    fc.assert(
      fc.property(TEXTS, TEXTS, (before, after) => {
        const diff = unifiedDiff(before, after, "f");
        expect(diff === "").toBe(before === after);
        if (!isThere || diff === "" || after === "") return;
        writeFileSync(join(folder, "f"), before);
        const done = spawnSync("patch", ["-s", "-p0", "--no-backup-if-mismatch"], {
          cwd: folder,
          input: diff,
        });
        expect([done.status, done.stdout.toString()]).toEqual([0, ""]);
        expect(readFileSync(join(folder, "f"), "utf8")).toBe(after);
      }),
      { numRuns: 60 },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("takes texts that have nothing in common for what they are", () => {
  const lines = (word: string): string => `${word}\n`.repeat(3000);
  const diff = unifiedDiff(lines("a"), lines("b"), "f").split("\n");
  expect([diff.length, diff[2]]).toEqual([6004, "@@ -1,3000 +1,3000 @@"]);
});
