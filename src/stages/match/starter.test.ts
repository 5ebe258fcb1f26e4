import { statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Distribution } from "../../model/distribution.ts";
import type { FoundPackage, PackageType } from "../../model/package.ts";
import { purlOf } from "../../model/purl.ts";
import { schemes } from "../../plugins/schemes/index.ts";
import { matchPackages } from "./match.ts";
import { schemeIdOf } from "./place.ts";
import { STARTER_DATE, STARTER_LINES } from "./starter.data.ts";
import { STARTER_DATA, starterSource } from "./starter.ts";

const source = starterSource();
const ids = STARTER_LINES.map((line) => line.split("\t")[0] ?? "");

/** Every ecosystem and package that the lines name. */
const packages = [
  ...new Set(
    STARTER_LINES.flatMap((line) => (line.split("\t")[6] ?? "").split(" ")).flatMap((text) => {
      const [ecosystems = "", name = ""] = text.split(";");
      const [base = "", releases] = ecosystems.split(":");
      return (releases ?? "")
        .split(",")
        .map((release) => `${release === "" ? base : `${base}:${release}`}\n${name}`);
    }),
  ),
].map((key): [string, string] => {
  const [ecosystem = "", name = ""] = key.split("\n");
  return [ecosystem, name];
});

const statements = packages.flatMap(([ecosystem, name]) => {
  const scheme = schemes.find((s) => s.id === schemeIdOf(ecosystem));
  const compare = (a: string, b: string): number | null => scheme?.compare(a, b) ?? null;
  return source.affected(ecosystem, name).map((said) => ({ ecosystem, name, compare, said }));
});

const DEBIAN_12: Distribution = {
  id: "debian",
  versionId: "12",
  codename: "bookworm",
  name: "Debian 12",
  like: [],
};
const ALPINE: Distribution = {
  id: "alpine",
  versionId: "3.17.1",
  codename: null,
  name: "Alpine",
  like: [],
};
const ALMA: Distribution = {
  id: "almalinux",
  versionId: "9.1",
  codename: null,
  name: "AlmaLinux",
  like: [],
};

function findings(found: FoundPackage, distribution: Distribution | null = null): string[] {
  const whole = {
    ...found,
    purl: purlOf(found, distribution),
    cataloger: "test",
    locations: [{ path: "evidence", layer: 0 }],
  };
  const { findings: all, problems } = matchPackages({
    packages: [whole],
    distribution,
    source,
    schemes,
    artifactName: "test",
    complete: false,
    today: "2026-11-25",
  });
  expect(problems).toEqual([]);
  return all.map((finding) => finding.vulnerability.id);
}

