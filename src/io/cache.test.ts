import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openCache } from "./cache.ts";
import { cacheUse } from "./cache-bounds.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bulwark-cache-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const DAY_S = 86_400;

/** An entry that was last used some days ago. */
function entry(name: string, days: number, sizeBytes = 100): void {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, Buffer.alloc(sizeBytes, "x"));
  const at = Date.now() / 1000 - days * DAY_S;
  utimesSync(path, at, at);
}

/** What a run that keeps one more entry leaves. */
async function leftAfter(bytesMax: number, name = "layers/new"): Promise<string[]> {
  const cache = openCache(folder, bytesMax);
  cache.write(name, Buffer.alloc(100));
  expect(await cache.settled()).toEqual([]);
  return readdirSync(join(folder, "layers")).sort();
}

describe("a cache", () => {
  test("gives what was kept in it, and nothing else", async () => {
    const cache = openCache(folder);
    cache.write("layers/a", Buffer.from("x"));
    await cache.settled();
    expect([
      (await cache.read("layers/a"))?.toString(),
      await cache.has("layers/a"),
      await cache.read("layers/b"),
      await cache.read("layers"),
    ]).toEqual(["x", true, null, null]);
  });

  test("says how much it holds; one that is not there holds nothing", async () => {
    entry("layers/a", 0);
    entry("inventories/b", 0, 50);
    expect([await cacheUse(folder), await cacheUse(join(folder, "absent"))]).toEqual([
      { entries: 2, sizeBytes: 150 },
      { entries: 0, sizeBytes: 0 },
    ]);
  });
});

describe("a cache that holds too much", () => {
  test("loses what has gone unused for longest, down to four fifths", async () => {
    for (const [i, name] of ["e", "d", "c", "b", "a"].entries()) entry(`layers/${name}`, 10 - i);
    expect(await leftAfter(500)).toEqual(["a", "b", "c", "new"]);
  });

  test("keeps what was read since, however old it is", async () => {
    entry("layers/old", 9);
    for (const [i, name] of ["a", "b", "c", "d"].entries()) entry(`layers/${name}`, 8 - i);
    await openCache(folder).read("layers/old");
    expect(await leftAfter(500)).toEqual(["c", "d", "new", "old"]);
  });

  test("is looked over once a day", async () => {
    await leftAfter(500);
    for (const name of ["a", "b", "c", "d", "e", "f"]) entry(`layers/${name}`, 3);
    expect(await leftAfter(500)).toHaveLength(7);
    const yesterday = Date.now() / 1000 - 1.1 * DAY_S;
    utimesSync(join(folder, "upkeep/looked-over"), yesterday, yesterday);
    expect(await leftAfter(500)).toHaveLength(4);
  });

  test("loses nothing that is none of its own", async () => {
    entry("layers/a", 5, 1000);
    entry("notes/mine", 50, 1000);
    await leftAfter(500);
    expect([existsSync(join(folder, "layers/a")), existsSync(join(folder, "notes/mine"))]).toEqual([
      false,
      true,
    ]);
  });

  test("may be cleared by several at once", async () => {
    for (let i = 0; i < 200; i += 1) entry(`layers/${i}`, 9);
    await Promise.all(Array.from({ length: 4 }, (_, i) => leftAfter(1000, `layers/new${i}`)));
    const left = readdirSync(join(folder, "layers"));
    expect([left.filter((n) => n.startsWith("new")).length, left.length <= 10]).toEqual([4, true]);
  });
});

test("what a killed writer left goes after a day, whatever the size", async () => {
  entry("layers/a.1-0badcafe.part", 2);
  entry("layers/b.1-0badcafe.part", 0);
  expect(await leftAfter(1e6)).toEqual(["b.1-0badcafe.part", "new"]);
});

test("reading what was used today writes nothing", async () => {
  entry("layers/a", 0.5);
  const before = statSync(join(folder, "layers/a")).mtimeMs;
  await openCache(folder).read("layers/a");
  expect(statSync(join(folder, "layers/a")).mtimeMs).toBe(before);
});
