import fc from "fast-check";
import { expect, test } from "vitest";
import { eachParagraph } from "./deb822.ts";

function parse(text: string): { got: [number, Record<string, string>][]; strange: number[] } {
  const got: [number, Record<string, string>][] = [];
  const strange = eachParagraph(text, new Set(["a", "b"]), (p) => {
    got.push([p.line, Object.fromEntries(p.fields)]);
  });
  return { got, strange };
}

const cases: readonly [string, string, ReturnType<typeof parse>][] = [
  ["nothing", "", { got: [], strange: [] }],
  ["empty lines only", "\n\n \n", { got: [], strange: [] }],
  [
    "one paragraph without a line end",
    "A: 1\nB: 2",
    { got: [[1, { a: "1", b: "2" }]], strange: [] },
  ],
  [
    "two paragraphs, several empty lines",
    "A: 1\n\n\nA: 2\n",
    {
      got: [
        [1, { a: "1" }],
        [4, { a: "2" }],
      ],
      strange: [],
    },
  ],
  ["names in any case", "a: 1\nB:2\n", { got: [[1, { a: "1", b: "2" }]], strange: [] }],
  ["only what is wanted", "C: 3\nA: 1\n", { got: [[1, { a: "1" }]], strange: [] }],
  [
    "folded lines do not count as fields",
    "C: x\n A: 9\n\tB: 9\nA: 1\n",
    { got: [[1, { a: "1" }]], strange: [] },
  ],
  ["comments", "# x: y\nA: 1\n#B: 2\n", { got: [[2, { a: "1" }]], strange: [] }],
  [
    "line ends of Windows",
    "A: 1\r\n\r\nB: 2\r\n",
    {
      got: [
        [1, { a: "1" }],
        [3, { b: "2" }],
      ],
      strange: [],
    },
  ],
  ["a value with colons", "A: 1:2:3\n", { got: [[1, { a: "1:2:3" }]], strange: [] }],
  ["the first of two", "A: 1\nA: 2\n", { got: [[1, { a: "1" }]], strange: [] }],
  ["lines that are nothing", "A: 1\nnonsense\n: x\n", { got: [[1, { a: "1" }]], strange: [2, 3] }],
];

test.each(cases)("%s", (_, text, wanted) => {
  expect(parse(text)).toEqual(wanted);
});

test("never throws, and each paragraph begins after the one before", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      const lines = parse(text).got.map(([line]) => line);
      expect(lines).toEqual([...lines].sort((a, b) => a - b));
    }),
  );
});

test("time grows with length only: one line of four million blanks, and a million empty lines", () => {
  const before = performance.now();
  parse(`A: 1\n${" ".repeat(4_000_000)}\n`);
  parse("\n".repeat(1_000_000));
  expect(performance.now() - before).toBeLessThan(2_000);
});
