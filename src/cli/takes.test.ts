// A command that does several things says for each which options it takes: all of them stand somewhere, and none is made up.
import { expect, test } from "vitest";
import { parseArguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { commands } from "./commands.ts";

test.each(commands)("$name names its options", async ({ load }) => {
  const { options, takes } = await load();
  if (takes === undefined) return;
  expect([...new Set(Object.values(takes).flat())].sort()).toEqual(Object.keys(options).sort());
});

const COMMAND: Command = {
  name: "x",
  summary: "",
  usage: [],
  details: [],
  examples: [],
  options: {
    a: { type: "boolean", summary: "" },
    b: { type: "boolean", summary: "" },
    "by-b": { type: "boolean", summary: "" },
  },
  run: () => Promise.resolve(0),
};
const WORDS = { "": ["a"], one: ["b"] };
const FLAGS = { "": ["a"], "--by-b": ["by-b", "b"] };

test.each([
  [WORDS, ["--b"], "cannot use --b with x:"],
  [WORDS, ["one", "--a"], "cannot use --a with x one:"],
  [FLAGS, ["web", "--b"], "cannot use --b with x:"],
  [FLAGS, ["web", "--by-b", "--a"], "cannot use --a with x --by-b:"],
])("what is taken by %j, given %j", (takes, argv, said) => {
  expect(() => parseArguments({ ...COMMAND, takes }, argv)).toThrow(said);
});

test.each([
  [WORDS, ["--a"]],
  [WORDS, ["one", "--b"]],
  // What it is to do is not known, which the command itself tells better.
  [WORDS, ["other", "--b"]],
  [FLAGS, ["web", "--a"]],
  [FLAGS, ["--by-b", "--b"]],
])("what is taken by %j, given %j, is taken", (takes, argv) => {
  expect(() => parseArguments({ ...COMMAND, takes }, argv)).not.toThrow();
});
