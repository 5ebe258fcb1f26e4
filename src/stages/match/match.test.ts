import { describe, expect, test } from "vitest";
import type { AffectedPackage, Vulnerability } from "../../model/advisory.ts";
import type { Distribution } from "../../model/distribution.ts";
import type { VulnerabilityFinding } from "../../model/finding.ts";
import type { FoundPackage, Package } from "../../model/package.ts";
import { purlOf } from "../../model/purl.ts";
import { schemes } from "../../plugins/schemes/index.ts";
import type { AdvisorySource } from "./contract.ts";
import { type MatchInput, type MatchResult, matchPackages } from "./match.ts";

type Rows = Readonly<Record<string, Readonly<Record<string, readonly Partial<AffectedPackage>[]>>>>;

/** A source out of a literal: ecosystem, name, statements. */
function sourceOf(rows: Rows, flaws: readonly Partial<Vulnerability>[] = []): AdvisorySource {
  const byId = new Map<string, Vulnerability>();
  for (const flaw of flaws) {
    const whole: Vulnerability = { ...UNDESCRIBED, ...flaw };
    for (const id of [whole.id, ...whole.aliases]) byId.set(id, whole);
  }
  return {
    hasEcosystem: (ecosystem) => rows[ecosystem] !== undefined,
    affected: (ecosystem, name) =>
      (rows[ecosystem]?.[name] ?? []).map((said) => ({
        advisory: "CVE-2024-0001",
        vulnerabilities: [],
        ranges: [],
        source: "osv",
        ...said,
      })),
    vulnerability: (id) => byId.get(id) ?? null,
  };
}

const UNDESCRIBED: Vulnerability = {
  id: "CVE-2024-0001",
  aliases: [],
  summary: "",
  severity: "unknown",
  cvss: [],
  epss: null,
  knownExploited: null,
  publishedAt: null,
  modifiedAt: null,
  references: [],
};

function distributionOf(id: string, versionId: string | null, codename?: string): Distribution {
  const name = `${id} ${versionId ?? codename}`;
  return { id, versionId, codename: codename ?? null, name, like: [] };
}

const DEBIAN = distributionOf("debian", "12");

function packageOf(found: FoundPackage, distribution: Distribution | null): Package {
  const purl = purlOf(found, distribution);
  return { ...found, purl, cataloger: "test", locations: [{ path: "evidence", layer: 0 }] };
}

function matched(
  found: FoundPackage | readonly FoundPackage[],
  source: AdvisorySource,
  more: Partial<MatchInput> = {},
): MatchResult {
  const distribution = more.distribution === undefined ? DEBIAN : more.distribution;
  const list = Array.isArray(found) ? (found as readonly FoundPackage[]) : [found as FoundPackage];
  return matchPackages({
    packages: list.map((one) => packageOf(one, distribution)),
    source,
    schemes,
    artifactName: "registry.example/app",
    complete: true,
    today: "2026-11-25",
    ...more,
    distribution,
  });
}

/** What matters of a finding in most tests. */
function brief({ vulnerability, fix, match, severity }: VulnerabilityFinding): string {
  const fixed = fix.version === null ? fix.state : `fixed in ${fix.version}`;
  return `${vulnerability.id} ${severity} ${fixed} by ${match.advisory} (${match.range})`;
}

const OPENSSL: FoundPackage = {
  type: "deb",
  name: "libssl3",
  version: "3.0.11-1~deb12u2",
  source: { name: "openssl", version: "3.0.11-1~deb12u2" },
  architecture: "amd64",
};

