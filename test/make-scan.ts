// Builds scan results for tests of what decides and what prints. Builds only: assertions stand in the tests.
import { stableId } from "../src/kit/stable-id.ts";
import type { Vulnerability } from "../src/model/advisory.ts";
import { type Digest, parseDigest } from "../src/model/digest.ts";
import type { CodeFinding, ConfigFinding, VulnerabilityFinding } from "../src/model/finding.ts";
import type { Package, PackageLocation, PackageType } from "../src/model/package.ts";
import type { ScanResult } from "../src/model/scan.ts";
import type { Severity } from "../src/model/severity.ts";

export const DIGEST: Digest = parseDigest(`sha256:12ab34cd56ef${"0".repeat(52)}`);

export function vulnerability(facts: Partial<Vulnerability> & { id: string }): Vulnerability {
  return {
    aliases: [],
    summary: `summary of ${facts.id}`,
    severity: "high",
    cvss: [],
    epss: null,
    knownExploited: null,
    publishedAt: "2024-01-02T00:00:00Z",
    modifiedAt: "2024-02-03T00:00:00Z",
    references: [],
    ...facts,
  };
}

/** The facts of a finding that tests care about; the rest is filled in. */
export interface FindingFacts {
  readonly id: string;
  readonly name?: string;
  readonly type?: PackageType;
  readonly version?: string;
  readonly fixed?: string | null;
  readonly upgrade?: string;
  readonly severity?: Severity;
  readonly score?: number;
  readonly exploited?: boolean;
  readonly path?: string;
  readonly layer?: number | null;
  readonly line?: number;
  readonly summary?: string;
  readonly aliases?: readonly string[];
}

