import { describe, expect, test } from "vitest";
import { codeFinding, configFinding, DIGEST, finding, scan } from "../../../test/make-scan.ts";
import type { Suppression, SuppressionScope, VexStatement } from "../../model/suppression.ts";
import { baselineOf } from "./baseline.ts";
import { suppress, unusedExceptions } from "./suppress.ts";

const { artifact } = scan();
const TODAY = "2026-11-25";

function exception(id: string, scope: SuppressionScope = {}, until = "2027-01-01"): Suppression {
  return { names: "finding", id, scope, reason: "not reachable", owner: "team-a", until, line: 3 };
}

function vex(facts: Partial<VexStatement>): VexStatement {
  return {
    vulnerabilities: ["CVE-2024-1"],
    products: [],
    status: "not_affected",
    justification: "vulnerable_code_not_present",
    author: "vendor",
    ...facts,
  };
}

const bare = finding({ id: "CVE-2024-1", aliases: ["GHSA-aaaa"], name: "libssl3" });
const openssl = {
  ...bare,
  package: { ...bare.package, purl: `${bare.package.purl}?arch=amd64&distro=debian-11` },
};
const nothing = {
  users: [],
  exceptions: [],
  vex: [],
  baseline: null,
  onlyFixable: false,
  today: TODAY,
};

describe("an exception", () => {
  test.each<[string, Suppression]>([
    ["by id", exception("CVE-2024-1")],
    ["by alias, whatever the case", exception("ghsa-AAAA")],
    ["by the finding's own id", exception(openssl.id)],
    ["on its last day", exception("CVE-2024-1", {}, TODAY)],
    ["by package name", exception("CVE-2024-1", { package: "libssl*" })],
    ["by purl without version", exception("CVE-2024-1", { package: "pkg:deb/debian/libssl3" })],
    ["by image", exception("CVE-2024-1", { image: "registry.example/team/*" })],
    ["by digest", exception("CVE-2024-1", { digest: DIGEST })],
    ["by path", exception("CVE-2024-1", { path: "/var/lib/**" })],
  ])("holds %s", (_, rule) => {
    const { findings, suppressed, problems } = suppress({
      ...nothing,
      artifact,
      findings: [openssl],
      exceptions: [rule],
    });
    expect({ findings, by: suppressed.map((s) => [s.by, s.owner, s.until]), problems }).toEqual({
      findings: [],
      by: [["exception", "team-a", rule.until]],
      problems: [],
    });
  });

  test.each<[string, Suppression]>([
    ["another id", exception("CVE-2024-2")],
    ["another package", exception("CVE-2024-1", { package: "zlib1g" })],
    [
      "another version of the purl",
      exception("CVE-2024-1", { package: "pkg:deb/debian/libssl3@9" }),
    ],
    ["another image", exception("CVE-2024-1", { image: "registry.example/other/*" })],
    ["another digest", exception("CVE-2024-1", { digest: `sha256:${"0".repeat(64)}` })],
    ["another path", exception("CVE-2024-1", { path: "opt/**" })],
  ])("for %s changes nothing", (_, rule) => {
    const result = suppress({ ...nothing, artifact, findings: [openssl], exceptions: [rule] });
    expect([result.findings, result.used.size]).toEqual([[openssl], 0]);
  });

  test("by path leaves what lies at another place, too", () => {
    const elsewhere = { path: "app/node_modules/x", layer: 0 };
    const both = { ...openssl, locations: [...openssl.locations, elsewhere] };
    const rule = exception("CVE-2024-1", { path: "var/lib/**" });
    const result = suppress({ ...nothing, artifact, findings: [both], exceptions: [rule] });
    expect(result.findings).toEqual([both]);
  });

  test("that has ended suppresses nothing and is reported", () => {
    const rule = exception("CVE-2024-1", {}, "2026-11-24");
    const result = suppress({ ...nothing, artifact, findings: [openssl], exceptions: [rule] });
    expect([result.findings, result.problems.map((p) => p.code)]).toEqual([
      [openssl],
      ["exception-expired"],
    ]);
  });

  const checked = { ...artifact, kind: "configuration", digest: null } as const;

  test.each<[string, SuppressionScope, boolean]>([
    ["any workload", {}, true],
    ["the workload's name", { resource: "web" }, true],
    ["its kind and name", { resource: "Deployment/*" }, true],
    ["its namespace, kind and name", { resource: "shop/Deployment/web" }, true],
    ["another namespace", { resource: "bank/Deployment/web" }, false],
    ["another kind", { resource: "DaemonSet/web" }, false],
    ["its container", { resource: "web", container: "app" }, true],
    ["another container", { resource: "web", container: "proxy" }, false],
    ["a package", { package: "openssl" }, false],
    ["its file", { path: "deploy/**" }, true],
  ])("of configuration that is meant for %s", (_, scope, holds) => {
    const exceptions = [exception("no-privileged", scope)];
    const given = { ...nothing, artifact: checked, findings: [configFinding()], exceptions };
    expect(suppress(given).findings.length === 0).toBe(holds);
  });

  test.each<[string, SuppressionScope, readonly (readonly [string, string])[], boolean]>([
    ["the one that runs an image", { resource: "web", container: "app" }, [["web", "app"]], true],
    [
      "every container of a workload",
      { resource: "web" },
      [
        ["web", "app"],
        ["web", "init"],
      ],
      true,
    ],
    [
      "one of two that run an image",
      { container: "app" },
      [
        ["web", "app"],
        ["web", "init"],
      ],
      false,
    ],
    [
      "one of two workloads",
      { resource: "web" },
      [
        ["web", "app"],
        ["shop", "app"],
      ],
      false,
    ],
  ])("that is meant for %s", (_, scope, containers, holds) => {
    const users = containers.map(([name, container]) => {
      return { ...configFinding().subject, name, container };
    });
    const exceptions = [exception("CVE-2024-1", scope)];
    const result = suppress({ ...nothing, artifact, users, findings: [openssl], exceptions });
    expect(result.findings.length === 0).toBe(holds);
  });

  test("for one container leaves what another has from the same place", () => {
    const { subject } = configFinding();
    const shared = { ...configFinding(), sharedBy: [{ ...subject, container: "proxy" }] };
    const exceptions = [exception("no-privileged", { container: "app" })];
    const given = { ...nothing, artifact: checked, findings: [shared], exceptions };
    expect(suppress(given).findings).toEqual([shared]);
    const both = [exception("no-privileged", { container: "*p*" })];
    expect(suppress({ ...given, exceptions: both }).findings).toEqual([]);
  });

  test("for a rule is one for its check, too", () => {
    const exceptions = [{ ...exception("no-privileged"), names: "rule" as const }];
    const findings = [configFinding(), { ...openssl, id: "no-privileged" }];
    const result = suppress({ ...nothing, artifact: checked, findings, exceptions });
    expect(result.suppressed.map(({ finding: { kind } }) => kind)).toEqual(["config"]);
  });

  test("that is meant for a workload is no concern of an image that was named alone", () => {
    const rule = exception("CVE-2024-1", { resource: "web" });
    const result = suppress({ ...nothing, artifact, findings: [openssl], exceptions: [rule] });
    expect([
      result.findings,
      unusedExceptions([rule], new Set(), { artifact, users: [] }, () => true),
    ]).toEqual([[openssl], []]);
  });

  test("that fits nothing is reported, unless it is meant for another image", () => {
    const idle = exception("CVE-1999-1");
    const foreign = exception("CVE-1999-2", { image: "registry.example/other" });
    const ruled = { ...exception("stale"), names: "rule" as const };
    const other = { ...ruled, id: "of-another-policy" };
    const all = [idle, foreign, ruled, other];
    const place = { artifact, users: [] };
    const codes = unusedExceptions(all, new Set(), place, (rule) => rule === "stale");
    expect(codes.map(({ detail }) => detail)).toEqual([
      "the exception for CVE-1999-1 (line 3, owner team-a) fits nothing any more",
      "the exception for stale (line 3, owner team-a) fits nothing any more",
    ]);
  });
});

