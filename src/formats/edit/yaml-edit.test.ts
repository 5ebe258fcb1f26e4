import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import type { PlainValue } from "../../model/edit.ts";
import { plainValue } from "../plain-yaml.ts";
import { readYamlNodes } from "../yaml-nodes.ts";
import { edited, sameValue } from "./plain-edit.ts";
import { editYaml, type PlacedEdit } from "./yaml-edit.ts";

const set = (at: string, value: PlainValue, before?: string): PlacedEdit => ({
  document: 0,
  edit: { kind: "set", at, value, ...(before === undefined ? {} : { before }) },
});
const add = (at: string, value: PlainValue): PlacedEdit => ({
  document: 0,
  edit: { kind: "add", at, value },
});
const remove = (at: string): PlacedEdit => ({ document: 0, edit: { kind: "remove", at } });

describe("an edit", () => {
  test.each<[name: string, before: string, edits: PlacedEdit[], after: string]>([
    [
      "replaces a value before its comment",
      "a: true # why\n",
      [set("/a", false)],
      "a: false # why\n",
    ],
    ["keeps quotes", "a: 'x'\nb: \"y\"\n", [set("/a", "v"), set("/b", "w")], "a: 'v'\nb: \"w\"\n"],
    ["fills a key that has no value", "a:\nb: 1\n", [set("/a", "x")], "a: x\nb: 1\n"],
    [
      "fills it below its comment",
      "a: # c\nb: 1\n",
      [set("/a/x/z", 1)],
      "a: # c\n  x:\n    z: 1\nb: 1\n",
    ],
    [
      "adds a member below the last, behind its comment",
      "a:\n    b: 1 # c\n\n# d\nc: 2\n",
      [set("/a/x", false)],
      "a:\n    b: 1 # c\n    x: false\n\n# d\nc: 2\n",
    ],
    [
      "adds one at the end of a file without newline",
      "a:\n  b: 1",
      [set("/a/c", 2)],
      "a:\n  b: 1\n  c: 2",
    ],
    [
      "keeps line ends",
      "a:\r\n  b: 1\r\nc: 2\r\n",
      [set("/a/x", 1)],
      "a:\r\n  b: 1\r\n  x: 1\r\nc: 2\r\n",
    ],
    [
      "adds one below a text of several lines",
      "a:\n  b: |\n    text\n\nc: 1\n",
      [set("/a/x", 1)],
      "a:\n  b: |\n    text\n  x: 1\n\nc: 1\n",
    ],
    ["adds one within braces", "a: {b: 1}\n", [set("/a/c", [1])], "a: {b: 1, c: [1]}\n"],
    ["fills braces within braces", "a: {b: {}}\n", [set("/a/b/c", "on")], 'a: {b: {c: "on"}}\n'],
    [
      "unfolds empty braces",
      "a: {} # c\nb: 1\n",
      [set("/a/c/d", 1)],
      "a: # c\n  c:\n    d: 1\nb: 1\n",
    ],
    [
      "adds one in front of another and its comment",
      "a: 1\n# c\nb: 2\n",
      [set("/x/z", 3, "b")],
      "a: 1\nx:\n  z: 3\n# c\nb: 2\n",
    ],
    [
      "makes lists as they are made elsewhere",
      "a:\n- b:\n    c: 1\n",
      [add("/a/0/d/drop", "ALL")],
      "a:\n- b:\n    c: 1\n  d:\n    drop:\n    - ALL\n",
    ],
    [
      "appends to a list",
      "a:\n  - x # c\nb: 1\n",
      [add("/a", "v")],
      "a:\n  - x # c\n  - v\nb: 1\n",
    ],
    [
      "appends a mapping",
      "a:\n- b: 1\n",
      [add("/a", { b: 2, c: 3 })],
      "a:\n- b: 1\n- b: 2\n  c: 3\n",
    ],
    ["appends within brackets", "a: [x, y]\n", [add("/a", "z")], "a: [x, y, z]\n"],
    ["appends nothing twice", "a: [x]\n", [add("/a", "x")], "a: [x]\n"],
    [
      "takes away the lines of a member",
      "a: 1\nb: # c\n  - 2\nc: 3\n",
      [remove("/b")],
      "a: 1\nc: 3\n",
    ],
    [
      "takes one away on the line of a dash",
      "a:\n  - b: 1\n    c: 2\n",
      [remove("/a/0/b")],
      "a:\n  - c: 2\n",
    ],
    ["leaves a mapping that loses all", "a:\n  b: 1\nc: 2\n", [remove("/a/b")], "a: {}\nc: 2\n"],
    [
      "takes items away from behind",
      "a: [0, 1, 2, 3]\n",
      [remove("/a/0"), remove("/a/2"), remove("/a/3")],
      "a: [1]\n",
    ],
    [
      "takes lines of items away",
      "a:\n- 0\n- 1 # c\n- 2\n",
      [remove("/a/1"), remove("/a/0")],
      "a:\n- 2\n",
    ],
    ["takes nothing away that is not there", "a: 1\n", [remove("/b/c")], "a: 1\n"],
    [
      "adds several to what is not there yet",
      "a:\n  n: 1\n",
      [set("/a/s/p", false), set("/a/s/q", { t: "u" }), add("/a/s/c/drop", "ALL")],
      "a:\n  n: 1\n  s:\n    p: false\n    q:\n      t: u\n    c:\n      drop:\n        - ALL\n",
    ],
    [
      "writes JSON as JSON",
      '{\n  "a": {\n    "b": 1\n  }\n}\n',
      [set("/a/c", "x"), set("/d", [true])],
      '{\n  "a": {\n    "b": 1,\n    "c": "x"\n  },\n  "d": [true]\n}\n',
    ],
  ])("%s", (_, before, edits, after) => {
    expect(editYaml(before, edits, "x.yaml")).toEqual({ text: after, left: [] });
  });

  test("is made in the document that it is for", () => {
    const text = "---\na: 1\n---\n# nothing\n---\na: 1\n";
    const edits = [{ ...set("/a", 2), document: 1 }];
    expect(editYaml(text, edits, "x").text).toBe("---\na: 1\n---\n# nothing\n---\na: 2\n");
  });

  test.each<[why: RegExp, before: string, edit: PlacedEdit]>([
    [/alias \*x/, "a: &x {b: 1}\nc: *x\n", set("/c/b", 2)],
    [/anchor &x/, "a: &x {b: 1}\nc: *x\n", set("/a/b", 2)],
    [/reads as it is meant/, "a: &x {b: 1}\nc: {<<: *x, b: 2}\n", remove("/c/b")],
    [/something else/, "a:\n  b: 1\n", set("/a", 1)],
    [/no place in a text/, "a: x\n", set("/a/b", 1)],
    [/no such item/, "a: [x]\n", set("/a/1/b", 1)],
    [/no such document/, "a: 1\n", { ...set("/a", 2), document: 7 }],
    [/whole document/, "a: 1\n", remove("")],
  ])("is left, because %s", (why, before, edit) => {
    const { text, left } = editYaml(before, [edit], "x.yaml");
    expect([text, left.map(({ reason }) => why.test(reason))]).toEqual([before, [true]]);
  });

  test("that cannot be made keeps no other one back", () => {
    const { text, left } = editYaml(
      "a: &x {b: 1}\nc: *x\nd: 1\n",
      [set("/c/b", 2), set("/d", 2)],
      "x",
    );
    expect([text, left.length]).toEqual(["a: &x {b: 1}\nc: *x\nd: 2\n", 1]);
  });
});

