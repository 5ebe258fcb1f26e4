import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { columns, cut, padLeft, padRight, visible, wrap } from "./display.ts";

describe("visible", () => {
  test.each([
    ["plain text stays", "libssl 1.1.1k", "libssl 1.1.1k"],
    ["other scripts stay", "пакет 包 é", "пакет 包 é"],
    ["an escape sequence is written out", "\u001b[31mred", "\\x1b[31mred"],
    ["a C1 control is written out", "a\u009b31m", "a\\x9b31m"],
    ["line ends and tabs become spaces", "a\r\nb\tc", "a  b c"],
    ["bidirectional overrides are written out", "a\u202eb", "a\\u202eb"],
    ["zero-width characters are written out", "a\u200bb\ufeff", "a\\u200bb\\ufeff"],
    ["tag characters are written out", "a\u{e0041}", "a\\u{e0041}"],
    ["a lone surrogate is written out", "a\ud800b", "a\\ud800b"],
  ])("%s", (_, text, wanted) => {
    expect(visible(text)).toBe(wanted);
  });

  test("nothing of any text reaches the terminal as a control", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(visible(text)).not.toMatch(/[\p{Cc}\u200b-\u200f\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });

  test("long texts are bounded", () => {
    expect(visible("a".repeat(1_000_000)).length).toBeLessThan(20_100);
  });
});

test.each([
  ["ASCII", "openssl", 7],
  ["accents", "é", 1],
  ["combining accents", "e\u0301", 1],
  ["CJK", "包管理", 6],
  ["emoji", "🚀", 2],
  ["Korean", "한글", 4],
])("columns counts %s as a terminal draws it", (_, text, wanted) => {
  expect(columns(text)).toBe(wanted);
});

test("cut keeps within the columns and marks what is missing", () => {
  expect(cut("openssl", 7)).toBe("openssl");
  expect(cut("openssl", 5)).toBe("open…");
  expect(cut("包管理器", 5)).toBe("包管…");
  expect(cut("包管理器", 4)).toBe("包…");
  expect(cut("abc", 0)).toBe("");
});

test("padding counts columns, not characters", () => {
  expect(padRight("包", 4)).toBe("包  ");
  expect(padLeft("7", 3)).toBe("  7");
  expect(padRight("long", 2)).toBe("long");
});

test("wrap breaks at spaces, and long words anywhere", () => {
  expect(wrap("a bb ccc dddd", 6)).toEqual(["a bb", "ccc", "dddd"]);
  expect(wrap("abcdefgh i", 3)).toEqual(["abc", "def", "gh", "i"]);
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 2, max: 40 }), (text, width) => {
      for (const line of wrap(visible(text), width))
        expect(columns(line)).toBeLessThanOrEqual(width);
    }),
  );
});
