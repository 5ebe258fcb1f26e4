import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { inParallel } from "./in-parallel.ts";

test("results come in the order of the items, with no more at once than allowed", async () => {
  let now = 0;
  let most = 0;
  const results = await inParallel([30, 1, 20, 2, 10], 2, async (ms) => {
    now += 1;
    most = Math.max(most, now);
    await sleep(ms);
    now -= 1;
    return ms * 2;
  });
  expect([results, most]).toEqual([[60, 2, 40, 4, 20], 2]);
  expect(await inParallel([], 4, async () => 1)).toEqual([]);
});

test("a failure is thrown, and nothing more is begun", async () => {
  const begun: number[] = [];
  const work = inParallel([1, 2, 3, 4, 5, 6], 2, async (item) => {
    begun.push(item);
    await sleep(item);
    if (item === 1) throw new Error("no");
  });
  await expect(work).rejects.toThrow("no");
  await sleep(20);
  expect(begun).toEqual([1, 2]);
});
