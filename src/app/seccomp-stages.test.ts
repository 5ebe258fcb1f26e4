import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SeccompProfile } from "../stages/grant/least-container.ts";
import { enforceProfile, profileOnDisk, rollBackProfiles, writeLearned } from "./seccomp-stages.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bulwark-stages-"));
  path = join(folder, "web-web.seccomp.json");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const profile = (...names: readonly string[]): SeccompProfile => ({
  defaultAction: "SCMP_ACT_LOG",
  architectures: ["SCMP_ARCH_X86_64"],
  syscalls: [{ names, action: "SCMP_ACT_ALLOW" }],
});
const there = (): { defaultAction: string; syscalls: { names: string[] }[] } =>
  JSON.parse(readFileSync(path, "utf8"));

async function enforced(): Promise<void> {
  await writeLearned(path, profile("read", "write"));
  const before = await profileOnDisk(path);
  if (before === null) throw new Error("nothing there");
  await enforceProfile(path, before, profile(...before.rules.allowed), null);
}

describe("a profile that was learned", () => {
  test("begins by writing down, and nothing was there before", async () => {
    const staged = await writeLearned(path, profile("read"));
    expect(staged).toMatchObject({ stage: "log", was: null, previous: null, isChanged: true });
    expect(there().defaultAction).toBe("SCMP_ACT_LOG");
  });

  test("stays in its stage, and since when, while its calls are the same", async () => {
    await enforced();
    const before = await profileOnDisk(path);
    const staged = await writeLearned(path, profile("read", "write"));
    expect(staged).toMatchObject({ stage: "enforce", isChanged: false });
    expect((await profileOnDisk(path))?.since).toBe(before?.since);
  });

  test("begins anew when its calls are others, and keeps what was there", async () => {
    await enforced();
    const staged = await writeLearned(path, profile("read", "write", "mkdir"));
    expect(staged).toMatchObject({ stage: "log", was: "enforce", isChanged: true });
    expect(JSON.parse(readFileSync(staged.previous ?? "", "utf8")).defaultAction).toBe(
      "SCMP_ACT_ERRNO",
    );
  });
});

describe("going back", () => {
  test("brings back what was there, once", async () => {
    await enforced();
    expect(there().defaultAction).toBe("SCMP_ACT_ERRNO");
    expect(await rollBackProfiles(folder)).toMatchObject([
      { stage: "log", was: "enforce", previous: null },
    ]);
    expect(there()).toMatchObject(profile("read", "write"));
    await expect(rollBackProfiles(folder)).rejects.toThrow(/has a previous one/);
  });

  test("brings back nothing that somebody changed", async () => {
    await enforced();
    writeFileSync(path.replace(/\.json$/, ".previous.json"), "{}");
    await expect(rollBackProfiles(folder)).rejects.toThrow(/not what was there before/);
    expect(there().defaultAction).toBe("SCMP_ACT_ERRNO");
  });
});

test("a profile that somebody else wrote, or changed, is known for it", async () => {
  await writeLearned(path, profile("read"));
  expect((await profileOnDisk(path))?.isForeign).toBe(false);
  writeFileSync(path, JSON.stringify(profile("read", "write")));
  expect((await profileOnDisk(path))?.isForeign).toBe(true);
  writeFileSync(path, "[]");
  await expect(profileOnDisk(path)).rejects.toMatchObject({ code: "document-invalid" });
});
