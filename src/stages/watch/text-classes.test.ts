import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BinaryOperator } from "../../formats/falco/condition.ts";
import { fullMatch } from "../../formats/falco/full-match.ts";
import { matcherOf } from "./matcher.ts";
import { FORMS, NO_CLASS, TextClasses } from "./text-classes.ts";
import { patternsOf, type TextPart } from "./text-patterns.ts";

const OPERATORS: readonly BinaryOperator[] = [
  "=",
  "!=",
  "in",
  "startswith",
  "endswith",
  "contains",
  "icontains",
  "glob",
  "pmatch",
];

const PARTS: Readonly<Record<TextPart, (text: string) => string>> = {
  whole: (text) => text,
  directory: (text) => (text.includes("/") ? text.slice(0, text.lastIndexOf("/")) : text),
  last: (text) => text.slice(text.lastIndexOf("/") + 1),
};

const LETTERS = fc.constantFrom("/", "a", "B", "b", ".", "/", "a", "\0", "é");
const VALUES = fc.string({
  unit: fc.constantFrom("/", "a", "b", "B", "*", "?", ".", "é"),
  maxLength: 5,
});
const TEXTS = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: LETTERS, maxLength: 8 }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 8 }) },
);
const QUESTIONS = fc.record({
  operator: fc.constantFrom(...OPERATORS),
  values: fc.array(VALUES, { minLength: 1, maxLength: 4 }),
  part: fc.constantFrom<TextPart>("whole", "directory", "last"),
});

type Question = { operator: BinaryOperator; values: readonly string[]; part: TextPart };

/**
 * Asks texts as an engine does: the first of a class for all of it. Fails where another of the class is answered otherwise.
 *
 * @returns How often all was forgotten.
 */
function compare(questions: readonly Question[], texts: readonly string[]): number {
  const patterns = questions.flatMap(
    ({ operator, values, part }) => patternsOf(operator, values, part) ?? [],
  );
  const classes = TextClasses.of(patterns, []);
  if (classes === null) throw new Error("too many places");
  const matchers = questions.map(({ operator, values, part }) => {
    const question = { type: "text", operator, modifier: "anyof", values } as const;
    const matcher = matcherOf(question, fullMatch);
    return (text: string) => matcher(PARTS[part](text));
  });
  let forgotten = 0;
  let kept = 0;
  for (const text of texts) {
    const bytes = Buffer.from(`<${text}>`);
    const named = classes.ofBytes(bytes, 1, bytes.length - 1);
    expect(classes.ofText(text)).toBe(named);
    if (classes.remembered.length < kept) forgotten += 1;
    kept = classes.remembered.length;
    expect(named === NO_CLASS).toBe(!/^\p{ASCII}*$/u.test(text));
    if (named === NO_CLASS) continue;
    const answer = matchers.reduce((bits, matcher, i) => bits | (Number(matcher(text)) << i), 0);
    const known = classes.remembered[named * FORMS] as number;
    if (known === -1) classes.remembered[named * FORMS] = answer;
    else expect({ text, answer }).toEqual({ text, answer: known });
  }
  expect(kept).toBeLessThanOrEqual(4096 * FORMS);
  return forgotten;
}

describe("texts of one class", () => {
  it("are answered alike, whatever is asked", () => {
    fc.assert(
      fc.property(
        fc.array(QUESTIONS, { minLength: 1, maxLength: 4 }),
        fc.array(TEXTS, { minLength: 2, maxLength: 40 }),
        (questions, texts) => void compare(questions, texts),
      ),
      { numRuns: 2_000 },
    );
  });

  it("are answered alike when there are more than can be kept", () => {
    const words = Array.from({ length: 14 }, (_, i) => `${"ab".repeat(i)}c${i % 7}`);
    const questions: Question[] = [{ operator: "contains", values: words, part: "whole" }];
    let state = 1;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 8) % below;
    };
    const texts = Array.from({ length: 4_000 }, () =>
      Array.from({ length: 12 }, () => words[random(words.length)]).join(""),
    );
    expect(compare(questions, texts)).toBeGreaterThan(1);
  });

  it("are made of no more patterns than are worth it", () => {
    const patterns = patternsOf("in", ["x".repeat(20_000)], "whole") ?? [];
    expect(TextClasses.of(patterns, [])).toBeNull();
  });
});