describe("other reasons", () => {
  test.each<[string, VexStatement, boolean]>([
    ["everything", vex({}), true],
    ["this package", vex({ products: ["pkg:deb/debian/libssl3@1.1.1k-1"] }), true],
    ["this image", vex({ products: [`pkg:oci/api@${DIGEST.replace(":", "%3A")}`] }), true],
    [
      "this package of this release",
      vex({ products: ["pkg:deb/debian/libssl3?distro=debian-11"] }),
      true,
    ],
    [
      "this package of another release",
      vex({ products: ["pkg:deb/debian/libssl3?distro=debian-12"] }),
      false,
    ],
    ["another package", vex({ products: ["pkg:deb/debian/zlib1g@1"] }), false],
    ["another image", vex({ products: [`pkg:oci/api@sha256%3A${"9".repeat(64)}`] }), false],
    [
      "this package of this image",
      vex({
        products: [`pkg:oci/api@${DIGEST.replace(":", "%3A")}`],
        subcomponents: ["pkg:deb/debian/libssl3"],
      }),
      true,
    ],
    [
      "another package of this image",
      vex({
        products: [`pkg:oci/api@${DIGEST.replace(":", "%3A")}`],
        subcomponents: ["pkg:deb/debian/zlib1g"],
      }),
      false,
    ],
    ["another flaw", vex({ vulnerabilities: ["CVE-2024-2"] }), false],
    ["the flaw by its alias", vex({ vulnerabilities: ["ghsa-aaaa"] }), true],
    [
      "another flaw of the same advisory",
      vex({ vulnerabilities: ["CVE-2024-2", "GHSA-aaaa"] }),
      false,
    ],
    ["affected", vex({ status: "affected" }), false],
    ["investigated", vex({ status: "under_investigation" }), false],
  ])("VEX about %s", (_, statement, cleared) => {
    const result = suppress({ ...nothing, artifact, findings: [openssl], vex: [statement] });
    expect(result.findings.length === 0).toBe(cleared);
  });

  test("the baseline and the lack of a fix set aside, and each says so", () => {
    const old = finding({ id: "CVE-2024-3" });
    const unfixed = finding({ id: "CVE-2024-4", fixed: null });
    const code = codeFinding();
    const result = suppress({
      ...nothing,
      artifact,
      findings: [openssl, old, unfixed, code],
      baseline: baselineOf([scan({ findings: [old] })]),
      onlyFixable: true,
    });
    expect([result.findings, result.suppressed.map((s) => s.by)]).toEqual([
      [openssl, code],
      ["baseline", "not-fixable"],
    ]);
  });
});
