import { expect, test } from "vitest";
import { summaryOf } from "./fields.ts";

test.each([
  ["a short text stays", "zlib overflows", "zlib overflows"],
  ["the first paragraph counts", "one\nline\n\nmore", "one line"],
  ["a long one is cut at a word", "aaaaaaaaaa bbbbbbbb cccc", "aaaaaaaaaa bbbbbbbb…"],
  ["one long word is cut in it", "a".repeat(30), `${"a".repeat(19)}…`],
  ["a label is no text", "Issue summary: a key leaks", "a key leaks"],
  ["nothing is nothing", " \n ", ""],
])("%s", (_, text, wanted) => {
  expect(summaryOf(text, 20)).toBe(wanted);
});
