import { expect, test } from "vitest";
import { codeFinding, finding, manyFindings } from "../../test/make-scan.ts";
import { countFlaws, groupByFix } from "./fix-group.ts";

const shortly = (findings: Parameters<typeof groupByFix>[0]): unknown => {
  const { fixes, unfixed, code } = groupByFix(findings);
  return {
    fixes: fixes.map((g) => [g.upgrade, g.from, g.to, g.flaws.map((f) => f.id), g.knownExploited]),
    unfixed: unfixed.map((f) => f.id),
    code: code.map((f) => f.rule.id),
  };
};

test("a system's binary packages of one source are one upgrade, to the highest version that closes all", () => {
  const facts = { upgrade: "openssl", version: "1.1.1k-1" };
  expect(
    shortly([
      finding({ ...facts, id: "CVE-1", name: "libssl1.1", fixed: "1.1.1n-1", score: 50 }),
      finding({ ...facts, id: "CVE-1", name: "openssl", fixed: "1.1.1n-1", score: 40 }),
      finding({ ...facts, id: "CVE-2", name: "openssl", fixed: "1.1.1w-1", exploited: true }),
      finding({ id: "CVE-3", name: "bash", fixed: null }),
      codeFinding(),
    ]),
  ).toEqual({
    fixes: [["openssl", "1.1.1k-1", "1.1.1w-1", ["CVE-2", "CVE-1"], 1]],
    unfixed: ["CVE-3"],
    code: ["js/sql-injection"],
  });
});

test("of several fixes the matcher's order says which is the highest, not how they look", () => {
  const ranked = (id: string, fixed: string, rank: number): ReturnType<typeof finding> => {
    const one = finding({ id, fixed });
    return { ...one, fix: { ...one.fix, rank } };
  };
  const [group] = groupByFix([
    ranked("CVE-1", "1:1.0-1", 2),
    ranked("CVE-2", "9.0-1~rc1", 0),
    ranked("CVE-3", "9.0-1", 1),
  ]).fixes;
  expect(group?.to).toBe("1:1.0-1");
});

test("a language package is upgraded from each of its versions apart, the most urgent first", () => {
  const facts = { type: "npm", name: "ms" } as const;
  expect(
    shortly([
      finding({ ...facts, id: "CVE-1", version: "1.0.0", fixed: "1.2.0", score: 40 }),
      finding({ ...facts, id: "CVE-1", version: "2.0.0", fixed: "2.2.0", score: 70 }),
    ]),
  ).toEqual({
    fixes: [
      ["ms", "2.0.0", "2.2.0", ["CVE-1"], 0],
      ["ms", "1.0.0", "1.2.0", ["CVE-1"], 0],
    ],
    unfixed: [],
    code: [],
  });
});

test("one flaw in many packages counts once, with its worst severity", () => {
  const counts = countFlaws([
    finding({ id: "CVE-1", name: "a", severity: "low", exploited: true }),
    finding({ id: "CVE-1", name: "b", severity: "critical" }),
    finding({ id: "CVE-2", name: "a", severity: "unknown" }),
    codeFinding({ severity: "high" }),
    codeFinding({ severity: "high" }),
  ]);
  expect(counts).toEqual({
    bySeverity: { critical: 1, high: 2, medium: 0, low: 0, negligible: 0, unknown: 1 },
    knownExploited: 1,
    total: 4,
  });
});

test("a hundred thousand findings are grouped in seconds", () => {
  const start = performance.now();
  const { fixes, unfixed } = groupByFix(manyFindings(100_000));
  expect([fixes.length > 10_000, unfixed.length]).toEqual([true, 25_000]);
  expect(performance.now() - start).toBeLessThan(20_000);
});
