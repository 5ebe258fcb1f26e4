import fc from "fast-check";
import { expect, test } from "vitest";
import { recalled } from "../../kit/recall.ts";
import { Interner, viewOf } from "./interner.ts";

function interner(made: string[]): (text: string) => { readonly text: string } {
  // Two places for everything, so that newcomers drive out who was there.
  const all = new Interner(
    (bytes, from, to) => {
      const text = bytes.toString("latin1", from, to);
      made.push(text);
      return { text };
    },
    { slots: 2, bytesMax: 8 },
  );
  return (text) => {
    const bytes = Buffer.from(`-${text}-`, "latin1");
    return all.of(bytes, viewOf(bytes), 1, 1 + text.length);
  };
}

test("equal bytes give the same value, made once", () => {
  const made: string[] = [];
  const of = interner(made);
  expect(of("abcdef")).toBe(of("abcdef"));
  expect(made).toEqual(["abcdef"]);
});

test("what is too long is made each time", () => {
  const made: string[] = [];
  const of = interner(made);
  expect([of("123456789").text, of("123456789").text]).toEqual(made);
});

test("whatever was asked before, the value is that of the bytes", () => {
  const of = interner([]);
  fc.assert(
    fc.property(fc.stringMatching(/^[ab]{0,10}$/), (text) => {
      expect(of(text).text).toBe(text);
    }),
    { numRuns: 2000 },
  );
});

test("what is recalled of a text is what was made of it, also when all was forgotten meanwhile", () => {
  let made = 0;
  const length = recalled((text) => {
    made += 1;
    return text.length;
  });
  expect(["", "a", "bb", "a", ""].map(length)).toEqual([0, 1, 2, 1, 0]);
  expect(made).toBe(3);
  for (let i = 0; i < 5000; i += 1) length(`name ${i}`);
  expect(["a", "bb", "x".repeat(600), "x".repeat(600)].map(length)).toEqual([1, 2, 600, 600]);
  expect(made).toBe(5007);
});
