import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeShared, sharedPath } from "../../test/shared.ts";
import { AppError } from "../kit/error.ts";
import type { Package } from "../model/package.ts";
import { readSbom } from "./sbom.ts";

const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const read = (value: unknown): ReturnType<typeof readSbom> =>
  readSbom(bytes(value), "/tmp/bom.json");
const cycloneDx = (facts: object): object => ({
  bomFormat: "CycloneDX",
  specVersion: "1.5",
  ...facts,
});
const spdx = (facts: object): object => ({
  spdxVersion: "SPDX-2.3",
  SPDXID: "SPDXRef-DOCUMENT",
  ...facts,
});
const property = (name: string, value: string): object => ({ name, value });
const withoutPlace = (packages: readonly Package[]): unknown[] =>
  packages.map(({ locations: _, cataloger: __, ...rest }) => rest);

describe("CycloneDX as Trivy writes it", () => {
  const document = cycloneDx({
    components: [
      { "bom-ref": "os", type: "operating-system", name: "debian", version: "11.5" },
      {
        "bom-ref": "libc",
        type: "library",
        name: "libc6",
        version: "2.31-13+deb11u5",
        purl: "pkg:deb/debian/libc6@2.31-13%2Bdeb11u5?arch=amd64&distro=debian-11.5",
        licenses: [{ license: { name: "LGPL-2.1" } }],
        properties: [
          property("aquasecurity:trivy:SrcName", "glibc"),
          property("aquasecurity:trivy:SrcVersion", "2.31"),
          property("aquasecurity:trivy:SrcRelease", "13+deb11u5"),
        ],
      },
      {
        type: "library",
        name: "core",
        purl: "pkg:npm/%40babel/core@7.0.0",
        properties: [property("aquasecurity:trivy:FilePath", "app/package-lock.json")],
      },
      { type: "application", name: "package-lock.json" },
    ],
    dependencies: [{ ref: "os", dependsOn: ["libc"] }],
  });

  test("packages, their sources, places and system", () => {
    expect(read(document)).toEqual({
      distribution: {
        id: "debian",
        versionId: "11",
        codename: null,
        name: "debian 11.5",
        like: [],
      },
      packages: [
        {
          type: "deb",
          name: "libc6",
          version: "2.31-13+deb11u5",
          source: { name: "glibc", version: "2.31-13+deb11u5" },
          architecture: "amd64",
          licenses: ["LGPL-2.1"],
          purl: "pkg:deb/debian/libc6@2.31-13%2Bdeb11u5?arch=amd64&distro=debian-11.5",
          cataloger: "sbom",
          locations: [{ path: "tmp/bom.json", layer: null }],
        },
        {
          type: "npm",
          name: "@babel/core",
          version: "7.0.0",
          purl: "pkg:npm/%40babel/core@7.0.0",
          cataloger: "sbom",
          locations: [{ path: "app/package-lock.json", layer: null }],
        },
      ],
      problems: [],
    });
  });
});