describe("a distribution's packages", () => {
  const fixed = { ranges: [{ introduced: "0", fixed: "3.0.13-1~deb12u1" }] };

  test("are found under their source package, and everything is told that is needed to check by hand", () => {
    const source = sourceOf({ "Debian:12": { openssl: [{ ...fixed, severity: "medium" }] } }, [
      {
        severity: "high",
        epss: { probability: 0.04, percentile: 0.9, date: "2026-11-24" },
        cvss: [{ version: "3.1", vector: "CVSS:3.1/…", score: 7.5 }],
      },
    ]);
    expect(matched(OPENSSL, source)).toEqual({
      findings: [
        {
          kind: "vulnerability",
          id: expect.stringMatching(/^[0-9a-f]{16}$/),
          severity: "medium",
          priority: {
            score: 34,
            reasons: [
              "medium, CVSS 7.5",
              "4.0 % likely to be exploited within 30 days",
              "fix available",
            ],
          },
          vulnerability: source.vulnerability("CVE-2024-0001"),
          package: {
            purl: "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12&upstream=openssl",
            type: "deb",
            name: "libssl3",
            version: "3.0.11-1~deb12u2",
          },
          locations: [{ path: "evidence", layer: 0 }],
          fix: { state: "available", version: "3.0.13-1~deb12u1", upgrade: "openssl" },
          match: {
            advisory: "CVE-2024-0001",
            source: "osv",
            ecosystem: "Debian:12",
            lookedUp: "openssl",
            range: ">= 0, < 3.0.13-1~deb12u1",
          },
        },
      ],
      problems: [],
    });
  });

  const briefs = (result: MatchResult): string[] => result.findings.map(brief);

  test("are not found when they are fixed, and when the flaw is in the release of somebody else", () => {
    const source = sourceOf({
      "Debian:12": { openssl: [{ ranges: [{ introduced: "0", fixed: "3.0.11-1~deb12u2" }] }] },
      "Debian:11": { openssl: [fixed] },
    });
    expect(matched(OPENSSL, source)).toEqual({ findings: [], problems: [] });
  });

  test("are compared by the version of their source", () => {
    const rebuilt = { ...OPENSSL, version: "3.0.13-1~deb12u1+b1" };
    const source = sourceOf({ "Debian:12": { openssl: [fixed] } });
    expect(briefs(matched(rebuilt, source))).toEqual([
      "CVE-2024-0001 unknown fixed in 3.0.13-1~deb12u1 by CVE-2024-0001 (>= 0, < 3.0.13-1~deb12u1)",
    ]);
  });

  test("have one finding for each flaw that an advisory names, and for each binary package", () => {
    const vulnerabilities = ["CVE-2023-1", "CVE-2023-2", "CVE-2023-3", "CVE-2023-4", "CVE-2023-5"];
    const source = sourceOf({
      "Debian:12": { openssl: [{ advisory: "DSA-5343-1", vulnerabilities, ...fixed }] },
    });
    const { findings } = matched([OPENSSL, { ...OPENSSL, name: "openssl" }], source);
    expect(findings.map((f) => `${f.package.name} ${f.vulnerability.id}`)).toEqual([
      ...vulnerabilities.map((id) => `libssl3 ${id}`),
      ...vulnerabilities.map((id) => `openssl ${id}`),
    ]);
    expect(new Set(findings.map((f) => f.id)).size).toBe(10);
    // An exception for the advisory would otherwise be one for a flaw, and the other way round.
    expect(findings.flatMap((f) => f.vulnerability.aliases)).toEqual([]);
  });

  test("have no finding out of a correction of an update that names no flaw", () => {
    const ids = (advisory: string): string[] =>
      matched(
        OPENSSL,
        sourceOf({ "Debian:12": { openssl: [{ advisory, ...fixed }] } }),
      ).findings.map((f) => f.vulnerability.id);
    expect([ids("DSA-5417-1"), ids("DSA-5417-2")]).toEqual([["DSA-5417-1"], []]);
  });

  test("have one finding where a list and an advisory speak of one flaw, and the list decides", () => {
    const source = sourceOf({
      "Debian:12": {
        openssl: [
          { advisory: "DSA-1", vulnerabilities: ["CVE-2024-0001"], ...fixed, source: "debian-dsa" },
          {
            severity: "low",
            ranges: [{ introduced: "0" }],
            state: "wont-fix",
            source: "debian-tracker",
          },
        ],
      },
    });
    expect(briefs(matched(OPENSSL, source))).toEqual([
      "CVE-2024-0001 low wont-fix by CVE-2024-0001 (>= 0)",
    ]);
  });

  test("are not affected where their own distribution says so, whatever others say", () => {
    const general = { advisory: "DEBIAN-CVE-1", vulnerabilities: ["CVE-2024-0001"], ...fixed };
    const own = { ranges: [], state: "not-affected" as const, source: "debian-tracker" };
    const done = {
      ranges: [{ introduced: "0", fixed: "3.0.1-1" }],
      source: "debian-tracker",
    };
    const other = { ...own, advisory: "CVE-2024-9999" };
    const answer = (said: Partial<AffectedPackage>): number =>
      matched(OPENSSL, sourceOf({ "Debian:12": { openssl: [general, said] } })).findings.length;
    expect([own, done, other].map(answer)).toEqual([0, 0, 1]);
  });

  test.each([
    [{ ranges: [{ introduced: "0" }] }, "none"],
    [{ ranges: [{ introduced: "0" }], state: "wont-fix" as const }, "wont-fix"],
    [{ ranges: [{ introduced: "0" }], state: "under-investigation" as const }, "unknown"],
    [{ ranges: [{ introduced: "0", lastAffected: "4" }] }, "unknown"],
    [{ ranges: [], versions: ["3.0.11-1~deb12u2"] }, "unknown"],
  ])("without a fix, %j is said to be %s", (said, state) => {
    const source = sourceOf({ "Debian:12": { openssl: [said] } });
    expect(matched(OPENSSL, source).findings.map((f) => f.fix)).toEqual([
      { state, version: null, upgrade: null },
    ]);
  });

  test("are found in the release that the system is of", () => {
    const source = sourceOf({
      "Debian:14": { openssl: [fixed] },
      "Ubuntu:22.04": { openssl: [fixed] },
    });
    const forky = distributionOf("debian", null, "forky");
    const jammy = distributionOf("ubuntu", "22.04", "jammy");
    const count = (distribution: Distribution): number =>
      matched(OPENSSL, source, { distribution }).findings.length;
    expect([forky, jammy].map(count)).toEqual([1, 1]);
  });

  test("of Alpine are found by origin, and a release without the flaw is silent", () => {
    const libssl: FoundPackage = {
      type: "apk",
      name: "libssl3",
      version: "3.1.4-r1",
      source: { name: "openssl", version: "3.1.4-r1" },
    };
    const rows = {
      "Alpine:v3.19": {
        openssl: [{ ranges: [{ introduced: "0", fixed: "3.1.4-r3" }], source: "alpine-secdb" }],
      },
    };
    const distribution = distributionOf("alpine", "3.19.1");
    expect(briefs(matched(libssl, sourceOf(rows), { distribution }))).toEqual([
      "CVE-2024-0001 unknown fixed in 3.1.4-r3 by CVE-2024-0001 (>= 0, < 3.1.4-r3)",
    ]);
    const older = distributionOf("alpine", "3.18.4");
    expect(matched(libssl, sourceOf(rows), { distribution: older })).toEqual({
      findings: [],
      problems: [
        {
          code: "distribution-unsupported",
          detail: "there is no advisory data for alpine 3.18.4; 1 package is not matched",
        },
      ],
    });
  });
});