const KEYS = fc.constantFrom("a", "b", "on", "x y", "0", "#c", "a: b");
const SCALARS = fc.constantFrom<PlainValue>(
  null,
  true,
  1,
  "",
  "yes",
  "a: b",
  "- c",
  "#",
  "x\ny\n",
  "'",
  "[",
  "ALL",
);
const VALUES = fc.letrec<{ value: PlainValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    SCALARS,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(KEYS, tie("value"), { maxKeys: 3 }),
  ),
})).value;
const DOCUMENTS = fc.dictionary(KEYS, VALUES, { minKeys: 1, maxKeys: 4 });
const POINTERS = fc
  .array(fc.oneof(KEYS, fc.constantFrom("0", "1")), { minLength: 1, maxLength: 4 })
  .map((keys) => keys.map((key) => `/${key}`).join(""));
const EDITS = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), at: POINTERS, value: VALUES }),
  fc.record({ kind: fc.constant("add" as const), at: POINTERS, value: VALUES }),
  fc.record({ kind: fc.constant("remove" as const), at: POINTERS }),
);
const WRITING = fc.record({
  indent: fc.constantFrom(2, 4),
  indentSeq: fc.boolean(),
  collectionStyle: fc.constantFrom("any" as const, "flow" as const),
});

function valueIn(text: string): unknown {
  const [document] = readYamlNodes(text, "x").documents;
  return document === undefined ? undefined : plainValue(document);
}

test("what is written reads as the edited value, or nothing is written", () => {
  let done = 0;
  fc.assert(
    fc.property(DOCUMENTS, EDITS, WRITING, fc.boolean(), (value, edit, writing, isWindows) => {
      const plain = `# top\n${stringify(value, writing)}# end\n`;
      const text = isWindows ? plain.replaceAll("\n", "\r\n") : plain;
      const before = valueIn(text);
      const { text: after, left } = editYaml(text, [{ document: 0, edit }], "x.yaml");
      if (left.length > 0) expect(after).toBe(text);
      else if (after === text) return;
      else {
        done += 1;
        expect(sameValue(valueIn(after), edited(before, [edit]))).toBe(true);
        const added = after.split("\n").filter((line) => !text.split("\n").includes(line)).length;
        // Only lines that have to do with the edit are others than before.
        expect(added).toBeLessThanOrEqual(stringify(edit).split("\n").length + 4);
      }
    }),
    { numRuns: 2000 },
  );
  expect(done).toBeGreaterThan(500);
});

test("nothing throws but for what is no YAML, whatever the text", () => {
  const pieces = fc.constantFrom(
    "a",
    ":",
    " ",
    "\n",
    "- ",
    "{",
    "}",
    "[",
    "]",
    ",",
    "&x ",
    "*x",
    "|",
    "#",
    "'",
    "? ",
    "<<",
    "\t",
    "---\n",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), EDITS, (parts, edit) => {
      try {
        editYaml(parts.join(""), [{ document: 0, edit }], "x.yaml");
      } catch (error) {
        expect((error as { code?: string }).code).toMatch(/^(?:config-invalid|limit-exceeded)$/);
      }
    }),
    { numRuns: 1000 },
  );
});
