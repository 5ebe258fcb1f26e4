import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import {
  codeFinding,
  finding,
  hostileScan,
  manyFindings,
  scan,
} from "../../../../test/make-scan.ts";
import type { ScanResult } from "../../../model/scan.ts";
import { json } from "./reporter.ts";

const screen = { width: 80, colour: false, command: "scan" };
const schemaPath = new URL("../../../../docs/reference/scan.schema.json", import.meta.url);
const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(schemaPath, "utf8")) as object,
);
const written = (results: readonly ScanResult[]): unknown =>
  JSON.parse(json.report(results, screen));

const rich = scan({
  findings: [finding({ id: "CVE-1", exploited: true, line: 3 }), codeFinding()],
  suppressed: [
    { finding: codeFinding(), by: "baseline", reason: "known", owner: null, until: null },
  ],
  problems: [{ code: "file-damaged", detail: "cut", path: "a", layer: 1, cataloger: "apk" }],
  verdict: { outcome: "deny", reasons: ["1 finding is at least high"] },
  exitCode: 3,
});

test.each([
  ["a result", [rich]],
  ["a result without anything", [scan()]],
  ["several results", [rich, scan()]],
  ["no result", []],
  ["a hostile result", [hostileScan()]],
  ["a large result", [scan({ findings: manyFindings(2000) })]],
])("%s is what the published schema says", (_, results) => {
  validate(written(results));
  expect(validate.errors).toBeNull();
});

test.each([
  ["a schema of another version", { ...rich, schema: "bulwark.dev/scan/v2" }],
  ["a severity that is none", { ...rich, findings: [{ ...codeFinding(), severity: "awful" }] }],
  ["a field that is missing", { ...rich, verdict: undefined }],
  ["a digest that is none", { ...rich, artifact: { ...rich.artifact, digest: "sha256:1" } }],
])("%s is refused by it", (_, document) => {
  expect(validate(JSON.parse(JSON.stringify(document)))).toBe(false);
});

test("one result stands for itself, and is read again as it was", () => {
  expect(written([rich])).toEqual(JSON.parse(JSON.stringify(rich)));
});

test("several results stand in the order in which they came", () => {
  expect(written([rich, scan()])).toMatchObject({
    schema: "bulwark.dev/scans/v1",
    results: [{ exitCode: 3 }, { exitCode: 0 }],
  });
});
