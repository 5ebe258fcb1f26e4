import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LockTimeout, withLock } from "./lock.ts";

let folder = "";
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "bulwark-lock-")), "lock");
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

test("lets one in at a time, and all of them in the end", async () => {
  let inside = 0;
  let most = 0;
  const enter = (): Promise<void> =>
    withLock(folder, async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 1));
      inside -= 1;
    });
  await Promise.all(Array.from({ length: 30 }, enter));
  expect([most, inside, readdirSync(folder)]).toEqual([1, 0, ["free-30"]]);
});

test("is let go when the action fails", async () => {
  await expect(withLock(folder, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await withLock(folder, async () => "in")).toBe("in");
});

test("gives up when another holds it too long", async () => {
  await withLock(folder, async () => {
    await expect(withLock(folder, async () => "in", 30)).rejects.toThrow(LockTimeout);
  });
});

const MINUTES_AGO = new Date(Date.now() - 300_000);
const gone = JSON.stringify({
  pid: 2 ** 22 + 1,
  host: "elsewhere",
  boot: "",
  space: "",
  started: "",
});

test.each<[string, string, Date | null, boolean]>([
  ["whose holder wrote nothing, a moment ago", "", null, false],
  ["whose holder wrote nothing, long ago", "", MINUTES_AGO, true],
  ["of another machine, a moment ago", gone, null, false],
  ["of another machine, long ago", gone, MINUTES_AGO, true],
  ["with something else in it, long ago", "[1", MINUTES_AGO, true],
])("a lock %s", async (_, content, time, isTaken) => {
  await withLock(folder, async () => undefined);
  const held = join(folder, "held-7");
  writeFileSync(held, content);
  if (time !== null) utimesSync(held, time, time);
  const entered = await withLock(folder, async () => true, 30).catch(() => false);
  expect(entered).toBe(isTaken);
});

test("what late comers left behind is cleared away, and does not count", async () => {
  await withLock(folder, async () => undefined);
  for (const name of ["held-3", "free-2", "free-9", "something"])
    writeFileSync(join(folder, name), "");
  await withLock(folder, async () => undefined);
  expect(readdirSync(folder).sort()).toEqual(["free-10", "something"]);
});
