import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AppError } from "../kit/error.ts";
import { readSarif } from "./sarif.ts";

const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const log = (run: object): object => ({ version: "2.1.0", runs: [run] });
const read = (run: object): ReturnType<typeof readSarif> => readSarif(bytes(log(run)), "a.sarif");

const driver = {
  name: "CodeQL",
  rules: [
    {
      id: "js/sql-injection",
      name: "SqlInjection",
      shortDescription: { text: "SQL injection" },
      fullDescription: { text: "Built from input" },
      help: { text: "Use parameters" },
      helpUri: "https://codeql.example/sql",
      defaultConfiguration: { level: "error" },
      properties: { "security-severity": "8.8" },
      messageStrings: { default: { text: "Depends on {0} and {1}." } },
    },
    { id: "js/unused", helpUri: "javascript:alert(1)", defaultConfiguration: { level: "note" } },
  ],
};
const place = (uri: string, startLine?: number): object => ({
  physicalLocation: { artifactLocation: { uri }, region: { startLine } },
});

test("a result, with what its rule says", () => {
  const { findings, problems } = read({
    tool: { driver },
    results: [
      {
        ruleId: "js/sql-injection",
        ruleIndex: 0,
        message: { id: "default", arguments: ["a", "b"] },
        locations: [place("src/my%20db.js", 42)],
        partialFingerprints: { primaryLocationLineHash: "abc:1" },
      },
    ],
  });
  expect([findings, problems]).toEqual([
    [
      {
        kind: "code",
        id: findings[0]?.id,
        severity: "high",
        priority: { score: 31, reasons: ["high, security severity 8.8"] },
        rule: {
          id: "js/sql-injection",
          title: "SQL injection",
          help: "Use parameters",
          url: "https://codeql.example/sql",
        },
        tool: "CodeQL",
        message: "Depends on a and b.",
        locations: [{ path: "src/my db.js", layer: null, line: 42 }],
      },
    ],
    [],
  ]);
  expect(findings[0]?.id).toMatch(/^[0-9a-f]{16}$/);
});

test.each([
  ["the level of the result", { ruleId: "js/unused", level: "error" }, "high"],
  ["the level of the rule", { ruleId: "js/unused" }, "low"],
  ["a rule that is a child of a known one", { ruleId: "js/unused/child" }, "low"],
  ["the default of the standard", { ruleId: "unknown" }, "medium"],
  [
    "a score of the result's own",
    { ruleId: "x", properties: { "security-severity": 9.1 } },
    "critical",
  ],
  ["a score that is none", { ruleId: "x", properties: { "security-severity": "much" } }, "medium"],
])("severity comes from %s", (_, result, severity) => {
  const { findings } = read({ tool: { driver }, results: [result] });
  expect(findings.map((f) => f.severity)).toEqual([severity]);
});

test.each([
  ["suppressed in the source", { suppressions: [{ kind: "inSource" }] }, 0],
  ["suppressed and accepted", { suppressions: [{ kind: "external", status: "accepted" }] }, 0],
  ["suppressed and rejected", { suppressions: [{ kind: "external", status: "rejected" }] }, 1],
  ["suppression under review", { suppressions: [{ kind: "external", status: "underReview" }] }, 1],
  ["not there any more", { baselineState: "absent" }, 0],
  ["there as before", { baselineState: "unchanged" }, 1],
  ["passed", { kind: "pass" }, 0],
  ["to be reviewed", { kind: "review" }, 1],
])("a result that is %s counts %s", (_, facts, number) => {
  const { findings } = read({ tool: { driver }, results: [{ ruleId: "a", ...facts }] });
  expect(findings.length).toBe(number);
});

test("rules of extensions, artifacts by index, addresses that are no web pages", () => {
  const { findings } = read({
    tool: {
      driver: { name: "T" },
      extensions: [{ name: "E", rules: [{ id: "e/1", name: "One" }] }],
    },
    artifacts: [{ location: { uri: "file:///src/a.c" } }],
    results: [
      {
        rule: { index: 0, toolComponent: { index: 0 } },
        message: { text: "m" },
        locations: [{ physicalLocation: { artifactLocation: { index: 0 } } }],
      },
    ],
  });
  expect(findings.map((f) => [f.rule, f.locations])).toEqual([
    [{ id: "e/1", title: "One", help: null, url: null }, [{ path: "src/a.c", layer: null }]],
  ]);
  expect(
    read({ tool: { driver }, results: [{ ruleId: "js/unused" }] }).findings[0]?.rule.url,
  ).toBeNull();
});

test("fingerprints keep an id when lines move; place and message do where there are none", () => {
  const idOf = (facts: object): string | undefined =>
    read({ tool: { driver }, results: [{ ruleId: "a", ...facts }] }).findings[0]?.id;
  const print = { partialFingerprints: { h: "1" } };
  expect(idOf({ ...print, locations: [place("a", 1)] })).toBe(
    idOf({ ...print, locations: [place("a", 9)] }),
  );
  expect(idOf({ locations: [place("a", 1)] })).not.toBe(idOf({ locations: [place("a", 9)] }));
});

test("a run that did not succeed, or keeps results elsewhere, is a problem", () => {
  const { problems } = read({
    tool: { driver },
    invocations: [{ executionSuccessful: false }],
    externalPropertyFileReferences: { results: [] },
  });
  expect(problems).toEqual([
    { code: "document-partial", detail: "CodeQL says that its run did not succeed" },
    { code: "document-partial", detail: "CodeQL keeps parts of its report in other files" },
  ]);
});

describe("a report in which no tool says that it has looked", () => {
  const tool = { driver: { name: "CodeQL" } };
  test.each<[string, unknown, readonly string[]]>([
    ["no runs", [], ["no tool has run"]],
    ["a run that is none", [5], ["no tool has run", "1 run cannot be read"]],
    ["no results", [{ tool }], ["CodeQL gives no list of results"]],
    ["null for results", [{ tool, results: null }], ["CodeQL gives no list of results"]],
    ["results by name", [{ tool, results: { a: {} } }], ["CodeQL gives no list of results"]],
    [
      "results that are none",
      [{ tool, results: [null, 1] }],
      ["2 results of CodeQL cannot be read"],
    ],
    ["an empty list of results", [{ tool, results: [] }], []],
  ])("%s", (_, runs, details) => {
    const { problems } = readSarif(bytes({ version: "2.1.0", runs }), "a");
    expect(problems).toEqual(details.map((detail) => ({ code: "document-partial", detail })));
  });
});

describe("what is no report", () => {
  test.each([
    ['{"version":"2.0.0","runs":[]}', "its version is 2.0.0, and 2.1.0 with runs is read"],
    ["{}", "it has no version, and 2.1.0 with runs is read"],
    ["[", "it is not JSON"],
  ])("%s", (input, state) => {
    expect(() => readSarif(Buffer.from(input), "a")).toThrow(
      `cannot read SARIF report "a": ${state}`,
    );
  });

  test("nothing else is ever thrown", () => {
    const runs = fc
      .jsonValue()
      .map((value) =>
        log({ tool: { driver: value }, results: [value, { rule: value, locations: [value] }] }),
      );
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), runs.map(bytes)), (input) => {
        try {
          readSarif(input, "x");
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});