describe("packages of the Red Hat family", () => {
  const distribution = distributionOf("almalinux", "8.9");
  const node: FoundPackage = {
    type: "rpm",
    name: "nodejs",
    version: "1:18.9.1-1.module_el8.7.0+3352+e2d8ba8e",
    source: { name: "nodejs", version: "1:18.9.1-1.module_el8.7.0+3352+e2d8ba8e" },
    architecture: "x86_64",
  };
  const fixed = {
    ranges: [{ introduced: "0", fixed: "1:18.12.1-2.module_el8.7.0+3370+69c9e0a9" }],
  };
  const count = (found: FoundPackage, said: Partial<AffectedPackage>): number =>
    matched(
      found,
      sourceOf({
        "AlmaLinux:8": {
          nodejs: [{ advisory: "ALSA-2023:0050", vulnerabilities: ["CVE-2022-1"], ...said }],
        },
      }),
      { distribution },
    ).findings.length;

  test("of a module match what is said of its stream, and of no other", () => {
    const inStream = { ...node, module: "nodejs:18" };
    const bare = { ranges: [{ introduced: "0", fixed: "1:20.0.0-1.el8" }] };
    expect([
      count(inStream, { ...fixed, module: "nodejs:18" }),
      count(inStream, { ...fixed, module: "nodejs:16" }),
      count(inStream, bare),
      count(inStream, fixed),
      count(node, { ...fixed, module: "nodejs:18" }),
      count(node, bare),
    ]).toEqual([1, 0, 0, 1, 0, 1]);
  });

  test("match what is said of their architecture", () => {
    const said = { ranges: [{ introduced: "0" }] };
    expect([
      count(node, { ...said, architectures: ["aarch64"] }),
      count(node, { ...said, architectures: ["aarch64", "x86_64"] }),
      count({ ...node, architecture: "noarch" }, { ...said, architectures: ["aarch64"] }),
    ]).toEqual([0, 1, 1]);
  });

  test("are compared with an epoch of 0 where none is given", () => {
    const without = { ...node, version: "18.99.0-1.el8" };
    const zero = { ranges: [{ introduced: "0", fixed: "0:18.12.1-1.el8" }] };
    const one = { ranges: [{ introduced: "0", fixed: "1:1.0-1.el8" }] };
    expect([count(without, zero), count(without, one)]).toEqual([0, 1]);
  });

  test("have no finding out of an update that fixes no flaw", () => {
    const said = { ranges: [{ introduced: "0" }], vulnerabilities: [] };
    expect([
      count(node, { ...said, advisory: "ALBA-2023:1" }),
      count(node, { ...said, advisory: "ALSA-2023:1" }),
    ]).toEqual([0, 1]);
  });
});

