import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseScript, runStep, writeFiles } from "./script.ts";

const HERE = resolve(import.meta.dirname);
const ROOT = resolve(HERE, "../..");
const BUILD = join(ROOT, `node_modules/.cache/bulwark/cli-${process.pid}`);
const PROGRAM = join(BUILD, "bulwark.js");

// The program as users have it: bundled, and started as a process of its own.
beforeAll(() => {
  execFileSync(process.execPath, ["tools/build.js", BUILD], { cwd: ROOT, stdio: "pipe" });
  const launcher = readFileSync(join(ROOT, "bin/bulwark.js"), "utf8");
  writeFileSync(PROGRAM, launcher.replace("../dist/", "./"));
}, 60_000);

afterAll(() => rmSync(BUILD, { recursive: true, force: true }));

const scripts = readdirSync(HERE).filter((name) => name.endsWith(".txt"));

describe("the command line", () => {
  test.each(scripts)("%s", { timeout: 120_000 }, async (name) => {
    const script = parseScript(readFileSync(join(HERE, name), "utf8"));
    const folder = mkdtempSync(join(tmpdir(), "bulwark-cli-"));
    try {
      writeFiles(folder, script.files);
      const faults: string[] = [];
      for (const step of script.steps) faults.push(...(await runStep(step, PROGRAM, folder)));
      expect(faults).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("is checked by scripts that can fail", async () => {
    const { steps } = parseScript("$ bulwark --version\nexit 3\nstdout never\n!stdout [0-9]\n");
    const [step] = steps;
    const faults = step === undefined ? [] : await runStep(step, PROGRAM, tmpdir());
    expect(faults.map((f) => f.slice(0, 6))).toEqual(["line 1", "line 3", "line 4"]);
  });
});
