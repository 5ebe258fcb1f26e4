import fc from "fast-check";
import { expect, test } from "vitest";
import { AppError } from "../kit/error.ts";
import { parseLabelSelector } from "./label-selector.ts";

function said(text: string): unknown {
  try {
    return parseLabelSelector(text);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.code;
  }
}

test.each([
  ["", []],
  ["env=prod", [{ key: "env", operator: "In", values: ["prod"] }]],
  ["env == prod", [{ key: "env", operator: "In", values: ["prod"] }]],
  ["example.org/tier!=dev", [{ key: "example.org/tier", operator: "NotIn", values: ["dev"] }]],
  ["env=", [{ key: "env", operator: "In", values: [""] }]],
  [
    "team in (a, b),owner",
    [
      { key: "team", operator: "In", values: ["a", "b"] },
      { key: "owner", operator: "Exists" },
    ],
  ],
  [
    "team notin (a),!legacy",
    [
      { key: "team", operator: "NotIn", values: ["a"] },
      { key: "legacy", operator: "DoesNotExist" },
    ],
  ],
  ["a b", "usage"],
  ["team in ()", "usage"],
  ["team in (a", "usage"],
  ["a=b=c", "usage"],
  ["=", "usage"],
  ["x".repeat(3000), "usage"],
])("%s", (text, wanted) => {
  expect(said(text)).toEqual(wanted);
});

test("whatever is written is read or refused", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => said(text) !== undefined));
});
