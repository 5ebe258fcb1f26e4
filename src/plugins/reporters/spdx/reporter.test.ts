import { describe, expect, test } from "vitest";
import {
  finding,
  hostileScan,
  manyFindings,
  scan,
  somePackage,
} from "../../../../test/make-scan.ts";
import { readSbom } from "../../../formats/sbom.ts";
import type { ScanResult } from "../../../model/scan.ts";
import { spdx } from "./reporter.ts";

const screen = { width: 80, colour: false, command: "scan" };
const write = (results: readonly ScanResult[]): string => spdx.report(results, screen);

interface SpdxDocument {
  readonly spdxVersion: string;
  readonly dataLicense: string;
  readonly SPDXID: string;
  readonly name: string;
  readonly documentNamespace: string;
  readonly creationInfo: { readonly created: string; readonly creators: readonly string[] };
  readonly documentDescribes: readonly string[];
  readonly packages: readonly Readonly<Record<string, unknown>>[];
  readonly relationships: readonly Readonly<Record<string, string>>[];
  readonly hasExtractedLicensingInfos?: readonly {
    readonly licenseId: string;
    readonly extractedText: string;
  }[];
}

/** What the specification demands (chapters 6, 7, 10, 11), as far as a document can break it. */
function faults(text: string): string[] {
  const document = JSON.parse(text) as SpdxDocument;
  const ids = [document.SPDXID, ...document.packages.map((p) => String(p["SPDXID"]))];
  const references = new Set((document.hasExtractedLicensingInfos ?? []).map((l) => l.licenseId));
  const used = document.packages
    .flatMap((p) => [String(p["licenseDeclared"]), String(p["licenseConcluded"])])
    .flatMap((expression) => expression.match(/LicenseRef-[^\s()]+/g) ?? []);
  const check = (isRight: boolean, what: string): string[] => (isRight ? [] : [what]);
  return [
    ...check(document.spdxVersion === "SPDX-2.3" && document.dataLicense === "CC0-1.0", "6.1, 6.2"),
    ...check(document.SPDXID === "SPDXRef-DOCUMENT" && document.name !== "", "6.3, 6.4"),
    ...check(/^https:\/\/[^#\s]+$/.test(document.documentNamespace), "6.5"),
    ...check(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(document.creationInfo.created), "6.9"),
    ...check(
      document.creationInfo.creators.every((c) => /^(Tool|Person|Organization): ./.test(c)),
      "6.8",
    ),
    ...ids.filter((id) => !/^SPDXRef-[A-Za-z0-9.-]+$/.test(id)).map((id) => `7.2 ${id}`),
    ...check(new Set(ids).size === ids.length, "7.2 unique"),
    ...document.packages
      .filter((p) => ["name", "downloadLocation"].some((field) => typeof p[field] !== "string"))
      .map((p) => `7.1, 7.7 ${String(p["SPDXID"])}`),
    ...used.filter((ref) => !references.has(ref) || !/^LicenseRef-[A-Za-z0-9.-]+$/.test(ref)),
    ...document.relationships
      .filter(
        (r) =>
          !ids.includes(r["spdxElementId"] ?? "") || !ids.includes(r["relatedSpdxElement"] ?? ""),
      )
      .map((r) => `11.1 ${JSON.stringify(r)}`),
  ];
}

const rich = scan({
  packages: [
    { ...somePackage("libssl1.1", "1.1.1k-1"), dependsOn: ["libc6"], module: "m:1", vendor: "V" },
    { ...somePackage("libc6", "2.31"), licenses: ["GPL-2.0 OR MIT"] },
    { ...somePackage("openssl", "1.1.1k-1"), licenses: ["my own words", "MIT"] },
  ],
});

test.each([
  ["a result", [rich]],
  ["several results", [rich, rich]],
  ["a hostile result", [hostileScan()]],
  ["a large result", [scan({ findings: manyFindings(300) })]],
  ["nothing", [scan({ packages: [], distribution: null, findings: [finding({ id: "CVE-1" })] })]],
])("%s has all that the specification demands", (_, results) => {
  expect(faults(write(results))).toEqual([]);
});

describe("licences", () => {
  test.each([
    [[], "NOASSERTION"],
    [["MIT"], "MIT"],
    [["GPL-2.0 OR MIT", "ISC"], "(GPL-2.0 OR MIT) AND ISC"],
    [["my own words", "MIT"], "LicenseRef-my-own-words-XXXXXXXX AND MIT"],
    [["(MIT"], "LicenseRef-MIT-XXXXXXXX"],
  ])("%j are written as %s", (licenses, wanted) => {
    const text = write([scan({ packages: [{ ...somePackage("a"), licenses }] })]);
    const { packages } = JSON.parse(text) as SpdxDocument;
    const last = packages[packages.length - 1];
    expect(String(last?.["licenseDeclared"]).replace(/-[0-9a-f]{8}\b/g, "-XXXXXXXX")).toBe(wanted);
  });
});

test("what we write, we read again", () => {
  const inventory = readSbom(Buffer.from(write([rich])), "bom.json");
  const { endOfLife: _, ...distribution } = rich.distribution ?? {};
  expect(inventory.distribution).toEqual({ ...distribution, like: [] });
  expect(inventory.problems).toEqual([]);
  const plain = (packages: ScanResult["packages"]): unknown[] =>
    packages
      .map(({ licenses: __, ...p }) => ({
        ...p,
        cataloger: "",
        locations: p.locations.map((l) => l.path),
      }))
      .sort((a, b) => (a.purl < b.purl ? -1 : 1));
  expect(plain(inventory.packages)).toEqual(plain(rich.packages));
});

test("what could not be examined is told, and known when it is read again", () => {
  const partial = scan({
    problems: [
      { code: "layer-skipped", detail: "layer 2 is foreign: no" },
      { code: "data-old", detail: "3 days" },
    ],
  });
  const written = write([partial, rich]);
  expect(readSbom(Buffer.from(written), "bom.json").problems).toEqual([
    { code: "layer-skipped", detail: "layer 2 is foreign: no" },
  ]);
});
