import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { describeShared, sharedPath } from "../../../test/shared.ts";
import { escapeText, unescapeText } from "./escape.ts";
import { FaultFound } from "./fault.ts";
import { parseCondition } from "./parse-condition.ts";
import { printCondition } from "./print-condition.ts";

interface Row {
  readonly kind: string;
  readonly filter: string;
  readonly error?: string;
  readonly as_string?: string;
}

interface EscapeRow {
  readonly test: string;
  readonly kind: string;
  readonly input: string;
  readonly output: string;
  readonly body: string;
}

function rows<T>(name: string): T[] {
  const file = sharedPath(`fixtures/runtime/filter-language/${name}.json`);
  return JSON.parse(readFileSync(file, "utf8")) as T[];
}

function isAsWanted({ kind, filter, error, as_string }: Row): boolean {
  const { expression, fault } = parseCondition(filter);
  if (kind === "accept") return fault === null;
  if (kind === "reject") return fault !== null && (error === undefined || fault.message === error);
  return expression !== null && printCondition(expression) === as_string;
}

describeShared("Falco's tests of its parser", () => {
  it("are answered as wanted, all of them", () => {
    const all = rows<Row>("parser");
    const missed = all.filter((row) => !isAsWanted(row)).map(({ filter }) => filter);
    expect(all).toHaveLength(537);
    expect(missed).toEqual([]);
  });

  it("escape as theirs", () => {
    const all = rows<EscapeRow>("escaping");
    expect(all.filter((row) => !isEscapedAsWanted(row))).toEqual([]);
    expect(all).toHaveLength(20);
  });
});

function isEscapedAsWanted({ test: name, kind, input, output, body }: EscapeRow): boolean {
  // Its name says the other way round, which the rows do not.
  if (name.endsWith("single_quotes_bidirectional")) return unescaped(escapeText(input)) === input;
  if (kind === "escape") return escapeText(input) === output;
  if (kind === "roundtrip") return unescaped(escapeText(input)) === input;
  if (kind === "unescape") return unescapeText(body, '"', 0) === output;
  try {
    unescapeText(body, '"', 0);
    return false;
  } catch (error) {
    return error instanceof FaultFound;
  }
}

function unescaped(written: string): string {
  return written.startsWith('"') ? unescapeText(written.slice(1, -1), '"', 0) : written;
}

describe("faults say where and what is expected", () => {
  test.each([
    [
      "a and (b or c",
      13,
      'expected ")" to close the expression in brackets instead of the end',
      null,
    ],
    [
      "proc.name startwith x",
      10,
      'expected an operator instead of "startwith"',
      'did you mean "startswith "?',
    ],
    ["proc.name in (a, , b)", 17, 'expected a text instead of ","', null],
    ["a.b = 1 c.d = 2", 8, 'unexpected "c.d", where "and", "or" or the end is expected', null],
    ["a.b = 'x", 6, "a quoted text does not end", expect.stringContaining("x5c")],
    ["a.b = 'x\\q'", 8, '"\\\\q" is no escape in \' quotes', expect.stringContaining("twice")],
    ["a.b = '\\xff'", 7, "\\xff is no UTF-8", expect.stringContaining("bcontains")],
    ["", 0, "the condition is empty", null],
    ["(".repeat(5000), 161, "nested more than 160 deep", null],
    ["tolower(".repeat(5000), 1288, "nested more than 160 deep", null],
  ])("%.40s", (text, at, message, hint) => {
    expect(parseCondition(text).fault).toEqual({ at, message, hint });
  });
});

const NAME = fc.constantFrom("proc.name", "evt.type", "fd.name");
const TEXT = fc.string({ unit: "grapheme-ascii", maxLength: 8 });
const CHECK = fc.oneof(
  fc
    .tuple(NAME, fc.constantFrom("=", "!=", "contains", "glob"), TEXT)
    .map(([name, operator, text]) => `${name} ${operator} ${escapeText(text)}`),
  fc
    .tuple(NAME, fc.array(TEXT, { maxLength: 3 }))
    .map(([name, list]) => `${name} in (${list.map(escapeText).join(", ")})`),
  fc.constantFrom(
    "a_macro",
    "proc.name exists",
    "tolower(proc.name) startswith anyof (a, b)",
    "evt.arg[0] = val(fd.name)",
  ),
);
const CONDITION = fc.letrec<{ all: string }>((tie) => ({
  all: fc.oneof(
    { depthSize: "small" },
    CHECK,
    fc
      .tuple(tie("all"), fc.constantFrom("and", "or"), tie("all"))
      .map(([a, word, b]) => `(${a}) ${word} (${b})`),
    tie("all").map((inner) => `not (${inner})`),
  ),
})).all;

describe("any text", () => {
  it("never makes it throw", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 60 }),
        (text) => void parseCondition(text),
      ),
    );
    const words = fc.constantFrom(
      "and",
      "or",
      "not ",
      "(",
      ")",
      " ",
      "a.b",
      "=",
      "in",
      "'",
      '"',
      "\\",
      ",",
      "val(",
      "oneof ",
      "[",
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), (all) => void parseCondition(all.join(""))),
    );
  });

  it("means what its print means", () => {
    fc.assert(
      fc.property(CONDITION, (text) => {
        const { expression, fault } = parseCondition(text);
        expect(fault).toBeNull();
        const printed = expression === null ? "" : printCondition(expression);
        const again = parseCondition(printed).expression;
        expect(again === null ? null : printCondition(again)).toBe(printed);
      }),
    );
  });
});
