import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AppError } from "../kit/error.ts";
import { pointerTo } from "../kit/json-pointer.ts";
import { utf8Bytes } from "../kit/text.ts";
import { jsonOffsets } from "./json-offsets.ts";
import { type ObjectFile, readObjectFile } from "./object-file.ts";

function read(text: string): ObjectFile {
  return readObjectFile(utf8Bytes(text), "app.yaml");
}

function placeIn(text: string, pointer: string, document: number = 0): string {
  const place = read(text).places(document, [pointer]).get(pointer);
  return `${place?.line}:${place?.column}`;
}

describe("values", () => {
  test.each<[string, string, unknown]>([
    ["several documents", "a: 1\n---\nb: 2\n", [{ a: 1 }, { b: 2 }]],
    ["JSON", '{"a": [true, null, 1.5]}', [{ a: [true, null, 1.5] }]],
    ["JSON behind a byte order mark", '\ufeff{"a": 1}', [{ a: 1 }]],
    ["aliases", "a: &x {b: 1}\nc: *x\n", [{ a: { b: 1 }, c: { b: 1 } }]],
    [
      "merged mappings, own members first",
      "x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}\n",
      [{ x: { a: 1, b: 2 }, y: { b: 3, a: 1 } }],
    ],
    [
      "the words of YAML 1.1",
      "a: yes\nb: Off\nc: 'no'\nd: yEs\n",
      [{ a: true, b: false, c: "no", d: "yEs" }],
    ],
    ["keys that are no texts", "1: a\ntrue: b\n", [{ 1: "a", true: "b" }]],
    ["nothing", "", []],
    ["a prototype", '{"__proto__": {"a": 1}}', [JSON.parse('{"__proto__": {"a": 1}}')]],
  ])("%s", (_, text, wanted) => {
    expect(JSON.stringify(read(text).documents)).toBe(JSON.stringify(wanted));
  });

  test.each<[string, string, string]>([
    ["a tab", "a:\n\t- b\n", "line 2"],
    ["a key that stands twice", "a: 1\nb: 2\na: 3\n", "line 3: a key stands twice"],
    [
      "a member of JSON that stands twice",
      '{"a": 1,\n "\\u0061": 2}',
      "line 2: a key stands twice",
    ],
    ["deep nesting", `a: ${"[".repeat(300)}${"]".repeat(300)}`, "nested"],
  ])("%s is refused with its place", (_, text, state) => {
    expect(() => read(text)).toThrow(AppError);
    expect(() => read(text)).toThrow(state);
  });
});

describe("places", () => {
  const yaml = "spec:\n  containers:\n    - name: a\n    - name: b\n      image: c\n";
  const json = '{"spec": {"x": "]}\\"",\n  "containers": [{"name": "a"},\n    {"image": "c"}]}}';
  test.each<[string, string, string, string]>([
    ["a member of YAML", yaml, "/spec/containers/1/image", "5:7"],
    ["an item of YAML", yaml, "/spec/containers/1", "4:7"],
    ["what is not there, at what is", yaml, "/spec/containers/1/absent", "4:7"],
    ["the top", yaml, "", "1:1"],
    ["behind an alias", "a: &x\n  b: 1\nc: *x\n", "/c/b", "2:3"],
    ["behind a merge", "a: &x\n  b: 1\nc:\n  <<: *x\n", "/c/b", "2:3"],
    ["a member of JSON", json, "/spec/containers/1/image", "3:6"],
    ["an item of JSON", json, "/spec/containers/0", "2:18"],
    ["what is not in JSON, at what is", json, "/spec/containers/1/absent/x", "3:5"],
    ["a key with a slash", '{"a/b":\n {"c": 1}}', "/a~1b/c", "2:3"],
  ])("%s", (_, text, pointer, wanted) => {
    expect(placeIn(text, pointer)).toBe(wanted);
  });

  test("JSON and YAML of the same text agree about every value", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), fc.jsonValue()), (value) => {
        const text = JSON.stringify(value, null, 2);
        const pointers = pointersOf(value, "");
        const asJson = read(text).places(0, pointers);
        const asYaml = read(`# not JSON\n${text}`).places(0, pointers);
        for (const pointer of pointers) {
          expect(asJson.get(pointer)?.column).toBe(asYaml.get(pointer)?.column);
          expect(asJson.get(pointer)?.line).toBe((asYaml.get(pointer)?.line ?? 0) - 1);
        }
      }),
      { numRuns: 50 },
    );
  });
});

function pointersOf(value: unknown, base: string): string[] {
  if (typeof value !== "object" || value === null) return [base];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [base, ...entries.flatMap(([key, item]) => pointersOf(item, pointerTo(base, key)))];
}

test("throws nothing but errors of ours, whatever the text", () => {
  const piece = fc.constantFrom(
    ..."a: ,- ,\n,  ,&x ,*x,<<: ,{,},[,],\",',|,>,---\n,#,!!int ,? ,%TAG,\t,\u0000".split(","),
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 40 }), (pieces) => {
      try {
        const { documents, places } = read(pieces.join(""));
        documents.forEach((_, index) => {
          places(index, ["/a/0/b", "", "/x"]);
        });
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
      }
    }),
    { numRuns: 500 },
  );
});

test("many mappings that merge a large one end", () => {
  const large = Array.from({ length: 2000 }, (_, i) => `  k${i}: 1`).join("\n");
  const many = Array.from({ length: 2000 }, (_, i) => `m${i}: {<<: *x}`).join("\n");
  expect(() => read(`x: &x\n${large}\n${many}\n`)).toThrow("it merges mappings too often");
});

test("places in a list are those of the whole, whatever is asked together", () => {
  const item = (name: string): object => ({
    kind: "Pod",
    metadata: { name, labels: { "a/b": "c" } },
  });
  const lists: readonly unknown[] = [
    { kind: "List", items: [item("a"), item("b"), item("c")] },
    [item("a"), [item("b")]],
    { items: [] },
    { items: { "0": item("a") } },
  ];
  const rests = ["", "/kind", "/metadata/name", "/metadata/labels/a~1b", "/gone", "/0/kind"];
  const starts = [
    "",
    "/items",
    "/items/0",
    "/items/2",
    "/items/9",
    "/items/01",
    "/items/-",
    "/0",
    "/1",
  ];
  const pointers = starts.flatMap((start) => rests.map((rest) => start + rest));
  for (const list of lists) {
    const text = JSON.stringify(list, null, 1);
    const lineAt = (offset: number): number => text.slice(0, offset).split("\n").length;
    const whole = jsonOffsets(text, pointers);
    const file = readObjectFile(Buffer.from(text), "list.json");
    const together = file.places(0, pointers);
    for (const pointer of pointers) {
      const wanted = lineAt(whole.get(pointer) ?? -1);
      expect([pointer, together.get(pointer)?.line]).toEqual([pointer, wanted]);
      expect([pointer, file.places(0, [pointer]).get(pointer)?.line]).toEqual([pointer, wanted]);
    }
  }
});
