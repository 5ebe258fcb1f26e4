import { expect, test } from "vitest";
import { pathFrom } from "./path-from.ts";

test.each([
  ["", "pom.xml", "pom.xml"],
  ["a/b", "../pom.xml", "a/pom.xml"],
  ["a/b", "..\\..\\pom.xml", "pom.xml"],
  ["a", "./b//c", "a/b/c"],
  ["a", "..", ""],
  ["a", "../../b", null],
  ["", "..", null],
])("from %j, %j is %j", (folder, relative, wanted) => {
  expect(pathFrom(folder, relative)).toBe(wanted);
});
