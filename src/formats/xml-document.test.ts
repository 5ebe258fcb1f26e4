import fc from "fast-check";
import { expect, test } from "vitest";
import { childText, readXmlDocument, type XmlElement } from "./xml-document.ts";

function plain({ name, attributes, children, text, line }: XmlElement): unknown[] {
  return [name, line, Object.fromEntries(attributes), text, children.map(plain)];
}

test("reads elements, attributes, text, sections, comments and entities", () => {
  const { root } = readXmlDocument(`<?xml version="1.0"?>
<!DOCTYPE p [ <!ENTITY x "<y>"> ]>
<!-- <no/> -->
<m:p xmlns:m="urn:x" a='1' b = "&lt;&#65;&#x42;&amp;">
  one <c/> two<![CDATA[ & <three> ]]>
  <d
     e="f">&unknown;</d >
</m:p>
`);
  expect(root === null ? null : plain(root)).toEqual([
    "p",
    4,
    { m: "urn:x", a: "1", b: "<AB&" },
    "one  two & <three>",
    [
      ["c", 5, {}, "", []],
      ["d", 6, { e: "f" }, "&unknown;", []],
    ],
  ]);
  expect(childText(root ?? undefined, "d")).toBe("&unknown;");
});

test.each([
  ["", "line 1: there is no element"],
  ["<a>\n<b>\n", "line 3: the document is cut inside <b>"],
  ["<a>\n</b>", "line 2: </b> closes nothing"],
  ["<a/>\n<b/>", "line 2: there is a second outermost element"],
  ["<a>\n<!-- ", 'line 2: "-->" is missing'],
  ["<a b>", "line 1: the tag <a> has no end"],
  ["<a></a", 'line 1: ">" is missing'],
])("%j is damage", (text, damage) => {
  expect(readXmlDocument(text).damage).toBe(damage);
});

test("never throws, whatever the text", () => {
  const piece = fc.constantFrom(
    "<",
    ">",
    "/",
    "a",
    " ",
    "=",
    '"',
    "<!",
    "[",
    "]]>",
    "&",
    ";",
    "#x41",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const { root, damage } = readXmlDocument(pieces.join(""));
      expect((root === null) !== (damage === null)).toBe(true);
    }),
  );
});

test.each([
  ["blanks without end", `<a${" ".repeat(200_000)}`],
  ["declarations", "<!x>".repeat(200_000)],
  ["openings", "<".repeat(200_000)],
  ["entities", `<a>${"&x;".repeat(200_000)}</a>`],
])("takes linear time for %s", (_, text) => {
  const before = performance.now();
  readXmlDocument(text);
  expect(performance.now() - before).toBeLessThan(3_000);
});
