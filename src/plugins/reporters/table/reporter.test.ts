import { describe, expect, test } from "vitest";
import {
  codeFinding,
  finding,
  HOSTILE,
  hostileScan,
  manyFindings,
  scan,
} from "../../../../test/make-scan.ts";
import { columns } from "../../../kit/display.ts";
import { answerOf } from "../../../model/answer.ts";
import { jointAnswer } from "../../../model/joint-answer.ts";
import type { ScanResult } from "../../../model/scan.ts";
import { table } from "./reporter.ts";

const plain = { width: 80, colour: false, command: "scan" };
const openssl = { upgrade: "openssl", version: "1.1.1k-1", fixed: "1.1.1w-1" };
const result = scan({
  findings: [
    finding({ ...openssl, id: "CVE-2022-0778", name: "libssl1.1", exploited: true }),
    ...Array.from({ length: 6 }, (_, i) =>
      finding({
        ...openssl,
        id: `CVE-2023-000${i}`,
        name: "openssl",
        severity: "medium",
        score: 40,
      }),
    ),
    finding({ id: "CVE-2021-1", name: "bash", version: "5.1-2", fixed: null, severity: "low" }),
    codeFinding(),
  ],
  problems: [
    { code: "exception-unused", detail: "the exception for CVE-1 fits nothing any more" },
    { code: "file-damaged", detail: "cannot read it: cut", path: "var/lib/dpkg/status" },
  ],
  suppressed: [
    { finding: finding({ id: "CVE-9" }), by: "vex", reason: "r", owner: null, until: null },
  ],
});

const lines = (results: readonly ScanResult[], width = 80): string[] =>
  table
    .report(results, { ...plain, width })
    .trimEnd()
    .split("\n");

test("the page of one result", () => {
  expect(lines([result])).toEqual([
    answerOf(result),
    "",
    "image     registry.example/team/api:1.2, linux/amd64, 2 layers",
    "system    Debian GNU/Linux 11 (bullseye), security support ended on 2026-08-31",
    "packages  4 deb",
    "data      12,345 advisories, of 2026-11-24 07:00 UTC",
    "",
    "TO FIX",
    " 1. upgrade openssl 1.1.1k-1 → 1.1.1w-1            closes 7, one known exploited",
    "    CVE-2022-0778 high        95  known exploited since 2022-03-01; summary of …",
    "    CVE-2023-0005 medium      40  summary of CVE-2023-0005",
    "    CVE-2023-0004 medium      40  summary of CVE-2023-0004",
    "    CVE-2023-0003 medium      40  summary of CVE-2023-0003",
    "    and 3 more: 3 medium",
    "    in var/lib/dpkg/status - layer 1: ADD file:0123 in /",
    "",
    "IN CODE",
    "    high       src/db.js:42",
    "      This query depends on a user-provided value",
    "      CodeQL js/sql-injection",
    "",
    "NO FIX YET  1: 1 low",
    "    CVE-2021-1    low         60  summary of CVE-2021-1",
    "      bash 5.1-2",
    "",
    "NOT ALL IS KNOWN",
    "    file-damaged",
    "      var/lib/dpkg/status: cannot read it: cut",
    "    exception-unused",
    "      the exception for CVE-1 fits nothing any more",
    "",
    "set aside, not counted: 1 by VEX",
    "",
    "next: bulwark explain CVE-2022-0778  why it matched, where, and what to do",
  ]);
});

test("several results begin with the answer of all of them", () => {
  const page = lines([result, scan()]);
  expect([page[0], page[2], page.includes(answerOf(scan()))]).toEqual([
    jointAnswer([result, scan()]),
    answerOf(result),
    true,
  ]);
});

test("without full data the next step is to get it", () => {
  const data = {
    kind: "starter",
    builtAt: null,
    ageHours: null,
    ecosystems: [],
    advisories: 9,
  } as const;
  const page = lines([{ ...result, data }]);
  expect(page[page.length - 1]).toBe(
    "next: bulwark db update  get the full advisory data, then scan again",
  );
});

test.each([
  [
    "what is not covered",
    "ecosystem-unsupported",
    "bulwark db status  what the advisory data covers",
  ],
  ["what is old", "data-old", "bulwark db update  get newer advisory data"],
] as const)("where nothing was found, the next step is about %s", (_, code, wanted) => {
  const page = lines([scan({ findings: [], problems: [{ code, detail: "x" }] })]);
  expect(page[page.length - 1]).toBe(`next: ${wanted}`);
});

test("a project's images are a next step of their own", () => {
  const { artifact } = scan();
  const namesImagesIn = ["compose.yaml", "k8s", "a b", "-x", "deep/".repeat(20), "compose.yaml"];
  const page = lines([scan({ findings: [], artifact: { ...artifact, namesImagesIn } })]);
  expect(page[page.length - 1]).toBe(
    "next: bulwark scan compose.yaml k8s  the images that are named there",
  );
});

describe.each([40, 80, 140])("in %i columns", (width) => {
  test("no line but the answer and an upgrade's versions is wider", () => {
    const page = lines([result, scan({ findings: manyFindings(500) }), hostileScan()], width);
    const wide = page.filter((line) => columns(line) > width);
    expect(wide.filter((line) => !/ : |^ *\d+\. upgrade /.test(line))).toEqual([]);
  });
});

test("a hundred thousand findings make a page of bounded length", () => {
  const page = lines([scan({ findings: manyFindings(100_000) })]);
  expect(page.length).toBeLessThan(200);
});

test("colours are the only escapes, and they leave the text as it is", () => {
  const coloured = table.report([hostileScan(), result], { ...plain, colour: true });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them.
  const stripped = coloured.replaceAll(/\u001b\[[\d;]+m/g, "");
  expect(stripped).toBe(table.report([hostileScan(), result], plain));
});

test("what an image says cannot steer the terminal", () => {
  const page = table.report([hostileScan()], plain);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about.
  expect(page.match(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u200b]/g)).toBeNull();
  expect(page).not.toContain(HOSTILE);
});

test("an id that a shell would not take as one word is not offered as a command", () => {
  const page = lines([scan({ findings: [finding({ id: "CVE-1; rm -rf ~" })] })]);
  expect(page.some((line) => line.startsWith("next:"))).toBe(false);
});
