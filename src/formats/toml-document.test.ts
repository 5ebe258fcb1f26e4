import fc from "fast-check";
import { parse, stringify } from "smol-toml";
import { describe, expect, test } from "vitest";
import { DocumentList, DocumentMap, type DocumentValue } from "./document.ts";
import { readTomlDocument } from "./toml-document.ts";
import { NotPlainToml, readPlainToml } from "./toml-plain.ts";

function plain(value: DocumentValue): unknown {
  if (value instanceof DocumentList) return value.items.map(plain);
  if (!(value instanceof DocumentMap)) return value;
  return Object.fromEntries([...value.members].map(([name, v]) => [name, plain(v)]));
}

/** What the hand reader says; `"left"` when it leaves the document to the full one. */
function byHand(text: string): unknown {
  try {
    return plain(readPlainToml(text));
  } catch (error) {
    if (error instanceof NotPlainToml) return "left";
    throw error;
  }
}

const LOCK = `# a comment
version = 1
a.b = 2
`;

describe("by hand", () => {
  test.each([
    [
      "tables in arrays",
      '[[p]]\nn = "a"\n[p.d]\nx = "1"\n[[p.w]]\ny = 2\n[[p]]\nn = "b"\n[p.d]\nx = "2"\n',
    ],
    ["arrays over lines, comments", 'a = [ # c\n  "x", # d\n  [1, 2],\n]\nb = []\n'],
    ["inline tables", 'a = { b = "c", "d e" = { f = true } }\nb = {}\n'],
    ["literal texts, escapes", `a = 'x\\y'\nb = "x\\"\\\\\\n\\ty"\nc = ''\nd = ""\n`],
    ["quoted and numbered keys", '["a b".c]\n1 = 2\n"__proto__x" = 1\n'],
    ["a table named after what is in it", "[a.b]\nx = 1\n[a]\ny = 2\n"],
    ["Windows", 'a = 1\r\n[b]\r\nc = "d"\r\n'],
  ])("%s", (_, text) => {
    expect(byHand(text)).toEqual(parse(text));
  });

  test.each([
    ["dotted keys", LOCK],
    ["texts over lines", 'a = """\nx"""\n'],
    ["a float", "a = 1.5\n"],
    ["an escape by number", 'a = "\\u0041"\n'],
    ["a name twice", "a = 1\na = 2\n"],
    ["a table twice", "[a]\n[a]\n"],
    ["a table of an array", "a = []\n[[a]]\n"],
    ["a table inside an inline one", "a = {}\n[a.b]\n"],
    ["an array that was a table", "[a]\n[[a]]\n"],
    ["a table that was an array", "[[a]]\n[a]\n"],
    ["two on a line", "a = 1 b = 2\n"],
    ["a comma too many", "a = {b = 1,}\n"],
    ["no end", 'a = "b\n'],
    ["a lone carriage return", "a = 1\rb = 2\n"],
  ])("%s: left to the full reader", (_, text) => {
    expect(byHand(text)).toBe("left");
  });

  test("where it accepts a changed document, it says what the full reader says", () => {
    const text = `x = [1, "a"]\n[[p]]\nn = "a"\n[p.d]\nb = {c = 'd', e = true}\n[[p]]\nn = "b"\n[q]\n"r s" = 7\n`;
    const char = fc.constantFrom(
      "",
      "[",
      "]",
      "{",
      "}",
      '"',
      "'",
      "=",
      ",",
      "\n",
      "#",
      ".",
      "p",
      "0",
      " ",
      "\\",
      "\r",
    );
    fc.assert(
      fc.property(
        fc.nat(text.length),
        fc.nat(3),
        fc.array(char, { maxLength: 3 }),
        (at, cut, chars) => {
          const changed = text.slice(0, at) + chars.join("") + text.slice(at + cut);
          const found = byHand(changed);
          if (found !== "left") expect(found).toEqual(parse(changed));
        },
      ),
      { numRuns: 3_000 },
    );
  });

  test("whatever a program writes of texts and tables", () => {
    const key = fc.stringMatching(/^[A-Za-z][a-z0-9_ .-]{0,8}$/);
    const value = fc.oneof(
      fc.stringMatching(/^[ -~]{0,12}$/),
      fc.nat(1_000),
      fc.boolean(),
      fc.array(fc.constant("x")),
    );
    const table = fc.dictionary(key, fc.oneof(value, fc.dictionary(key, value)), { maxKeys: 4 });
    fc.assert(
      fc.property(
        fc.dictionary(key, fc.oneof(value, table, fc.array(table)), { maxKeys: 4 }),
        (object) => {
          const text = stringify(object);
          expect(plain(readTomlDocument(text).value)).toEqual(parse(text));
        },
      ),
    );
  });
});

test.each([
  ["by hand", "# c\n\n[[p]]\na = 1\n\n[[p]]\na = 2\n"],
  ["by the full reader", "# c\n\n[[p]]\na = 1\n\n[[p]]\na = 2.5\n"],
])("entries know their line, %s", (_, text) => {
  const { value } = readTomlDocument(text);
  const list = (value as DocumentMap).members.get("p") as DocumentList;
  expect(list.items.map((item) => (item as DocumentMap).line)).toEqual([3, 6]);
});

test.each([
  ["a = 1\nb = \n", /^line 2: /],
  ["a = 1\na = 2\n", /^line 2: /],
  [`a = ${"[".repeat(300)}`, /./],
])("%j is damage", (text, damage) => {
  expect(readTomlDocument(text).damage).toMatch(damage);
});
