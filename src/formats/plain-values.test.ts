import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { readPlainValues } from "./plain-values.ts";

describe("plain values", () => {
  test.each([
    ['{"a":[1,1.5,"x",null,true]}', [{ a: [1, 1.5, "x", null, true] }]],
    ["a: 1\nb: 0644\nc: yes\nd: 'yes'\ne: 1.10\n", [{ a: 1n, b: 420n, c: true, d: "yes", e: 1.1 }]],
    [
      "a: 2020-01-01\nb: 12:30:45\nc: 9007199254740993",
      [{ a: "2020-01-01", b: "12:30:45", c: 9007199254740993n }],
    ],
    ["a: |\n  x\n  y\n", [{ a: "x\ny\n" }]],
    ["a: &x {b: 1}\nc: *x", [{ a: { b: 1n }, c: { b: 1n } }]],
    ["---\na: 1\n---\n---\nb: 2\n", [{ a: 1n }, { b: 2n }]],
    ["{a: b}", [{ a: "b" }]],
    ["", []],
    ["# nothing", []],
  ])("of %j", (text, values) => {
    expect(readPlainValues(text)).toEqual({ values, damage: null });
  });

  test.each([
    ["a: [1", /^line 1: /],
    ["a: 1\nb: [", /^line 2: /],
    ["[".repeat(300) + "]".repeat(300), /nested more than 200 deep/],
    ["x".repeat(2 << 20), /more than/],
    ["a: 1\n---\n".repeat(1001), /it has more than 1000 documents/],
  ])("are not in %.20j", (text, damage) => {
    expect(readPlainValues(text).damage).toMatch(damage);
  });

  it("keep a name such as __proto__ as a name", () => {
    const [value] = readPlainValues("__proto__: {a: 1}").values ?? [];
    expect(Object.keys(value as object)).toEqual(["__proto__"]);
    expect((value as { a?: unknown }).a).toBeUndefined();
  });

  it("are read or refused, whatever the text", () => {
    const signs = fc.string({
      unit: fc.constantFrom(..."ab:-&*{}[],\n '\"|>!#?1.0"),
      maxLength: 40,
    });
    fc.assert(
      fc.property(fc.oneof(signs, fc.string({ unit: "binary" })), (text) => {
        const { values, damage } = readPlainValues(text);
        expect(values === null).toBe(damage !== null);
      }),
    );
  });
});