describe("packages of a language", () => {
  const briefs = (
    found: FoundPackage,
    rows: Rows,
    flaws: readonly Partial<Vulnerability>[] = [],
  ): string[] => matched(found, sourceOf(rows, flaws), { distribution: null }).findings.map(brief);
  const lodash: FoundPackage = { type: "npm", name: "lodash", version: "4.17.20" };

  test("get the fix of the branch that is installed", () => {
    const ranges = [
      { introduced: "5.0.0", fixed: "5.1.2" },
      { introduced: "0", fixed: "3.10.2" },
      { introduced: "4.0.0", fixed: "4.17.21" },
    ];
    const rows = { npm: { lodash: [{ ranges }] } };
    const of = (version: string): string[] => briefs({ ...lodash, version }, rows);
    expect([of("3.0.0"), of("3.11.0"), of("4.17.20"), of("5.1.2-rc.1"), of("5.1.2")]).toEqual([
      ["CVE-2024-0001 unknown fixed in 3.10.2 by CVE-2024-0001 (>= 0, < 3.10.2)"],
      [],
      ["CVE-2024-0001 unknown fixed in 4.17.21 by CVE-2024-0001 (>= 4.0.0, < 4.17.21)"],
      ["CVE-2024-0001 unknown fixed in 5.1.2 by CVE-2024-0001 (>= 5.0.0, < 5.1.2)"],
      [],
    ]);
  });

  test("get the lowest later fix where versions are listed apart from ranges", () => {
    const ranges = [
      { introduced: "6.0.0", fixed: "6.0.1" },
      { introduced: "5.0.0", fixed: "5.0.1" },
    ];
    const rows = { npm: { lodash: [{ ranges, versions: ["4.17.20"] }] } };
    expect(briefs(lodash, rows)).toEqual([
      "CVE-2024-0001 unknown fixed in 5.0.1 by CVE-2024-0001 (= 4.17.20)",
    ]);
  });

  test("have one finding for a flaw with several advisories, with the fix that closes all", () => {
    const rows = {
      npm: {
        lodash: [
          {
            advisory: "GHSA-35jh-r3h4-6jhm",
            vulnerabilities: ["CVE-2021-23337"],
            ranges: [{ introduced: "0", fixed: "4.17.21" }],
          },
          {
            advisory: "NSWG-ECO-516",
            vulnerabilities: ["GHSA-35jh-r3h4-6jhm"],
            ranges: [{ introduced: "0", fixed: "4.17.22" }],
          },
        ],
      },
    };
    const flaw = {
      id: "CVE-2021-23337",
      aliases: ["GHSA-35jh-r3h4-6jhm"],
      severity: "high" as const,
    };
    expect(briefs(lodash, rows, [flaw])).toEqual([
      "CVE-2021-23337 high fixed in 4.17.22 by NSWG-ECO-516 (>= 0, < 4.17.22)",
    ]);
    const { findings } = matched(lodash, sourceOf(rows, [flaw]));
    expect(findings[0]?.vulnerability.aliases).toEqual(["GHSA-35jh-r3h4-6jhm", "NSWG-ECO-516"]);
  });

  test("are known by the id of the advisory where the flaw has no CVE", () => {
    const rows = {
      npm: {
        lodash: [
          { advisory: "MAL-2024-1", vulnerabilities: [], ranges: [], versions: ["4.17.20"] },
        ],
      },
    };
    expect(briefs(lodash, rows)).toEqual(["MAL-2024-1 unknown unknown by MAL-2024-1 (= 4.17.20)"]);
  });

  test("get a severity out of the score where nobody gives a word", () => {
    const flaw = { cvss: [{ version: "3.1", vector: "CVSS:3.1/…", score: 7.0 }] };
    expect(
      briefs(lodash, { npm: { lodash: [{ ranges: [{ introduced: "0" }] }] } }, [flaw]),
    ).toEqual(["CVE-2024-0001 high none by CVE-2024-0001 (>= 0)"]);
  });

  test.each<[FoundPackage, string, string, Partial<AffectedPackage>]>([
    [{ type: "npm", name: "@Scope/Name", version: "1.0.0" }, "npm", "@Scope/Name", {}],
    [{ type: "pypi", name: "Zope.Interface_x", version: "1.0" }, "PyPI", "zope-interface-x", {}],
    [{ type: "pypi", name: "a", version: "1.0.0" }, "PyPI", "a", { ranges: [], versions: ["1.0"] }],
    [
      { type: "golang", name: "github.com/A/b", version: "v1.0.0" },
      "Go",
      "github.com/A/b",
      { ranges: [{ introduced: "0", fixed: "1.0.1" }] },
    ],
    [
      { type: "golang", name: "stdlib", version: "go1.21.3" },
      "Go",
      "stdlib",
      { ranges: [{ introduced: "1.21.0-0", fixed: "1.21.4" }] },
    ],
    [{ type: "cargo", name: "time", version: "0.2.22" }, "crates.io", "time", {}],
    [{ type: "gem", name: "rack", version: "2.0.1" }, "RubyGems", "rack", {}],
    [
      { type: "maven", name: "org.apache.logging.log4j:log4j-core", version: "2.14.1" },
      "Maven",
      "org.apache.logging.log4j:log4j-core",
      {},
    ],
    [{ type: "nuget", name: "Newtonsoft.Json", version: "12.0.3" }, "NuGet", "newtonsoft.json", {}],
    [
      { type: "composer", name: "Drupal/Core", version: "1.0" },
      "Packagist",
      "drupal/core",
      { ranges: [{ introduced: "1.0.0", fixed: "1.0.1" }] },
    ],
    [{ type: "hex", name: "plug", version: "1.0.0" }, "Hex", "plug", {}],
    [{ type: "pub", name: "http", version: "0.13.0" }, "Pub", "http", {}],
    [
      { type: "bitnami", name: "redis", version: "7.0.1-3" },
      "Bitnami",
      "redis",
      { ranges: [{ introduced: "7.0.1", fixed: "7.0.2" }] },
    ],
    [
      { type: "generic", name: "openssl", version: "1.1.1k" },
      "generic",
      "openssl",
      { ranges: [{ introduced: "1.1.1", fixed: "1.1.1l" }] },
    ],
  ])("%j is looked up in %s as %s", (found, ecosystem, name, said) => {
    const rows = { [ecosystem]: { [name]: [{ ranges: [{ introduced: "0" }], ...said }] } };
    expect(briefs(found, rows).length).toBe(1);
  });
});