describe("CycloneDX as Syft writes it", () => {
  test("rpm with epoch, module and source rpm; the system from its properties", () => {
    const found = read(
      cycloneDx({
        components: [
          {
            type: "library",
            name: "openssl-libs",
            purl: "pkg:rpm/rhel/openssl-libs@1.1.1k-7.el8?arch=x86_64&distro=rhel-8.6&epoch=1&upstream=openssl-1.1.1k-7.el8.src.rpm",
            properties: [
              property("syft:location:0:path", "/var/lib/rpm/Packages"),
              property("syft:metadata:modularityLabel", "openssl:8:2020:abc"),
            ],
          },
          {
            type: "operating-system",
            name: "rhel",
            version: "8.6",
            description: "Red Hat Enterprise Linux 8.6 (Ootpa)",
            properties: [
              property("syft:distro:id", "rhel"),
              property("syft:distro:versionID", "8.6"),
              property("syft:distro:idLike:0", "fedora"),
            ],
          },
        ],
      }),
    );
    expect([found.distribution, withoutPlace(found.packages), found.problems]).toEqual([
      {
        id: "rhel",
        versionId: "8.6",
        codename: null,
        name: "Red Hat Enterprise Linux 8.6 (Ootpa)",
        like: ["fedora"],
      },
      [
        {
          type: "rpm",
          name: "openssl-libs",
          version: "1:1.1.1k-7.el8",
          source: { name: "openssl", version: "1:1.1.1k-7.el8" },
          architecture: "x86_64",
          module: "openssl:8",
          purl: "pkg:rpm/rhel/openssl-libs@1.1.1k-7.el8?arch=x86_64&distro=rhel-8.6&epoch=1&upstream=openssl-1.1.1k-7.el8.src.rpm",
        },
      ],
      [],
    ]);
  });

  test.each([
    [
      "pkg:apk/alpine/libcrypto3@3.1.4-r1?distro=alpine-3.19.1&upstream=openssl",
      "alpine",
      "3.19.1",
    ],
    ["pkg:apk/alpine/libcrypto3@3.1.4-r1?distro=3.19.1", "alpine", "3.19.1"],
    ["pkg:deb/debian/a@1?distro=sid", "debian", null],
    ["pkg:deb/debian/a@1?distro=debian-sid", "debian", null],
    ["pkg:apk/wolfi/a@1?distro=wolfi-20230201", "wolfi", "20230201"],
  ])("without an operating system the purl tells: %s", (purl, id, versionId) => {
    expect(read(cycloneDx({ components: [{ type: "library", name: "a", purl }] }))).toMatchObject({
      distribution: { id, versionId },
    });
  });
});

describe("SPDX", () => {
  test("purls, sources in Trivy's and places in Syft's words, relationships, the root left out", () => {
    const ref = (referenceLocator: string): object => ({
      externalRefs: [
        { referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator },
      ],
    });
    const found = read(
      spdx({
        documentDescribes: ["SPDXRef-root"],
        packages: [
          { SPDXID: "SPDXRef-root", name: "image" },
          {
            SPDXID: "SPDXRef-os",
            name: "alpine",
            versionInfo: "3.18.2",
            primaryPackagePurpose: "OPERATING-SYSTEM",
          },
          {
            SPDXID: "SPDXRef-a",
            name: "libssl3",
            versionInfo: "3.1.1-r1",
            sourceInfo: "built package from: openssl 3.1.1-r1",
            licenseDeclared: "Apache-2.0",
            ...ref("pkg:apk/alpine/libssl3@3.1.1-r1?arch=x86_64&distro=3.18.2"),
          },
          {
            SPDXID: "SPDXRef-b",
            name: "b",
            sourceInfo:
              "acquired package info from installed node module manifest file: /app/b/package.json",
            licenseConcluded: "NOASSERTION",
            licenseDeclared: "NOASSERTION",
            ...ref("pkg:npm/b@2"),
          },
          { SPDXID: "SPDXRef-c", name: "nameless", versionInfo: "1" },
        ],
        relationships: [
          {
            spdxElementId: "SPDXRef-b",
            relatedSpdxElement: "SPDXRef-a",
            relationshipType: "DEPENDS_ON",
          },
        ],
      }),
    );
    expect(found).toEqual({
      distribution: {
        id: "alpine",
        versionId: "3.18.2",
        codename: null,
        name: "alpine 3.18.2",
        like: [],
      },
      packages: [
        {
          type: "apk",
          name: "libssl3",
          version: "3.1.1-r1",
          source: { name: "openssl", version: "3.1.1-r1" },
          architecture: "x86_64",
          licenses: ["Apache-2.0"],
          purl: "pkg:apk/alpine/libssl3@3.1.1-r1?arch=x86_64&distro=3.18.2",
          cataloger: "sbom",
          locations: [{ path: "tmp/bom.json", layer: null }],
        },
        {
          type: "npm",
          name: "b",
          version: "2",
          dependsOn: ["libssl3"],
          purl: "pkg:npm/b@2",
          cataloger: "sbom",
          locations: [{ path: "app/b/package.json", layer: null }],
        },
      ],
      problems: [
        { code: "document-partial", detail: '"nameless 1": without a purl cannot be matched' },
      ],
    });
  });
});

