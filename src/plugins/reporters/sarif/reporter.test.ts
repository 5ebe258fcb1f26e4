import { expect, test } from "vitest";
import {
  codeFinding,
  configFinding,
  finding,
  hostileScan,
  manyFindings,
  scan,
} from "../../../../test/make-scan.ts";
import { readSarif } from "../../../formats/sarif.ts";
import type { ScanResult } from "../../../model/scan.ts";
import { sarif } from "./reporter.ts";

const screen = { width: 80, colour: false, command: "scan" };
const write = (results: readonly ScanResult[]): string => sarif.report(results, screen);

interface Log {
  readonly version: string;
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly Rule[] } };
    readonly results: readonly Result[];
    readonly invocations: readonly { readonly executionSuccessful: boolean }[];
  }[];
}
interface Rule {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
  readonly properties: { readonly "security-severity": string };
}
interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string };
      readonly region: { readonly startLine: number };
    };
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly suppressions?: readonly { readonly kind: string; readonly status: string }[];
}

/** What the standard (sections 3.13 to 3.52) and code hosts demand. */
function faults(text: string): string[] {
  const log = JSON.parse(text) as Log;
  const check = (isRight: boolean, what: string): string[] => (isRight ? [] : [what]);
  return [
    ...check(log.version === "2.1.0", "3.13.2 version"),
    ...log.runs.flatMap(({ tool, results }) => [
      ...check(tool.driver.name !== "", "3.19.8 name"),
      ...check(
        new Set(tool.driver.rules.map((r) => r.id)).size === tool.driver.rules.length,
        "3.19.23 unique",
      ),
      ...tool.driver.rules.flatMap((rule) => [
        ...check(rule.id !== "" && rule.shortDescription.text !== "", `3.49 ${rule.id}`),
        ...check(
          /^(10|\d)\.\d$/.test(rule.properties["security-severity"]),
          `severity of ${rule.id}`,
        ),
      ]),
      ...results.flatMap((r) => [
        ...check(tool.driver.rules[r.ruleIndex]?.id === r.ruleId, "3.27.6 rule"),
        ...check(["error", "warning", "note"].includes(r.level), "3.27.10 level"),
        ...check(r.message.text !== "", "3.11.8 message"),
        ...check(r.locations.length > 0, "a location"),
        ...r.locations.flatMap(({ physicalLocation: { artifactLocation, region } }) =>
          check(
            /^[A-Za-z0-9\-._~%!'()*/]+$/.test(artifactLocation.uri) && region.startLine > 0,
            `3.4.3 ${artifactLocation.uri}`,
          ),
        ),
      ]),
    ]),
  ];
}

const rich = scan({
  findings: [
    finding({ id: "CVE-2022-0778", exploited: true }),
    finding({ id: "CVE-2022-0778", name: "libssl1.1", path: "a b/c:d", line: 7 }),
    finding({ id: "CVE-2021-1", name: "bash", fixed: null, severity: "low" }),
    codeFinding({ locations: [] }),
  ],
  suppressed: [
    {
      finding: finding({ id: "CVE-5" }),
      by: "exception",
      reason: "internal",
      owner: "me",
      until: null,
    },
  ],
});

test.each([
  ["a result", [rich]],
  ["several results", [rich, scan()]],
  ["a hostile result", [hostileScan()]],
  ["a large result", [scan({ findings: manyFindings(500) })]],
])("%s has all that the standard and code hosts demand", (_, results) => {
  expect(faults(write(results))).toEqual([]);
});

test("a result says what is affected and what closes it, and stays the same over scans", () => {
  const [run] = (JSON.parse(write([rich])) as Log).runs;
  const result = run?.results[1];
  expect([
    result?.message.text,
    result?.level,
    result?.partialFingerprints,
    result?.locations[0]?.physicalLocation,
  ]).toEqual([
    "libssl1.1 1.1.1k-1 is affected by CVE-2022-0778: summary of CVE-2022-0778 (upgrade libssl1.1 to 1.1.1w-1)",
    "error",
    { "bulwarkFinding/v1": rich.findings[1]?.id },
    { artifactLocation: { uri: "a%20b/c%3Ad" }, region: { startLine: 7 } },
  ]);
});

test("two versions of one package in one run are told apart, and one alone goes by the finding's id", () => {
  const ms = (version: string) =>
    finding({ id: "CVE-2024-1", name: "ms", type: "npm", version, fixed: "3.0.0" });
  const prints = (...versions: readonly string[]): unknown[] => {
    const [run] = (JSON.parse(write([scan({ findings: versions.map(ms) })])) as Log).runs;
    return run?.results.map((r) => Object.values(r.partialFingerprints)[0]) ?? [];
  };
  expect([new Set(prints("1.0.0", "2.0.0")).size, prints("1.0.0")]).toEqual([2, [ms("1.0.0").id]]);
});

test("what could not be examined makes the run unsuccessful", () => {
  const partial = scan({ problems: [{ code: "file-damaged", detail: "cut" }] });
  const successes = (JSON.parse(write([partial, rich])) as Log).runs.map(
    (run) => run.invocations[0]?.executionSuccessful,
  );
  expect(successes).toEqual([false, true]);
});

test("what we write, we read again, without what was set aside", () => {
  const { findings, problems } = readSarif(Buffer.from(write([rich])), "a.sarif");
  expect([findings.map((f) => [f.rule.id, f.severity, f.tool]), problems]).toEqual([
    [
      ["CVE-2022-0778", "high", "bulwark"],
      ["CVE-2022-0778", "high", "bulwark"],
      ["CVE-2021-1", "high", "bulwark"],
      ["js/sql-injection", "high", "bulwark"],
    ],
    [],
  ]);
});

test("a finding of configuration has its column, and why and how to fix it in its rule", () => {
  const [run] = (JSON.parse(write([scan({ findings: [configFinding()] })])) as Log).runs;
  const [result] = run?.results ?? [];
  expect(result?.locations[0]?.physicalLocation).toEqual({
    artifactLocation: { uri: "deploy/web.yaml" },
    region: { startLine: 12, startColumn: 9 },
  });
  expect([result?.ruleId, result?.level, run?.tool.driver.rules[0]?.id]).toEqual([
    "no-privileged",
    "error",
    "no-privileged",
  ]);
});
