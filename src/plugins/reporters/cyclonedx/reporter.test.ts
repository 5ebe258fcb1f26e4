import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { describe, expect, test } from "vitest";
import {
  finding,
  hostileScan,
  manyFindings,
  scan,
  somePackage,
} from "../../../../test/make-scan.ts";
import { readSbom } from "../../../formats/sbom.ts";
import { readVex } from "../../../formats/vex.ts";
import type { ScanResult } from "../../../model/scan.ts";
import { cyclonedx } from "./reporter.ts";

const screen = { width: 80, colour: false, command: "scan" };
const write = (results: readonly ScanResult[]): string => cyclonedx.report(results, screen);

/** CycloneDX's own schemas, as its library carries them. */
function officialSchema(): ValidateFunction {
  const library = createRequire(import.meta.url).resolve(
    "@cyclonedx/cyclonedx-library/package.json",
  );
  const folder = join(dirname(library), "res/schema");
  const schema = (name: string): object =>
    JSON.parse(readFileSync(join(folder, `${name}.SNAPSHOT.schema.json`), "utf8")) as object;
  const ajv = new Ajv({ strict: false, validateFormats: true, formats: FORMATS });
  ajv.addSchema(schema("spdx"), "http://cyclonedx.org/schema/spdx.SNAPSHOT.schema.json");
  ajv.addSchema(schema("jsf-0.82"), "http://cyclonedx.org/schema/jsf-0.82.SNAPSHOT.schema.json");
  return ajv.compile(schema("bom-1.6"));
}

const FORMATS = {
  "date-time": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
  "iri-reference": /^[^\s<>"\\^`{|}]*$/,
  "idn-email": true,
  email: true,
  time: true,
  uri: true,
  string: true,
} as const;

const validate = officialSchema();
const rich = scan({
  findings: [
    finding({
      id: "CVE-2022-0778",
      name: "libssl1.1",
      exploited: true,
      aliases: ["GHSA-aaaa-bbbb-cccc"],
    }),
    finding({ id: "CVE-2022-0778", name: "openssl" }),
    finding({ id: "CVE-2021-1", name: "bash", fixed: null, severity: "negligible" }),
  ],
  packages: [
    { ...somePackage("libssl1.1", "1.1.1k-1"), dependsOn: ["libc6"], module: "m:1", vendor: "V" },
    { ...somePackage("libc6", "2.31"), licenses: ["GPL-2.0 OR MIT"] },
    { ...somePackage("openssl", "1.1.1k-1"), licenses: ["OpenSSL", "homegrown"] },
    somePackage("bash", "1.1.1k-1"),
    { ...somePackage("@a/b", "1.0.0", "npm"), purl: "pkg:npm/%40a/b@1.0.0", development: true },
  ],
  suppressed: [
    {
      finding: finding({ id: "CVE-5" }),
      by: "vex",
      reason: "vulnerable_code_not_present",
      owner: "v",
      until: null,
    },
    {
      finding: finding({ id: "CVE-6" }),
      by: "exception",
      reason: "internal",
      owner: "me",
      until: "2027-01-01",
    },
  ],
  problems: [{ code: "file-damaged", detail: "cut" }],
});

test.each([
  ["a result", [rich]],
  ["several results", [rich, scan()]],
  ["a hostile result", [hostileScan()]],
  ["a large result", [scan({ findings: manyFindings(500) })]],
  ["nothing", [scan({ packages: [], distribution: null })]],
])("%s is valid by the official schema", (_, results) => {
  validate(JSON.parse(write(results)));
  expect(validate.errors).toBeNull();
});

test("every reference leads to a component, and none is there twice", () => {
  const bom = JSON.parse(write([rich, rich])) as {
    components: { "bom-ref": string; components: { "bom-ref": string }[] }[];
    dependencies: { ref: string; dependsOn?: string[] }[];
    vulnerabilities: { affects: { ref: string }[] }[];
  };
  const refs = bom.components.flatMap((c) => [
    c["bom-ref"],
    ...c.components.map((n) => n["bom-ref"]),
  ]);
  const used = [
    ...bom.dependencies.flatMap((d) => [d.ref, ...(d.dependsOn ?? [])]),
    ...bom.vulnerabilities.flatMap((v) => v.affects.map((a) => a.ref)),
  ];
  expect([new Set(refs).size === refs.length, used.filter((ref) => !refs.includes(ref))]).toEqual([
    true,
    [],
  ]);
});

describe("what we write, we read again", () => {
  const inventory = readSbom(Buffer.from(write([rich])), "bom.json");

  test("packages and system", () => {
    const { endOfLife: _, ...distribution } = rich.distribution ?? {};
    expect(inventory.distribution).toEqual(distribution);
    expect(inventory.problems).toEqual([{ code: "file-damaged", detail: "cut" }]);
    const plain = (packages: ScanResult["packages"]): unknown[] =>
      packages
        .map((p) => ({ ...p, cataloger: "", locations: p.locations.map((l) => l.path) }))
        .sort((a, b) => (a.purl < b.purl ? -1 : 1));
    expect(plain(inventory.packages)).toEqual(plain(rich.packages));
  });

  test("statements", () => {
    const rows = readVex(Buffer.from(write([rich])), "bom.json");
    expect(rows.map((r) => [r.vulnerabilities, r.status, r.products, r.justification])).toEqual([
      [["CVE-5"], "not_affected", ["pkg:deb/debian/openssl@1.1.1k-1"], "code_not_present"],
      [
        ["CVE-6"],
        "affected",
        ["pkg:deb/debian/openssl@1.1.1k-1"],
        "set aside (exception): internal; owner me; until 2027-01-01",
      ],
    ]);
  });
});

test("the schema is seen to refuse", () => {
  const bom = JSON.parse(write([rich])) as { components: object[] };
  expect(validate({ ...bom, components: [{ type: "gadget", name: "x" }] })).toBe(false);
});

test("what could not be examined is told, and known when it is read again", () => {
  const partial = scan({
    problems: [
      { code: "layer-skipped", detail: "layer 2 is foreign: no" },
      { code: "data-old", detail: "3 days" },
    ],
  });
  const written = write([partial, scan()]);
  expect(readSbom(Buffer.from(written), "bom.json").problems).toEqual([
    { code: "layer-skipped", detail: "layer 2 is foreign: no" },
  ]);
});
