import fc from "fast-check";
import { expect, test } from "vitest";
import { csvRow } from "./csv.ts";

test.each<[readonly (string | number | null)[], string]>([
  [["a", 1, null, ""], '"a",1,,""\r\n'],
  [['say "no"', "two\nlines", "a,b"], '"say ""no""","two\nlines","a,b"\r\n'],
  [["=1+1", "+1", "-1", "@x"], '"\'=1+1","\'+1","\'-1","\'@x"\r\n'],
  [[" =1", "\t=1", "\rx", "＝1", "|calc"], '"\' =1","\'\t=1","\'\rx","\'＝1","\'|calc"\r\n'],
  [["a=1", "1-2", "x@y"], '"a=1","1-2","x@y"\r\n'],
  [[-3], "-3\r\n"],
])("%j", (cells, wanted) => {
  expect(csvRow(cells)).toBe(wanted);
});

/** A reader of RFC 4180 for one row, to read back what was written. */
function readRow(text: string): string[] {
  const cells = text.slice(0, -2).matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g);
  return [...cells].map((m) => (m[1] ?? m[2] ?? "").replaceAll('""', '"'));
}

test("reads back as it was, but for the apostrophe that makes a formula a text", () => {
  const texts = fc.array(fc.string({ unit: "binary", maxLength: 30 }), {
    minLength: 1,
    maxLength: 8,
  });
  fc.assert(
    fc.property(texts, (cells) => {
      const back = readRow(csvRow(cells));
      expect(back.length).toBe(cells.length);
      for (const [i, cell] of cells.entries()) expect([cell, `'${cell}`]).toContain(back[i]);
      expect(back.some((cell) => /^[=+\-@\t\r]/.test(cell))).toBe(false);
    }),
  );
});
