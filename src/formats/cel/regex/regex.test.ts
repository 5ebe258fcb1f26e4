import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { compileRegex } from "./regex.ts";

/** The first match, null for none; `refused` for what is no expression here. */
function found(pattern: string, text: string): string | null {
  try {
    return compileRegex(pattern).find(text);
  } catch {
    return "refused";
  }
}

describe("matches", () => {
  test.each([
    ["a|ab", "ab", "a"],
    ["(?:a|ab)(?:c|bcd)", "abcd", "abcd"],
    ["a*?b", "aab", "aab"],
    ["a{2,3}", "aaaa", "aaa"],
    ["a{2,3}?", "aaaa", "aa"],
    ["a{2}", "a", null],
    ["a{,2}", "a{,2}", "a{,2}"],
    ["x{0}y", "xy", "y"],
    ["(?i)k", "\u212a", "\u212a"],
    ["(?i)[^k]", "K", null],
    ["(?i)straSSe", "STRASSE", "STRASSE"],
    ["(?i:a)b", "Ab", "Ab"],
    ["(?i:a)b", "AB", null],
    ["(?s).", "\n", "\n"],
    [".", "\n", null],
    ["(?m)^b$", "a\nb\nc", "b"],
    ["^b$", "a\nb\nc", null],
    ["a$", "a\n", null],
    ["\\Aa\\z", "a", "a"],
    ["\\bfoo\\b", "a foo b", "foo"],
    ["\\Boo", "foo", "oo"],
    ["\\d+\\s\\w+", "12 ab_", "12 ab_"],
    ["\\d", "\u0663", null],
    ["\\pL+", "\u00e9a1", "\u00e9a"],
    ["\\p{Greek}+", "abc\u03b1\u03b2", "\u03b1\u03b2"],
    ["\\PL", "a1", "1"],
    ["[[:alpha:]]+[[:^digit:]]", "ab-", "ab-"],
    ["[]a]+", "]a", "]a"],
    ["[^]a]", "]ab", "b"],
    ["[a-]+", "-a", "-a"],
    ["[\\d-]+", "1-2", "1-2"],
    ["\\Qa.b\\E+", "a.bb", "a.bb"],
    ["\\x41\\x{1F600}", "A\u{1f600}", "A\u{1f600}"],
    ["\\101", "A", "A"],
    ["(?U)a+", "aa", "a"],
    ["(?P<x>a)(?<y>b)", "ab", "ab"],
    ["", "abc", ""],
    ["(|a)*", "aa", ""],
    ["(|a)+", "aa", ""],
    ["(a|)+", "aa", "aa"],
    [".", "\u{1f600}", "\u{1f600}"],
    ["(?:a*)*b", "aaaa", null],
  ])("of %s in %j is %j", (pattern, text, wanted) => {
    expect(found(pattern, text)).toBe(wanted);
  });

  test.each([
    "(?=a)",
    "(?!a)",
    "(?<=a)",
    "(a)\\1",
    "\\C",
    "\\Z",
    "\\q",
    "a**",
    "a{2}{3}",
    "*",
    "+a",
    "(",
    ")",
    "[",
    "[b-a]",
    "[[:foo:]]",
    "a{1001}",
    "(?P<x>a)(?P<x>b)",
    "(?x)a",
    "\\p{Nope}",
    "(?i)\\PL",
    "((a{100}){100}){100}",
    "\\",
    "a{2,1}",
    "[\\q]",
  ])("refuses %s", (pattern) => {
    expect(found(pattern, "")).toBe("refused");
  });

  it("are all found, without an empty one behind another", () => {
    const all = (pattern: string, text: string): string[] =>
      compileRegex(pattern).findAll(text, Infinity, () => {});
    expect(all("a*", "baac")).toEqual(["", "aa", ""]);
    expect(all("", "\u{1f600}")).toEqual(["", ""]);
    expect(all("[0-9]+", "1 22 333")).toEqual(["1", "22", "333"]);
  });
});

/** Small expressions of what both engines mean the same by. */
const { regex } = fc.letrec<{ regex: string; atom: string; repeated: string }>((tie) => ({
  regex: fc
    .array(
      fc.array(tie("repeated"), { maxLength: 4 }).map((all) => all.join("")),
      { minLength: 1, maxLength: 3 },
    )
    .map((all) => all.join("|")),
  repeated: fc
    .tuple(tie("atom"), fc.constantFrom("", "", "", "+", "?", "+?", "??", "{2}", "{1,2}", "{1,}?"))
    .map(([atom, sign]) => atom + sign),
  atom: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom("a", "b", "c", "[ab]", "[^a]", ".", "\\b", "^", "$"),
    tie("regex").map((inner) => `(?:${inner})`),
  ),
}));
const text = fc.string({ unit: fc.constantFrom("a", "b", "c", "\n", "\u{1f600}"), maxLength: 12 });

describe("any expression", () => {
  it("finds what JavaScript finds, and tests as it finds", () => {
    fc.assert(
      fc.property(regex, text, (pattern, subject) => {
        // Where a part may be empty, the two engines repeat it differently.
        fc.pre(!/\)[+?{]/.test(pattern) && !/[$^b](?:[+?{])/.test(pattern.replaceAll("[^a]", "")));
        const mine = compileRegex(pattern);
        const theirs = new RegExp(pattern, "u").exec(subject)?.[0] ?? null;
        expect(mine.find(subject)).toBe(theirs);
        expect(mine.test(subject)).toBe(theirs !== null);
      }),
      { numRuns: 1_500 },
    );
  });

  it("is read or refused, whatever it is", () => {
    const signs = fc.string({
      unit: fc.constantFrom(..."ab\\.[]()|*+?{}1,^$-:=!<>PpxQEidL&&"),
      maxLength: 20,
    });
    fc.assert(
      fc.property(
        fc.oneof(signs, fc.string({ unit: "binary", maxLength: 20 })),
        text,
        (pattern, subject) => {
          const first = found(pattern, subject);
          if (first !== "refused") expect(compileRegex(pattern).test(subject)).toBe(first !== null);
        },
      ),
      { numRuns: 1_500 },
    );
  });

  it("takes time that grows with the text and no faster", () => {
    const start = performance.now();
    for (const pattern of [
      "(a+)+$",
      "(a|a)*b",
      "(a*)*\\b!",
      "(.*)(.*)(.*)(.*)x",
      "a{0,200}a{200}!",
    ])
      expect(compileRegex(pattern).test("a".repeat(5_000))).toBe(pattern === "(a+)+$");
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
