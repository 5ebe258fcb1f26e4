import * as fc from "fast-check";
import { expect, test } from "vitest";
import { needlesOf } from "./needles.ts";

type Found = readonly (readonly [needle: string, start: number])[];

function found(needles: readonly string[], text: string, from = 0): Found {
  const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0));
  const all: [string, number][] = [];
  needlesOf(needles).find(bytes, { from, to: bytes.length }, (index, end) => {
    const needle = needles[index] ?? "";
    all.push([needle, end - needle.length]);
  });
  return all;
}

/** The same by looking at every place. */
function bySight(needles: readonly string[], text: string): Found {
  const all: [string, number][] = [];
  for (let end = 1; end <= text.length; end += 1)
    for (const needle of needles)
      if (text.slice(0, end).endsWith(needle)) all.push([needle, end - needle.length]);
  return all;
}

test("needles are found where they stand, within one another, too", () => {
  expect(found(["she", "he", "hers"], "ushers")).toEqual([
    ["she", 1],
    ["he", 2],
    ["hers", 2],
  ]);
  expect(found(["aa"], "aaaa", 1)).toEqual([
    ["aa", 1],
    ["aa", 2],
  ]);
  expect([found([], "x"), found(["Ab"], "ab"), found(["\xff\x00"], "a\xff\x00")]).toEqual([
    [],
    [],
    [["\xff\x00", 1]],
  ]);
});

test("what is found is what looking at every place finds", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 4 });
  const text = fc.string({ unit: fc.constantFrom("a", "b", "c", "d"), maxLength: 60 });
  void fc.assert(
    fc.property(fc.uniqueArray(word, { maxLength: 8 }), text, (needles, hay) => {
      expect(found(needles, hay).map(String).sort()).toEqual(
        bySight(needles, hay).map(String).sort(),
      );
    }),
  );
});