describe("what cannot be told is a problem", () => {
  const problems = (
    found: FoundPackage | FoundPackage[],
    rows: Rows,
    more: Partial<MatchInput> = {},
  ) => matched(found, sourceOf(rows), more).problems;
  const details = (...given: Parameters<typeof problems>): string[] =>
    problems(...given).map(({ code, detail }) => `${code}: ${detail}`);

  test("for packages of a system that is not stated, once", () => {
    expect(details([OPENSSL, { ...OPENSSL, name: "openssl" }], {}, { distribution: null })).toEqual(
      [
        "distribution-unknown: no distribution is stated; 2 packages are not matched".replace(
          "are not",
          "are of a system not",
        ),
      ],
    );
  });

  test.each([
    ["raspbian", "12"],
    ["linuxmint", "21.3"],
    ["kali", "2024.1"],
    ["arch", null],
  ])("for %s, which is not taken for what it is made from", (id, version) => {
    const rows = { "Debian:12": { openssl: [{ ranges: [{ introduced: "0" }] }] } };
    const distribution = { ...distributionOf(id, version), like: ["debian"] };
    expect(problems(OPENSSL, rows, { distribution }).map((p) => p.code)).toEqual([
      "distribution-unsupported",
    ]);
  });

  test("for kinds of package without data, once each, and only where the data should have them", () => {
    const packages: FoundPackage[] = [
      { type: "npm", name: "a", version: "1.0.0" },
      { type: "npm", name: "b", version: "1.0.0" },
      { type: "hex", name: "c", version: "1.0.0" },
    ];
    expect(details(packages, {})).toEqual([
      "ecosystem-unsupported: there is no advisory data for npm; 2 packages are not matched",
      "ecosystem-unsupported: there is no advisory data for Hex; 1 package is not matched",
    ]);
    expect(details(packages, {}, { complete: false })).toEqual([]);
  });

  test("for a version that is none, with its place, but only where something is said of the package", () => {
    const found: FoundPackage = { type: "golang", name: "example.org/x", version: "(devel)" };
    const said = { ranges: [{ introduced: "0", fixed: "1.2.3" }] };
    expect(problems(found, { Go: { "example.org/x": [said] } })).toEqual([
      {
        code: "version-unreadable",
        detail:
          'cannot compare golang package "example.org/x": "(devel)" is no version of its ecosystem',
        path: "evidence",
        layer: 0,
        cataloger: "test",
      },
    ]);
    expect(problems(found, { Go: { other: [said] } })).toEqual([]);
    const empty = { ...OPENSSL, source: { name: "openssl", version: "" } };
    expect(problems(empty, { "Debian:12": { openssl: [said] } }).map((p) => p.code)).toEqual([
      "version-unreadable",
    ]);
  });

  test.each<[FoundPackage["type"], string, string, string]>([
    ["composer", "Packagist", "dev-main", "v5.1.0"],
    ["pypi", "PyPI", "2.2-custom_build", "2.2+custom"],
    ["maven", "Maven", "LATEST", "5.0.Final"],
  ])("for what %s orders and is none of its versions", (type, ecosystem, word, version) => {
    const rows = { [ecosystem]: { "g:a": [{ ranges: [{ introduced: "2.0", fixed: "6.0" }] }] } };
    const codes = (text: string): string[] =>
      problems({ type, name: "g:a", version: text }, rows).map((p) => p.code);
    expect([codes(word), codes(version)]).toEqual([["version-unreadable"], []]);
    const listed = { [ecosystem]: { "g:a": [{ versions: [word] }] } };
    const result = matched({ type, name: "g:a", version: word }, sourceOf(listed));
    expect([result.findings.length, result.problems]).toEqual([1, []]);
  });

  test("for a version that is none where an advisory only lists versions", () => {
    const rows = { npm: { a: [{ versions: ["1.0.0"] }] } };
    const codes = (version: string): string[] =>
      problems({ type: "npm", name: "a", version }, rows).map((p) => p.code);
    expect([codes("latest"), codes("1.0.1")]).toEqual([["version-unreadable"], []]);
  });

  test("for an advisory whose bounds are no versions, and what else is said still counts", () => {
    const rows = {
      npm: {
        a: [
          { advisory: "GHSA-1", ranges: [{ introduced: "0", fixed: "soon" }] },
          { advisory: "GHSA-2", ranges: [{ introduced: "0", fixed: "2.0.0" }] },
        ],
      },
    };
    const result = matched({ type: "npm", name: "a", version: "1.0.0" }, sourceOf(rows));
    expect(result.findings.map((f) => f.match.advisory)).toEqual(["GHSA-2"]);
    expect(result.problems).toEqual([
      {
        code: "version-unreadable",
        detail:
          "cannot compare with what GHSA-1 in npm say: their versions are none of their ecosystem",
      },
    ]);
  });
});

