import { expect, test } from "vitest";
import { pythonName } from "./python-name.ts";
import { bareVersion, depending, isWord, licensed } from "./words.ts";

test.each([
  ["1.2.3", true],
  ["@scope/name", true],
  ["", false],
  ["a b", false],
  ["a\u0000", false],
  ["ä", false],
  ["x".repeat(301), false],
])("%j is a word: %j", (text, wanted) => {
  expect(isWord(text)).toBe(wanted);
});

test.each([
  ["v1.2.3", "1.2.3"],
  [" =v1.0.0 ", "1.0.0"],
  ["= 1.0.0", "1.0.0"],
  ["1.2.3", "1.2.3"],
  ["version-2", "version-2"],
  ["v", "v"],
])("version %j is %j", (text, wanted) => {
  expect(bareVersion(text)).toBe(wanted);
});

test.each([
  ["Foo.Bar__baz", "foo-bar-baz"],
  ["zope.interface", "zope-interface"],
  ["A-._-B", "a-b"],
  ["simple", "simple"],
])("Python's %j is %j", (text, wanted) => {
  expect(pythonName(text)).toBe(wanted);
});

test("licences are named once, and a whole text is no name", () => {
  expect(licensed(["MIT", "MIT", " Apache-2.0\n", "", "x".repeat(201)])).toEqual({
    licenses: ["MIT", "Apache-2.0"],
  });
  expect(licensed([""])).toEqual({});
});

test("nothing depends on itself", () => {
  expect(depending(["a", "b", "a", "no name"], "b")).toEqual({ dependsOn: ["a"] });
  expect(depending(["b"], "b")).toEqual({});
});
