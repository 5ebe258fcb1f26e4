import fc from "fast-check";
import { expect, test } from "vitest";
import { templateParts } from "./template.ts";

test.each([
  ["", []],
  ["plain", [{ text: "plain" }]],
  ["a {b.c} d", [{ text: "a " }, { expression: "b.c" }, { text: " d" }]],
  ["{ a }{b}", [{ expression: "a" }, { expression: "b" }]],
  ['{m["}"]} {{x}}', [{ expression: 'm["}"]' }, { text: " {x}" }]],
  ["{x.map(y, {'a': y})}", [{ expression: "x.map(y, {'a': y})" }]],
])("%j", (template, parts) => {
  expect(templateParts(template)).toEqual(parts);
});

test.each([["{a"], ["a}"], ["{'a}"], ["{a {b}"], ["{{1: 2}[1]}"]])("%j is refused", (template) => {
  expect(templateParts(template)).toBeNull();
});

test("texts without braces come through", () => {
  fc.assert(
    fc.property(
      fc.string().map((text) => text.replaceAll(/[{}]/g, "")),
      (text) => {
        expect(templateParts(text)).toEqual(text === "" ? [] : [{ text }]);
      },
    ),
  );
});

test("a long one is taken apart in time that grows with its length", () => {
  expect(templateParts("{{a}} {b}".repeat(100_000))).toHaveLength(200_000);
});
