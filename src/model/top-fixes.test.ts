import { describe, expect, test } from "vitest";
import { finding, scan } from "../../test/make-scan.ts";
import { newest, topFixes } from "./top-fixes.ts";

function result(name: string, findings: Parameters<typeof finding>[0][], scannedAt: string) {
  const base = scan({ findings: findings.map(finding), scannedAt });
  const reference = `registry.example/${name}:1`;
  return { ...base, artifact: { ...base.artifact, target: reference, reference } };
}

const api = result(
  "api",
  [
    { id: "CVE-1", name: "openssl", score: 60 },
    { id: "CVE-2", name: "openssl", score: 95, exploited: true },
    { id: "CVE-3", name: "zlib", score: 70 },
    { id: "CVE-4", name: "bash", fixed: null, score: 99 },
  ],
  "2026-11-24T10:00:00Z",
);
const web = result("web", [{ id: "CVE-1", name: "openssl", score: 60 }], "2026-11-24T09:00:00Z");
const oldWeb = result("web", [{ id: "CVE-9", name: "curl", score: 100 }], "2026-11-01T09:00:00Z");

describe("the fixes to do next", () => {
  test("are ranked by their most urgent flaw, and say where they are needed", () => {
    const fixes = topFixes([api, web, oldWeb], 5).map((fix) => [
      fix.upgrade,
      fix.score,
      fix.closes,
      fix.knownExploited,
      fix.places.map((place) => place.artifact),
    ]);
    expect(fixes).toEqual([
      ["openssl", 95, 2, 1, ["registry.example/api", "registry.example/web"]],
      ["zlib", 70, 1, 0, ["registry.example/api"]],
    ]);
  });

  test("are no more than was asked for", () => {
    expect(topFixes([api, web], 1).map((fix) => fix.upgrade)).toEqual(["openssl"]);
  });

  test("count only the newest result of a name", () => {
    expect(newest([api, web, oldWeb])).toEqual([api, web]);
  });
});
