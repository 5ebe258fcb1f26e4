import { expect, test } from "vitest";
import { turns } from "./turns.ts";

test("only so many work at once, in the order in which they came, whether or not they succeed", async () => {
  const inTurn = turns(2);
  const ended: number[] = [];
  let running = 0;
  let most = 0;
  const work = async (i: number): Promise<number> => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 1));
    running -= 1;
    ended.push(i);
    if (i === 1) throw new Error("one fails");
    return i;
  };
  const all = await Promise.allSettled([0, 1, 2, 3, 4].map((i) => inTurn(() => work(i))));
  expect([most, ended, all.map(({ status }) => status)]).toEqual([
    2,
    [0, 1, 2, 3, 4],
    ["fulfilled", "rejected", "fulfilled", "fulfilled", "fulfilled"],
  ]);
});
