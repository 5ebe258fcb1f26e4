import { expect, test } from "vitest";
import { deepJsonAt } from "./json-depth.ts";

const deep = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);

test.each<[string, string, number | null]>([
  ["as deep as may be", deep(3), null],
  ["one deeper", deep(4), 3],
  ["one after the other", `[${deep(2)},${deep(2)}]`, null],
  ["brackets in a text", `["${"[".repeat(9)}", "\\"[[[[["]`, null],
  ["objects", '{"a":{"b":{"c":{}}}}', 15],
  ["far deeper than a stack", deep(200_000), 3],
])("%s", (_, text, at) => {
  expect(() => JSON.parse(text)).not.toThrow();
  expect(deepJsonAt(text, 3)).toBe(at);
});
