import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  parseDocument,
  stringify,
} from "yaml";
import { readStrictDocuments, readStrictYaml } from "./strict-yaml.ts";

/** All of a node that anyone asks for. */
function told(node: unknown): unknown {
  if (isScalar(node)) return [node.type, node.value, node.source, node.range?.slice(0, 2)];
  if (isSeq(node)) return ["list", node.range?.[0], node.items.map(told)];
  if (isMap(node))
    return ["map", node.range?.[0], node.items.map(({ key, value }) => [told(key), told(value)])];
  return "something else";
}

/** Whether it was read; that it was read as the full reader reads it is expected. */
function isSame(text: string): boolean {
  const lines = new LineCounter();
  const read = readStrictYaml(text, lines);
  if (read === null) return false;
  const fullLines = new LineCounter();
  const full = parseDocument(text, { lineCounter: fullLines, uniqueKeys: false });
  expect(full.errors).toEqual([]);
  expect(told(read)).toEqual(told(full.contents));
  for (let at = 0; at < text.length; at += 7)
    expect(lines.linePos(at)).toEqual(fullLines.linePos(at));
  return true;
}

/** The same of a file of documents. */
function areSame(text: string): boolean {
  const read = readStrictDocuments(text);
  if (read === null) return false;
  const full = parseAllDocuments(text, { uniqueKeys: false });
  const documents = Array.isArray(full) ? full : [];
  expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
  const tops = documents.map(({ contents }) => contents);
  const said = tops.filter((top) => top !== null && !(isScalar(top) && top.value === null));
  expect(read.map(told)).toEqual(said.map(told));
  return true;
}

describe("is read as the full reader reads it", () => {
  test.each([
    [
      "maps and lists",
      "a:\n  b: 1\n  c:\n    - x\n    - y: 2\n      z: 3\n  d:\n  - 1\n  - 2\ne: f\n",
    ],
    ["quotes", `a: 'its'\nb: "x # y: z"   # c\nc: ""\n`],
    ["flow values", "a: {b: [c, 'd, e', { f: g }], h: null, i: \"j\"}\nk: []\nl: { }\n"],
    ["comments", "# top\na: 1 # one\nb: # two\n  # three\n  c: x#y\n\n# end"],
    ["words", "true: yes\nb: False\nc: NULL\nd: on\ne: v1.2.3\nf: 100m\ng: 12\n"],
    ["a condition", 'when: pkg.type == "npm" && pkg.l.exists(l, l.contains("GPL"))\n'],
    ["lists of lists", "- - a\n  - b\n- c: d\n  e:\n    - f\n"],
    ["addresses", "a: https://x.example/y:8080\nb: [https://x.example/y, r.example/a:1]\n"],
    ["a text in a block", "a: |\n  b\n\n   c\n\nd:\n  - |- # e\n    f\n"],
    ["an empty value", "a:\nb: c\nd:  \n\ne: f\n"],
    ["numbers", "a: 1.10\nb: 010\nc: -1\nd: 127.0.0.1\n"],
    ["options", "- --a=b\n- -c\n- $(D)\n"],
    ["no line break at the end", "a:\n  - b: c"],
    ["lines that end as on Windows", "# a\r\nb:\r\n  c: 'd'  # e\r\n  f: [g, h]\r\n\r\ni: j\r\n"],
    ["lines that end in both ways", "a:\r\n- b\n- c: d\r\n"],
  ])("%s", (_, text) => {
    expect(isSame(text)).toBe(true);
  });
});

