import { expect, test } from "vitest";
import type { Problem } from "../../../model/problem.ts";
import { problemText, toldProblems } from "./told-problems.ts";

const at = (detail: string, path?: string): Problem => ({
  code: "file-damaged",
  detail,
  ...(path === undefined ? {} : { path }),
});

test.each<[string, Problem, string]>([
  ["the place stands first", at("line 3: it is cut", "go.mod"), "go.mod: line 3: it is cut"],
  [
    "a file's name may be a word",
    at("no statement of go.mod", "go.mod"),
    "go.mod: no statement of go.mod",
  ],
  [
    "what names its place does so once",
    at('cannot read "a/b": it is cut', "a/b"),
    'cannot read "a/b": it is cut',
  ],
  [
    "nor with a line twice",
    at("the image of x (a.yaml:5) is gone", "a.yaml"),
    "the image of x (a.yaml:5) is gone",
  ],
  ["some have none", at("the data is old"), "the data is old"],
])("%s", (_, problem, wanted) => {
  expect(problemText(problem)).toBe(wanted);
});

test("an inventory tells where, too", () => {
  expect(toldProblems([at("it is cut", "a/b")])).toEqual([
    ["problem:file-damaged", "a/b: it is cut"],
  ]);
});