/** Type, name, a version that is affected, the next that is not, and the flaw. */
const FAMOUS: readonly (readonly [PackageType, string, string, string, string])[] = [
  ["maven", "org.apache.logging.log4j:log4j-core", "2.14.1", "2.17.1", "CVE-2021-44228"],
  ["maven", "org.apache.logging.log4j:log4j-core", "2.3", "2.3.2", "CVE-2021-44228"],
  ["maven", "org.apache.logging.log4j:log4j-core", "2.15.0", "2.16.0", "CVE-2021-45046"],
  ["maven", "org.springframework:spring-beans", "5.3.17", "5.3.18", "CVE-2022-22965"],
  [
    "maven",
    "org.springframework:spring-beans",
    "5.2.19.RELEASE",
    "5.2.20.RELEASE",
    "CVE-2022-22965",
  ],
  ["maven", "org.apache.commons:commons-text", "1.9", "1.10.0", "CVE-2022-42889"],
  ["maven", "org.apache.struts:struts2-core", "2.3.31", "6.4.0", "CVE-2017-5638"],
  ["maven", "commons-collections:commons-collections", "3.2.1", "3.2.2", "CVE-2015-7501"],
  ["maven", "org.yaml:snakeyaml", "1.33", "2.0", "CVE-2022-1471"],
  ["npm", "next", "14.2.24", "14.2.25", "CVE-2025-29927"],
  ["npm", "next", "15.5.6", "15.5.7", "CVE-2025-55182"],
  ["npm", "event-stream", "3.3.6", "3.3.5", "GHSA-mh6f-8j2x-4483"],
  ["npm", "ua-parser-js", "0.7.29", "0.7.30", "CVE-2021-4229"],
  ["npm", "lodash", "4.17.11", "4.17.12", "CVE-2019-10744"],
  ["npm", "systeminformation", "5.3.0", "5.3.1", "CVE-2021-21315"],
  ["pypi", "Django", "4.0.3", "4.0.4", "CVE-2022-28346"],
  ["pypi", "pyyaml", "5.3.1", "5.4", "CVE-2020-14343"],
  ["pypi", "langflow", "1.2.0", "1.3.0", "CVE-2025-3248"],
  ["golang", "github.com/opencontainers/runc", "v1.1.11", "v1.1.12", "CVE-2024-21626"],
  ["golang", "github.com/opencontainers/runc", "v1.0.0-rc6", "v1.0.0-rc7", "CVE-2019-5736"],
  ["golang", "k8s.io/ingress-nginx", "v1.11.4", "v1.11.5", "CVE-2025-1974"],
  ["golang", "golang.org/x/net", "v0.16.0", "v0.17.0", "CVE-2023-44487"],
  ["golang", "golang.org/x/crypto", "v0.30.0", "v0.31.0", "CVE-2024-45337"],
  ["cargo", "time", "0.1.43", "0.2.23", "CVE-2020-26235"],
  ["gem", "actionview", "5.2.2", "5.2.2.1", "CVE-2019-5418"],
  ["gem", "rack", "2.2.3", "2.2.3.1", "CVE-2022-30123"],
  ["nuget", "Newtonsoft.Json", "12.0.3", "13.0.1", "CVE-2024-21907"],
  ["composer", "phpunit/phpunit", "5.6.2", "5.6.3", "CVE-2017-9841"],
  ["composer", "drupal/core", "8.5.0", "8.5.1", "CVE-2018-7600"],
  ["bitnami", "apache", "2.4.49", "2.4.51", "CVE-2021-41773"],
  ["bitnami", "php", "8.2.19", "8.2.20", "CVE-2024-4577"],
  ["bitnami", "redis", "7.2.10", "7.2.11", "CVE-2025-49844"],
  ["generic", "openssl", "1.0.1f", "1.0.1g", "CVE-2014-0160"],
  ["generic", "xz", "5.6.1", "5.4.6", "CVE-2024-3094"],
  ["generic", "curl", "7.88.1", "8.4.0", "CVE-2023-38545"],
];

test.each(FAMOUS)("%s %s %s has the flaw, and %s has not: %s", (type, name, bad, good, id) => {
  expect(findings({ type, name, version: bad })).toContain(id);
  expect(findings({ type, name, version: good })).not.toContain(id);
});

const SYSTEM: readonly (readonly [PackageType, Distribution, string, string, string, string])[] = [
  ["deb", DEBIAN_12, "openssh", "1:9.2p1-2+deb12u2", "1:9.2p1-2+deb12u3", "CVE-2024-6387"],
  ["deb", DEBIAN_12, "glibc", "2.36-9+deb12u2", "2.36-9+deb12u3", "CVE-2023-4911"],
  ["deb", DEBIAN_12, "glibc", "2.36-9+deb12u5", "2.36-9+deb12u6", "CVE-2024-2961"],
  ["deb", DEBIAN_12, "openssl", "1.0.1f-1", "3.0.11-1~deb12u2", "CVE-2014-0160"],
  ["apk", ALPINE, "openssl", "3.0.7-r2", "3.0.8-r0", "CVE-2023-0286"],
  ["apk", ALPINE, "git", "2.38.2-r0", "2.38.3-r1", "CVE-2022-41903"],
  ["rpm", ALMA, "openssl-libs", "1:3.0.1-46.el9_1", "1:3.0.1-47.el9_1", "CVE-2023-0286"],
  ["rpm", ALMA, "glibc", "2.34-60.el9", "2.34-60.el9_2.7", "CVE-2023-4911"],
];

