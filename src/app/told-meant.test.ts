import { expect, test } from "vitest";
import { tellMeant } from "./told-meant.ts";

test("each name of which nothing runs is said at once", () => {
  const said: string[] = [];
  tellMeant(["typo-1", "typo-2"], "learning", { warn: (text) => said.push(text) });
  expect(said).toEqual([
    expect.stringMatching(/^no container "typo-1" runs, so nothing is seen until it does; /),
    expect.stringMatching(/^no container "typo-2" runs/),
  ]);
});
