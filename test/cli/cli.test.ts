import { spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUNDLE_TIMEOUT_MS, type Bundle, buildBundle, start } from "../lab/bundle.ts";
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

  test("takes no offence at a reader that has seen enough", async () => {
    const { child, ended } = start(bundle.program, ["--help"], { folder: tmpdir() });
    child.stdout?.destroy();
    expect(await ended).toEqual({ exit: 0, stdout: "", stderr: "" });
  });

  test.skipIf(!existsSync("/dev/full"))(
    "says that a disk is full (where there is /dev/full)",
    () => {
      const full = openSync("/dev/full", "w");
      const ended = spawnSync(process.execPath, [bundle.program, "--help"], {
        stdio: ["ignore", full, "pipe"],
        encoding: "utf8",
      });
      closeSync(full);
      expect([ended.status, ended.stderr]).toEqual([
        1,
        "bulwark: error: cannot write to standard output: no space is left (disk-full)\nbulwark: hint: what stands there now is cut; free some space or write elsewhere\n",
      ]);
    },
  );

  test("is checked by scripts that can fail", async () => {
    const { steps } = parseScript("$ bulwark --version\nexit 3\nstdout never\n!stdout [0-9]\n");
    const [step] = steps;
    const faults = step === undefined ? [] : await runStep(step, bundle.program, tmpdir());
    expect(faults.map((f) => f.slice(0, 6))).toEqual(["line 1", "line 3", "line 4"]);
  });
});
