import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { changeableByOthers } from "./root-alone.ts";

describe.skipIf(process.getuid?.() !== 0)("who may change what root runs (needs root)", () => {
  // In a folder where everybody may add files, and nobody may change those of others.
  const folder = mkdtempSync(join(tmpdir(), "bulwark-alone-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function made(name: string, mode: number, owner = 0): string {
    mkdirSync(join(folder, name));
    const file = join(folder, name, "program");
    writeFileSync(file, "");
    chmodSync(file, 0o755);
    chmodSync(join(folder, name), mode);
    chownSync(join(folder, name), owner, owner);
    return file;
  }

  test("root alone", async () => {
    expect(await changeableByOthers(made("safe", 0o755))).toBeNull();
  });

  test("a folder above it that everybody may write to", async () => {
    expect(await changeableByOthers(made("open", 0o777))).toBe(join(folder, "open"));
  });

  test("a folder above it that is another's", async () => {
    expect(await changeableByOthers(made("theirs", 0o755, 1000))).toBe(join(folder, "theirs"));
  });

  test("a link is as safe as where it leads", async () => {
    const link = join(folder, "link");
    symlinkSync(made("behind", 0o775), link);
    expect(await changeableByOthers(link)).toBe(join(folder, "behind"));
  });
});
