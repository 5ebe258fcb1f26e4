import fc from "fast-check";
import { expect, test } from "vitest";
import { glob } from "./glob.ts";

test.each([
  ["api", "api", true],
  ["api", "api2", false],
  ["*", "anything", true],
  ["*", "a/b", false],
  ["**", "a/b", true],
  ["registry.example/*/api", "registry.example/team/api", true],
  ["registry.example/*/api", "registry.example/a/b/api", false],
  ["usr/**/*.jar", "usr/share/java/x.jar", true],
  ["usr/**/*.jar", "usr/x.jar", true],
  ["usr/**/*.jar", "opt/x.jar", false],
  ["**/x", "x", true],
  ["**/x", "ax", false],
  ["a**/x", "ab/c/x", true],
  ["a**/x", "ax", false],
  ["lib?", "liba", true],
  ["lib?", "lib", false],
  ["a.b", "axb", false],
  ["包*", "包管理", true],
  ["🚀?", "🚀🚀", true],
])("%s on %s: %s", (pattern, text, wanted) => {
  expect(glob(pattern)(text)).toBe(wanted);
});

test("a pattern that ruins regular expressions costs nothing", () => {
  const start = performance.now();
  expect(glob(`${"*a".repeat(40)}b`)("a".repeat(5_000))).toBe(false);
  expect(performance.now() - start).toBeLessThan(1_000);
});

test("a text without stars matches itself only", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      fc.pre(!/[*?]/.test(a));
      expect(glob(a)(b)).toBe(a === b);
    }),
  );
});
