import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAllDocuments, stringify } from "yaml";
import { DocumentList, DocumentMap, type DocumentValue } from "./document.ts";
import { readYamlDocuments } from "./yaml-document.ts";
import { readAnyYaml } from "./yaml-full.ts";

/** Nested arrays of names and values, in which lines can be left out. */
function plain(value: DocumentValue): unknown {
  if (value instanceof DocumentList) return value.items.map(plain);
  if (value instanceof DocumentMap) return [...value.members].map(([k, v]) => [k, plain(v)]);
  return value;
}

const same: readonly [string, string][] = [
  [
    "maps and lists",
    "a:\n  b: 1\n  c:\n    - x\n    - y: 2\n      z: 3\n  d:\n  - 1\n  - 2\ne: f\n",
  ],
  ["quotes", `"a b": 'it''s'\n'c': "x\\ty"\n"d: e": "f # g"\n`],
  ["escapes", `a: "\\x41\\u00e9\\U0001F600\\e\\_\\\\"\n`],
  ["flow values", "a: {b: [c, 'd, e', {f: g}], h: null, 'i': \"j\"}\nk: []\nl: {}\n"],
  ["comments", "# top\na: 1 # one\nb: # two\n  c: x#y\n"],
  ["empty values", "a:\nb:\n  c:\nd: ~\n"],
  ["versions that look like numbers", "a: 1.10\nb: '1.0'\nc: 010\nd: 1e3\n"],
  ["booleans", "a: true\nb: False\nc: yes\n"],
  ["texts in blocks", "a: |-\n  one\n  two\nb: >-\n  one\n  two\nc: 3\n"],
  ["a text over lines", "a: one\n  two\nb: 3\n"],
  ["documents", "---\na: 1\n---\nb: 2\n...\n"],
  ["long keys", "? long key\n: value\n? other\n:\n  a: 1\n"],
  ["lists of lists", "- - a\n  - b\n- c: d\n  e:\n    - f\n"],
  ["keys with colons", "a:b: c\n/d@1.0.0(e@2): {}\nhttps://x/y: z\n"],
  ["Windows", "a:\r\n  b: c\r\n"],
];

describe("reads by hand what the full reader reads", () => {
  test.each(same)("%s", (_, text) => {
    const { value, damage } = readYamlDocuments(text);
    expect(damage).toBe(null);
    expect(plain(value)).toEqual(plain(readAnyYaml(text)));
  });

  test("whatever is written as programs write it", () => {
    const key = fc.stringMatching(/^[a-z@/][a-z0-9@/ .:#'"-]{0,12}$/);
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.oneof(fc.string(), key, fc.constantFrom(null, true, "1.10", "- a", "# b", "")),
        fc.array(tie("tree"), { maxLength: 4 }),
        fc.dictionary(key, tie("tree"), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(key, tree, { minKeys: 1, maxKeys: 4 }), (value) => {
        const text = stringify(value, { lineWidth: 0 });
        const read = readYamlDocuments(text);
        expect(read.damage).toBe(null);
        expect(plain(read.value)).toEqual(plain(readAnyYaml(text)));
      }),
      { numRuns: 300 },
    );
  });
});

test("what it cannot read by hand it leaves to the full reader", () => {
  const { value } = readYamlDocuments("a: &x {b: 1}\nc: *x\nd: !!str 5\n");
  expect(plain(value)).toEqual([
    [
      ["a", [["b", "1"]]],
      ["c", [["b", "1"]]],
      ["d", "5"],
    ],
  ]);
});

test("maps know the line of their key, by hand and by the full reader", () => {
  const lines = (text: string): number[] => {
    const { value } = readYamlDocuments(text);
    const top = (value as DocumentList).items[0] as DocumentMap;
    return [...top.members.values()].map((v) => (v instanceof DocumentMap ? v.line : 0));
  };
  const text = "a:\n  b: 1\n\nc:\n  # no\n  d: 1\ne: {f: 1}\n";
  expect(lines(text)).toEqual([1, 4, 7]);
  expect(lines(`${text}g: &x 1\n`)).toEqual([1, 4, 7, 0]);
});

test.each([
  ["a tab", "a:\n\tb: 1\n"],
  ["a quote without end", 'a: "b\nc: d\n'],
  ["a bracket without end", "a: [b\nc: d\n"],
  ["a text where a map was", "a: 1\n  b: 2\n"],
  ["more documents than are read", `a: &x 1\n---\n${"b: 2\n---\n".repeat(101)}`],
])("%s is damage with a line", (_, text) => {
  expect(parseAllDocuments(text)).not.toEqual([]);
  expect(readYamlDocuments(text).damage).toMatch(/^line \d+: /);
});

test("the full reader takes no longer for many keys than to read them, and refuses one that stands twice", () => {
  const keys = Array.from({ length: 60_000 }, (_, i) => `k${i}: v`).join("\n");
  const before = performance.now();
  expect((readAnyYaml(keys).items[0] as DocumentMap).members.size).toBe(60_000);
  expect(performance.now() - before).toBeLessThan(10_000);
  expect(readYamlDocuments("a: &x 1\nb: 2\nb: 3\n").damage).toBe("line 3: a key stands twice");
});

test("a large file with what only the full reader knows is damage, and not a wait", () => {
  const text = `a: &x 1\n${"b: c\n".repeat(300_000)}`;
  expect(readYamlDocuments(text).damage).toMatch(/^line 1: .*in a file too large for it$/);
});

test.each(['"', "[] ", "&a "])("a line of nothing but %j is damage, and not a wait", (unit) => {
  const before = performance.now();
  expect(readYamlDocuments(unit.repeat(200_000)).damage).not.toBeNull();
  expect(performance.now() - before).toBeLessThan(2_000);
});