describe("what cannot be matched", () => {
  test("is a problem with names and counts, and takes nothing along", () => {
    const found = read(
      cycloneDx({
        components: [
          { type: "library", name: "a", version: "1" },
          { type: "library", name: "b", purl: "pkg:npm" },
          { type: "library", name: "c", purl: "pkg:npm/c" },
          { type: "library", name: "d", purl: "pkg:swift/github.com/a/d@1" },
          { type: "file", name: "/bin/sh" },
          { type: "library", name: "e", purl: "pkg:npm/e@1" },
          "nonsense",
        ],
      }),
    );
    expect([found.packages.map((p) => p.name), found.problems]).toEqual([
      ["c", "e"],
      [
        { code: "document-partial", detail: "1 entry cannot be read" },
        { code: "document-partial", detail: '"a 1": without a purl cannot be matched' },
        { code: "document-partial", detail: '"pkg:npm": has a purl that cannot be read' },
        { code: "document-partial", detail: '"pkg:npm/c": without a version cannot be matched' },
        { code: "ecosystem-unsupported", detail: "1 package of type swift cannot be matched" },
      ],
    ]);
  });

  test("components are found at any reasonable depth, once for each purl", () => {
    const e = { type: "library", name: "e", purl: "pkg:npm/e@1" };
    const found = read(
      cycloneDx({ components: [{ type: "application", name: "x", components: [e, e] }, e] }),
    );
    expect(found.packages.length).toBe(1);
  });
});

describe("documents that cannot be read at all", () => {
  test.each([
    ["not JSON", Buffer.from("{"), "it is not JSON"],
    ["XML", Buffer.from('<?xml version="1.0"?><bom/>'), "it is XML, and JSON is read"],
    ["a list", Buffer.from("[]"), "its top is not an object"],
    ["something else", Buffer.from('{"a":1}'), "it is neither CycloneDX nor SPDX"],
    [
      "SPDX 3",
      Buffer.from('{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[]}'),
      "it is SPDX 3, and 2.2 and 2.3 are read",
    ],
  ])("%s", (_, input, state) => {
    expect(() => readSbom(input, "a.json")).toThrow(`cannot read SBOM "a.json": ${state}`);
  });

  test("nothing but that failure is ever thrown", () => {
    const json = fc.jsonValue().map((value) => ({
      bomFormat: "CycloneDX",
      spdxVersion: "SPDX-2.3",
      components: [value],
      packages: value,
    }));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), json.map(bytes)), (input) => {
        try {
          readSbom(input, "x");
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});

test.each<[string, object]>([
  ["no list of components", cycloneDx({ components: { a: {} } })],
  ["a component that is none", cycloneDx({ components: [null, { type: "file", name: "a" }] })],
  ["a package that is none", spdx({ packages: ["pkg:npm/a@1"] })],
])("%s is told", (_, document) => {
  expect(read(document).problems).toEqual([
    { code: "document-partial", detail: "1 entry cannot be read" },
  ]);
});

test("thousands of levels and a hundred thousand components are read within bounds", () => {
  const deep = `{"bomFormat":"CycloneDX","components":[${'{"components":['.repeat(3000)}${"]}".repeat(3000)}]}`;
  expect(readSbom(Buffer.from(deep), "x").problems.map((p) => p.code)).toEqual([
    "document-partial",
  ]);
  const many = Array.from({ length: 100_000 }, (_, i) => ({
    type: "library",
    purl: `pkg:npm/p${i}@1`,
  }));
  expect(read(cycloneDx({ components: many })).packages.length).toBe(100_000);
});

describeShared("inventories by others", () => {
  test.each([
    ["npm-cyclonedx.json.golden", 12],
    ["pom-cyclonedx.json.golden", 2],
  ])("%s", (file, number) => {
    const input = readFileSync(sharedPath(`data/goldens/trivy-lockfiles/${file}`));
    const listed = new Set([...input.toString().matchAll(/"purl": "([^"]+)"/g)].map((m) => m[1]));
    const found = readSbom(input, file);
    expect([found.packages.length, found.problems]).toEqual([listed.size, []]);
    expect(found.packages.length).toBe(number);
  });

  test.each(["bom-go-mod.cyclonedx.json", "bom-go-mod.spdx.json"])("%s is empty", (file) => {
    const input = readFileSync(sharedPath(`fixtures/trust/cosign/test/testdata/${file}`));
    expect(readSbom(input, file)).toEqual({ distribution: null, packages: [], problems: [] });
  });
});