test("ids stay the same for another version, and differ for another artifact", () => {
  const source = sourceOf({ npm: { a: [{ ranges: [{ introduced: "0" }] }] } });
  const idOf = (version: string, artifactName: string): string | undefined =>
    matched({ type: "npm", name: "a", version }, source, { artifactName }).findings[0]?.id;
  expect(idOf("1.0.0", "x")).toBe(idOf("2.0.0", "x"));
  expect(idOf("1.0.0", "x")).not.toBe(idOf("1.0.0", "y"));
});

test("five hundred packages take a fraction of a second", () => {
  const packages: FoundPackage[] = [];
  const openssl: Partial<AffectedPackage>[] = [];
  for (let i = 0; i < 100; i += 1) {
    openssl.push({ advisory: `CVE-2024-${i}`, ranges: [{ introduced: "0", fixed: `3.0.${i}-1` }] });
  }
  const rows: Record<string, typeof openssl> = {};
  for (let i = 0; i < 500; i += 1) {
    packages.push({ type: "deb", name: `p${i}`, version: "3.0.95-1" });
    rows[`p${i}`] = i % 5 === 0 ? openssl.slice(0, 20) : [];
  }
  rows["p1"] = openssl;
  const stored = new Map(
    Object.entries(rows).map(([name, said]) => [
      name,
      sourceOf({ x: { y: said } }).affected("x", "y"),
    ]),
  );
  const source: AdvisorySource = {
    hasEcosystem: () => true,
    affected: (_ecosystem, name) => stored.get(name) ?? [],
    vulnerability: () => null,
  };
  const input: MatchInput = {
    packages: packages.map((found) => packageOf(found, DEBIAN)),
    distribution: DEBIAN,
    source,
    schemes,
    artifactName: "x",
    complete: true,
    today: "2026-11-25",
  };
  expect(matchPackages(input).findings.length).toBe(4);
  const times = [1, 2, 3, 4, 5].map(() => {
    const begin = performance.now();
    matchPackages(input);
    return performance.now() - begin;
  });
  expect(Math.min(...times)).toBeLessThan(500);
});