describe("is left to the full reader", () => {
  test.each([
    ["an anchor", "a: &x b\n"],
    ["a tag", "a: !!str 5\n"],
    ["a text in a folded block", "a: >\n  b\n"],
    ["a block of blanks alone, to the end", "- |\n  "],
    ["a text in a block that keeps its end", "a: |+\n  b\n"],
    ["a text over lines", "a: b\n  c\n"],
    ["a marker", "---\na: b\n"],
    ["two documents", "a: b\n---\na: b\n"],
    ["a tab", "a:\tb\n"],
    ["a number with an exponent", "a: 1e3\n"],
    ["an empty value at the end", "a: b\nc:\n"],
    ["a merge", "<<: {a: b}\n"],
    ["a colon in a text", "a: b: c\n"],
    ["an entry among keys", "a: b\n- c\n"],
    ["a wrong indentation", "a:\n    b: c\n  d: e\n"],
    ["a bracket without end", "a: [b\nc: d\n"],
    ["an escape", 'a: "\\n"\n'],
    ["a block whose lines end as on Windows", "a: |\r\n  b\r\n"],
    ["a carriage return alone", "a: b\rc: d\n"],
    ["nothing", ""],
  ])("%s", (_, text) => {
    expect(readStrictYaml(text, new LineCounter())).toBe(null);
  });
});

test("whatever is written by programs is read the same, or left", () => {
  const key = fc.stringMatching(/^[a-z][a-z0-9./-]{0,8}$/);
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(
        fc.string(),
        key,
        fc.integer(),
        fc.double(),
        fc.constantFrom(null, true, "1.10", "- a"),
      ),
      fc.array(tie("tree"), { maxLength: 4 }),
      fc.dictionary(key, tie("tree"), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(tree, (value) => void isSame(stringify(value, { lineWidth: 0 }))),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(tree, (value) => {
      void isSame(stringify(value, { lineWidth: 0 }).replaceAll("\n", "\r\n"));
    }),
    { numRuns: 500 },
  );
});

test("whatever is put together of YAML's parts is read the same, or left", () => {
  const part = fc.constantFrom(
    ...[
      "a: ",
      "b:",
      "c",
      "- ",
      "-",
      "\n",
      "\n",
      "\n  ",
      "\n    ",
      " ",
      "# d",
      " # e",
      "'f'",
      '"g"',
      "[",
      "]",
    ],
    ...[
      "{",
      "}",
      ", ",
      ",",
      ": ",
      ":",
      "1",
      "0x1",
      "1e3",
      ".5",
      "-1",
      "~",
      "null",
      "true",
      "|",
      ">",
      "&h ",
      "*h",
    ],
    ...[
      "? ",
      "! ",
      "%",
      "@",
      "`",
      "---",
      "...",
      "\\",
      "''",
      '"',
      "'",
      "\t",
      "\r",
      "\r\n",
      "\r\n  ",
      "é",
      "(",
      ")",
      "=",
      "/",
      "<<: ",
    ],
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 14 }), (parts) => {
      isSame(parts.join(""));
      areSame(parts.join(""));
    }),
    { numRuns: 20_000 },
  );
});

describe("documents of one file", () => {
  test.each([
    ["between markers", "# a\n---\na: b\n--- # c\n---\n- d\n---\n"],
    ["of which one ends in a block", "a: |\n  b\n\n---\nc: |-\n  ---\n"],
    ["none", ""],
  ])("%s", (_, text) => {
    expect(areSame(text)).toBe(true);
  });

  test.each([
    ["behind a marker", "--- a\n"],
    ["with a directive", "%YAML 1.1\n---\na: b\n"],
    ["with an end", "a: b\n...\n---\nc: d\n"],
  ])("are left to the full reader %s", (_, text) => {
    expect(readStrictDocuments(text)).toBe(null);
  });
});

const FIXTURES = join(import.meta.dirname, "../../../shared/fixtures");

test.skipIf(!existsSync(FIXTURES))(
  "other people's files are read the same, or left (shared fixtures absent)",
  () => {
    const files = readdirSync(FIXTURES, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), "utf8"))
      .filter((text) => text.length < 300_000);
    const read = files.filter((text) => areSame(text) || isSame(text));
    // What is left costs time; that most are not left is why the reader is there.
    expect(read.length).toBeGreaterThan(files.length * 0.7);
  },
  120_000,
);

test("a long line is left to the full reader, and not a wait", () => {
  const before = performance.now();
  expect(readStrictYaml(`a: b${" ".repeat(400_000)}c\n`, new LineCounter())).toBe(null);
  expect(readStrictYaml(`a: [${"[".repeat(400_000)}c\n`, new LineCounter())).toBe(null);
  expect(performance.now() - before).toBeLessThan(2_000);
});