test.each(SYSTEM.map(([type, distribution, ...rest]) => ({ type, distribution, rest })))(
  "$type of $distribution.name: $rest",
  ({ type, distribution, rest: [name, bad, good, id] }) => {
    expect(findings({ type, name, version: bad }, distribution)).toContain(id);
    expect(findings({ type, name, version: good }, distribution)).not.toContain(id);
  },
);

describe("the pack", () => {
  test("knows at least 200 flaws, each once, a quarter of them known to be exploited", () => {
    expect(ids.length).toBeGreaterThanOrEqual(200);
    expect(new Set(ids).size).toBe(ids.length);
    const exploited = ids.filter((id) => source.vulnerability(id)?.knownExploited !== null);
    expect(exploited.length).toBeGreaterThan(ids.length / 4);
  });

  test("every flaw has a title, a severity, and an advisory about a package", () => {
    const bare = ids.filter((id) => {
      const flaw = source.vulnerability(id);
      return flaw === null || flaw.summary === "" || flaw.severity === "unknown";
    });
    expect(bare).toEqual([]);
    expect(
      packages.flatMap(([e, n]) => (source.affected(e, n).length === 0 ? [`${e} ${n}`] : [])),
    ).toEqual([]);
  });

  test("every version of every range is one of its ecosystem", () => {
    const unreadable = statements.flatMap(({ ecosystem, name, compare, said }) => {
      const { ranges, versions = [] } = said;
      const bounds = ranges.flatMap((r) => [r.introduced, r.fixed ?? "0", r.lastAffected ?? "0"]);
      return [...bounds, ...versions]
        .filter((version) => version !== "0" && compare(version, version) === null)
        .map((version) => `${ecosystem} ${name} ${version}`);
    });
    expect(unreadable).toEqual([]);
  });

  test("every range ends behind its beginning", () => {
    const empty = statements.flatMap(({ name, compare, said }) =>
      said.ranges
        .filter(({ introduced, fixed, lastAffected }) => {
          const end = fixed ?? lastAffected;
          if (introduced === "0" || end === undefined) return false;
          const order = compare(introduced, end) ?? 1;
          return order > 0 || (order === 0 && fixed !== undefined);
        })
        .map((range) => `${said.advisory} ${name} ${JSON.stringify(range)}`),
    );
    expect(empty).toEqual([]);
  });

  test("describes a flaw under all its names, and says since when it is exploited", () => {
    expect(source.vulnerability("GHSA-jfh8-c2jp-5v3q")).toEqual({
      id: "CVE-2021-44228",
      aliases: ["GHSA-jfh8-c2jp-5v3q"],
      summary: "Log4j loads code from addresses in log messages (Log4Shell)",
      severity: "critical",
      cvss: [{ version: "3.1", vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", score: 10 }],
      epss: null,
      knownExploited: { addedAt: "2021-12-10", dueAt: "2021-12-24", ransomware: true },
      publishedAt: null,
      modifiedAt: null,
      references: ["https://osv.dev/vulnerability/CVE-2021-44228"],
    });
  });

  test("knows nothing of what it does not have", () => {
    expect(source.affected("npm", "__proto__")).toEqual([]);
    expect(source.hasEcosystem("Hex")).toBe(false);
    expect(source.vulnerability("CVE-0000-0000")).toBeNull();
  });

  test("is never full, has no age, and states its ecosystems", () => {
    const { ecosystems, ...rest } = STARTER_DATA;
    expect(rest).toEqual({
      kind: "starter",
      builtAt: null,
      ageHours: null,
      advisories: ids.length,
    });
    for (const ecosystem of [
      "npm",
      "PyPI",
      "Go",
      "Maven",
      "crates.io",
      "RubyGems",
      "NuGet",
      "Packagist",
      "Bitnami",
      "Debian:11",
      "Debian:12",
      "Debian:13",
      "Alpine:v3.17",
      "AlmaLinux:8",
      "AlmaLinux:9",
    ])
      expect(ecosystems).toContain(ecosystem);
    expect(STARTER_DATE).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  test("is smaller than 150 KB", () => {
    expect(statSync(new URL("./starter.data.ts", import.meta.url)).size).toBeLessThan(150_000);
  });
});
