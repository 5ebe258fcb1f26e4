import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DocumentList, DocumentMap, type DocumentValue } from "./document.ts";
import { readJsoncDocument, readJsonDocument } from "./json-document.ts";

/** As JSON.parse would give it; a member named `__proto__` stays one. */
function plain(value: DocumentValue): unknown {
  if (value instanceof DocumentList) return value.items.map(plain);
  if (!(value instanceof DocumentMap)) return value;
  const object: Record<string, unknown> = {};
  for (const [name, member] of value.members) {
    Object.defineProperty(object, name, {
      value: plain(member),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return object;
}

test("says of every JSON text what JSON.parse says", () => {
  fc.assert(
    fc.property(fc.json({ depthSize: "medium" }), fc.constantFrom(undefined, 2), (text, indent) => {
      const wanted: unknown = JSON.parse(text);
      const { value, damage } = readJsonDocument(JSON.stringify(wanted, null, indent));
      expect(damage).toBe(null);
      expect(plain(value)).toEqual(wanted);
    }),
  );
});

test("refuses of changed texts what JSON.parse refuses", () => {
  const text = '{"a":[1,-2.5e3,true,null],"b":{"c":"\\u0041\\n"},"d":""}';
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.string({ maxLength: 1 }), (at, char) => {
      const changed = text.slice(0, at) + char + text.slice(at + 1);
      let wanted: unknown = "damage";
      try {
        wanted = JSON.parse(changed);
      } catch {
        // Refused.
      }
      const { value, damage } = readJsonDocument(changed);
      expect(damage === null ? plain(value) : "damage").toEqual(wanted);
    }),
  );
});

test("maps and lists know the line of their key", () => {
  const { value } = readJsonDocument('{\n"a": {\n"b":\n[\n{}\n]}}');
  const a = (value as DocumentMap).members.get("a") as DocumentMap;
  const b = a.members.get("b") as DocumentList;
  expect([a.line, b.line, (b.items[0] as DocumentMap).line]).toEqual([2, 3, 5]);
});

describe("JSON with comments", () => {
  test.each([
    ["comments", '// a\n{ /* b\n */ "a": 1 // c\n}', { a: 1 }],
    ["trailing commas", '{"a":[1,2,],}', { a: [1, 2] }],
    ["no comment in a text", '{"a":"// no"}', { a: "// no" }],
    ["the last of two equal names", '{"a":1,"a":2}', { a: 2 }],
  ])("%s", (_, text, wanted) => {
    expect(plain(readJsoncDocument(text).value)).toEqual(wanted);
  });

  test.each([
    ['{"a":1,,}', "line 1: expected a name in quotes"],
    ["[,]", "line 1: expected a value"],
    ["{}\n/* no end", "line 2: the document is cut"],
  ])("%j is damage", (text, damage) => {
    expect(readJsoncDocument(text).damage).toBe(damage);
  });

  test("plain JSON has neither", () => {
    expect(readJsonDocument('{"a":1,}').damage).toBe("line 1: expected a name in quotes");
    expect(readJsonDocument("// a\n1").damage).toBe("line 1: expected a value");
  });
});
