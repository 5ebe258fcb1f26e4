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
});
