import { expect, test } from "vitest";
import { shellWord } from "./shell.ts";

test.each([
  ["deploy/app.yaml", "deploy/app.yaml"],
  ["a b", "'a b'"],
  ["it's", "'it'\\''s'"],
  ["-rf", "'./-rf'"],
  ["$(x)", "'$(x)'"],
  ["", "''"],
])("%s is pasted as %s", (text, word) => {
  expect(shellWord(text)).toBe(word);
});
