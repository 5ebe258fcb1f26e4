import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { valuesIn } from "../../model/pipeline-expression.ts";
import { readExpression } from "./expression.ts";
import { conditionOf, templateOf } from "./template.ts";

function values(text: string): string[] | null {
  const expression = readExpression(text);
  return expression === null ? null : valuesIn(expression).map((path) => path.join("."));
}

describe("the values that may be in the result", () => {
  test.each([
    ["github.event.issue.title", ["github.event.issue.title"]],
    ["GitHub.Event['Issue'].Title", ["github.event.issue.title"]],
    ["github.event.commits.*.message", ["github.event.commits.*.message"]],
    ["github.event.commits[0].message", ["github.event.commits.*.message"]],
    ["github.event[format('{0}', 'x')]", ["github.event.*"]],
    ["toJSON(github.event)", ["github.event"]],
    ["fromJSON(env.X).a['b']", ["env.x"]],
    ["format('it''s {0}', github.head_ref || github.ref)", ["github.head_ref", "github.ref"]],
    ["github.event_name == 'x' && github.head_ref", ["github.head_ref"]],
    ["contains(github.head_ref, 'x')", []],
    ["!github.head_ref", []],
    ["github.head_ref == 'main' || 1.5e3 <= 0xff", []],
    ["(a || b) && (c)", ["c"]],
    ["'a' != null", []],
  ])("of %s are %j", (text, wanted) => {
    expect(values(text)).toEqual(wanted);
  });

  test.each([
    "",
    "'open",
    "a b",
    "a.",
    "a[",
    "f(",
    "f(a,)",
    "a &",
    "a = b",
    '"double"',
    `${"(".repeat(60)}a${")".repeat(60)}`,
    `${"!".repeat(60)}a`,
    "a".concat(".b".repeat(60)),
    "a".concat("||a".repeat(300)),
  ])("of %j cannot be told", (text) => {
    expect(values(text)).toBeNull();
  });
});

test("operators bind as the platform binds them", () => {
  expect(readExpression("!a == b || c && d")).toEqual({
    kind: "binary",
    operator: "||",
    left: {
      kind: "binary",
      operator: "==",
      left: { kind: "not", operand: { kind: "context", name: "a" } },
      right: { kind: "context", name: "b" },
    },
    right: {
      kind: "binary",
      operator: "&&",
      left: { kind: "context", name: "c" },
      right: { kind: "context", name: "d" },
    },
  });
});

test("an expression ends at the braces that are not within a text of it", () => {
  const { holes } = templateOf("a ${{ '}}' }} b ${{ c }}${{ broken", "/run");
  expect(holes).toEqual([
    { start: 2, end: 13, expression: { kind: "literal", value: "}}" } },
    { start: 16, end: 24, expression: { kind: "context", name: "c" } },
    { start: 24, end: 34, expression: null },
  ]);
});

test("a condition around an expression always holds", () => {
  expect(conditionOf("${{ a }} == 'b'", "/if").expression).toEqual({
    kind: "literal",
    value: true,
  });
  expect(conditionOf("${{ a }}", "/if").expression).toEqual({ kind: "context", name: "a" });
  expect(conditionOf("a ==", "/if").expression).toBeNull();
});

const PIECES = fc.constantFrom(
  ..."${{ }} github . * [ ] ( ) ! && || == < 'a' '' ' 0x1 -1 null contains , % \n".split(" "),
);

test("nothing throws, whatever the text", () => {
  fc.assert(
    fc.property(fc.array(PIECES, { maxLength: 40 }), (pieces) => {
      const text = pieces.join("");
      readExpression(text);
      const { holes } = templateOf(text, "");
      expect(holes.every(({ start, end }) => start < end && end <= text.length)).toBe(true);
      conditionOf(text, "");
    }),
    { numRuns: 2000 },
  );
});