export function finding(facts: FindingFacts): VulnerabilityFinding {
  const { id, name = "openssl", type = "deb", version = "1.1.1k-1", fixed = "1.1.1w-1" } = facts;
  const severity = facts.severity ?? "high";
  const exploited = facts.exploited === true;
  return {
    kind: "vulnerability",
    id: stableId([id, name]),
    severity,
    priority: {
      score: facts.score ?? (exploited ? 95 : 60),
      reasons: [
        ...(exploited ? ["known exploited since 2022-03-01"] : []),
        "CVSS 7.5",
        ...(fixed === null ? [] : ["fix available"]),
      ],
    },
    vulnerability: vulnerability({
      id,
      severity,
      aliases: facts.aliases ?? [],
      summary: facts.summary ?? `summary of ${id}`,
      cvss: [
        { version: "3.1", vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", score: 7.5 },
      ],
      epss: { probability: 0.1, percentile: 0.9, date: "2026-11-20" },
      knownExploited: exploited
        ? { addedAt: "2022-03-01", dueAt: "2022-03-15", ransomware: true }
        : null,
      references: [`https://example.org/${id}`],
    }),
    package: { purl: `pkg:${type}/${purlName(type, name)}@${version}`, type, name, version },
    locations: [locationOf(facts)],
    fix: {
      state: fixed === null ? "none" : "available",
      version: fixed,
      upgrade: facts.upgrade ?? name,
    },
    match: {
      advisory: id,
      source: "osv",
      ecosystem: "Debian:11",
      lookedUp: facts.upgrade ?? name,
      range: fixed === null ? ">= 0" : `>= 0, < ${fixed}`,
    },
  };
}

function locationOf(facts: FindingFacts): PackageLocation {
  const { path = "var/lib/dpkg/status", layer = 0, line } = facts;
  return line === undefined ? { path, layer } : { path, layer, line };
}

function purlName(type: PackageType, name: string): string {
  return type === "deb" ? `debian/${name}` : name.replace("@", "%40");
}

export function codeFinding(facts: Partial<CodeFinding> = {}): CodeFinding {
  return {
    kind: "code",
    id: "00000000c0def00d",
    severity: "high",
    priority: { score: 70, reasons: ["severity high"] },
    rule: { id: "js/sql-injection", title: "SQL injection", help: "Use parameters", url: null },
    tool: "CodeQL",
    message: "This query depends on a user-provided value",
    locations: [{ path: "src/db.js", layer: null, line: 42 }],
    ...facts,
  };
}

export function configFinding(facts: Partial<ConfigFinding> = {}): ConfigFinding {
  return {
    kind: "config",
    id: "00000000c0f19000",
    severity: "critical",
    priority: { score: 90, reasons: ["severity critical"] },
    rule: { id: "no-privileged", title: "a container is not privileged", help: "why", url: null },
    tool: "bulwark",
    message: "Deployment web, container app: is privileged",
    locations: [{ path: "deploy/web.yaml", layer: null, line: 12, column: 9 }],
    subject: {
      platform: "kubernetes",
      kind: "Deployment",
      name: "web",
      namespace: "shop",
      container: "app",
    },
    pointer: "/spec/template/spec/containers/0/securityContext/privileged",
    value: true,
    why: "it is root on the host",
    remedy: "remove privileged",
    controls: [{ standard: "cis-kubernetes-1.12", id: "5.2.2" }],
    ...facts,
  };
}

export function somePackage(name: string, version = "1.0.0", type: PackageType = "deb"): Package {
  return {
    type,
    name,
    version,
    purl: `pkg:${type}/${purlName(type, name)}@${version}`,
    cataloger: type === "deb" ? "dpkg" : type,
    locations: [{ path: "var/lib/dpkg/status", layer: 0 }],
    licenses: ["Apache-2.0"],
  };
}

export function scan(facts: Partial<ScanResult> = {}): ScanResult {
  const findings = facts.findings ?? [];
  return {
    schema: "bulwark.dev/scan/v1",
    tool: { name: "bulwark", version: "0.1.0" },
    scannedAt: "2026-11-24T10:00:00Z",
    artifact: {
      kind: "image",
      target: "registry.example/team/api:1.2",
      reference: "registry.example/team/api:1.2",
      digest: DIGEST,
      digestKind: "manifest",
      indexDigest: null,
      platform: { os: "linux", architecture: "amd64" },
      createdAt: "2026-10-01T00:00:00Z",
      layers: [
        {
          digest: parseDigest(`sha256:${"a".repeat(64)}`),
          diffId: parseDigest(`sha256:${"b".repeat(64)}`),
          createdBy: "/bin/sh -c #(nop) ADD file:0123 in / ",
          sizeBytes: 31_000_000,
        },
        {
          digest: parseDigest(`sha256:${"c".repeat(64)}`),
          diffId: parseDigest(`sha256:${"d".repeat(64)}`),
          createdBy: "RUN npm ci --omit=dev # buildkit",
          sizeBytes: 52_000_000,
        },
      ],
    },
    distribution: {
      id: "debian",
      versionId: "11",
      codename: "bullseye",
      name: "Debian GNU/Linux 11 (bullseye)",
      like: [],
      endOfLife: { date: "2026-08-31", ended: true },
    },
    data: {
      kind: "full",
      builtAt: "2026-11-24T07:00:00Z",
      ageHours: 3,
      ecosystems: ["Debian:11", "npm"],
      advisories: 12_345,
    },
    packages: facts.packages ?? [
      ...new Map(
        findings
          .filter((f) => f.kind === "vulnerability")
          .map((f) => [
            f.package.purl,
            somePackage(f.package.name, f.package.version, f.package.type),
          ]),
      ).values(),
      somePackage("zzz-quiet"),
    ],
    findings,
    suppressed: [],
    problems: [],
    verdict: { outcome: "none", reasons: [] },
    exitCode: 0,
    ...facts,
  };
}

const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low", "negligible"];

/** Many findings over many packages, deterministic. */
export function manyFindings(n: number): VulnerabilityFinding[] {
  return Array.from({ length: n }, (_, i) => {
    const npm = i % 3 === 0;
    const severity = SEVERITIES[i % 5] ?? "low";
    const at = Math.floor(i / 7);
    return finding({
      id: `CVE-20${10 + (i % 16)}-${1000 + i}`,
      name: npm ? `package-${at}` : `lib${at}`,
      type: npm ? "npm" : "deb",
      version: `${1 + (at % 4)}.${at % 10}.0`,
      fixed: i % 4 === 3 ? null : `${1 + (at % 4)}.${(at % 10) + 1 + (i % 3)}.0`,
      severity,
      score: 90 - (i % 5) * 17 - (i % 7),
      exploited: i % 97 === 0,
      path: npm ? `app/node_modules/package-${at}/package.json` : "var/lib/dpkg/status",
      layer: npm ? 1 : 0,
      summary: `A flaw in the parser of package ${at} lets a remote attacker read memory beyond the end of a buffer`,
    });
  });
}

/** What an attacker can put into an image's names, paths and texts. */
export const HOSTILE =
  "\u001b[31mred\u001b]8;;http://evil.example\u0007link\u001b]8;;\u0007\r\n\u202Egnp.exe\u200b<script>alert(1)</script>\"'&|`$(id)[x](javascript:alert(1))--><!--";

/** A scan in which every text that comes out of the image is hostile. */
export function hostileScan(): ScanResult {
  const bad = finding({
    id: "CVE-2024-6666",
    name: HOSTILE,
    path: HOSTILE,
    summary: HOSTILE,
    version: HOSTILE,
    fixed: HOSTILE,
  });
  const base = scan({
    findings: [
      bad,
      codeFinding({
        message: HOSTILE,
        rule: { id: HOSTILE, title: HOSTILE, help: HOSTILE, url: "javascript:alert(1)" },
      }),
    ],
  });
  return {
    ...base,
    artifact: {
      ...base.artifact,
      target: HOSTILE,
      reference: null,
      layers: base.artifact.layers.map((l) => ({ ...l, createdBy: HOSTILE })),
    },
    packages: [somePackage(HOSTILE, HOSTILE)],
    problems: [{ code: "file-damaged", detail: HOSTILE, path: HOSTILE }],
    suppressed: [
      { finding: bad, by: "exception", reason: HOSTILE, owner: HOSTILE, until: "2027-01-01" },
    ],
  };
}
