import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUNDLE_TIMEOUT_MS, type Bundle, buildBundle } from "../lab/bundle.ts";
import { parseScript, runStep, writeFiles } from "./script.ts";

const HERE = import.meta.dirname;
let bundle: Bundle;

beforeAll(() => {
  bundle = buildBundle("cli");
}, BUNDLE_TIMEOUT_MS);

afterAll(() => bundle.remove());

const scripts = readdirSync(HERE).filter((name) => name.endsWith(".txt"));

describe("the command line", () => {
  test.each(scripts)("%s", { timeout: 120_000 }, async (name) => {
    const script = parseScript(readFileSync(join(HERE, name), "utf8"));
    const folder = mkdtempSync(join(tmpdir(), "bulwark-cli-"));
    try {
      writeFiles(folder, script.files);
      const faults: string[] = [];
      for (const step of script.steps)
        faults.push(...(await runStep(step, bundle.program, folder)));
      expect(faults).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("is checked by scripts that can fail", async () => {
    const { steps } = parseScript("$ bulwark --version\nexit 3\nstdout never\n!stdout [0-9]\n");
    const [step] = steps;
    const faults = step === undefined ? [] : await runStep(step, bundle.program, tmpdir());
    expect(faults.map((f) => f.slice(0, 6))).toEqual(["line 1", "line 3", "line 4"]);
  });
});