describe("fixes of one upgrade", () => {
  test.each<[string, FoundPackage, string, readonly string[], readonly (number | undefined)[]]>([
    [
      "are ranked with epochs and tildes",
      { type: "deb", name: "vim", version: "1.0-1" },
      "Debian:12",
      ["9.0-1", "1:1.0-1", "9.0-1~rc1"],
      [1, 2, 0],
    ],
    [
      "are ranked with releases after candidates",
      { type: "npm", name: "vim", version: "0.1.0" },
      "npm",
      ["1.0.0", "1.0.0-rc.10", "1.0.0-rc.9"],
      [2, 1, 0],
    ],
    [
      "are not ranked where there is one",
      { type: "npm", name: "vim", version: "0.1.0" },
      "npm",
      ["1.0.0"],
      [undefined],
    ],
  ])("%s", (_, found, ecosystem, fixes, ranks) => {
    const said = fixes.map((fixed, i) => ({
      advisory: `CVE-2024-000${i}`,
      ranges: [{ introduced: "0", fixed }],
    }));
    const { findings } = matched(found, sourceOf({ [ecosystem]: { vim: said } }));
    expect(findings.map((f) => f.fix.rank)).toEqual(ranks);
  });
});

describe("a Java archive of which nothing says the group", () => {
  const source = sourceOf({ Maven: {} });

  test("is a problem that keeps a threshold unanswered, because nothing was looked up", () => {
    const { problems } = matched({ type: "maven", name: "thing", version: "1.2" }, source);
    expect(problems).toEqual([
      {
        code: "name-incomplete",
        detail:
          'cannot look up Java archive "thing", version 1.2: nothing says of which group it is',
        path: "evidence",
        layer: 0,
        cataloger: "test",
      },
    ]);
  });

  test("is no problem where its group is known", () => {
    const { problems } = matched({ type: "maven", name: "org.x:thing", version: "1.2" }, source);
    expect(problems).toEqual([]);
  });

  test("is counted where there are very many", () => {
    const many = Array.from(
      { length: 25 },
      (_, i): FoundPackage => ({ type: "maven", name: `thing-${i}`, version: "1" }),
    );
    const { problems } = matched(many, source);
    expect([problems.length, problems.at(-1)?.detail]).toEqual([
      21,
      "5 more Java archives of unknown groups cannot be looked up",
    ]);
  });
});
