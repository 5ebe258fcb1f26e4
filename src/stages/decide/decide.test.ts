import { describe, expect, test } from "vitest";
import { codeFinding, finding, scan } from "../../../test/make-scan.ts";
import { ANY_FINDING } from "../../model/policy.ts";
import type { Problem } from "../../model/problem.ts";
import type { ImageFacts } from "./clause.ts";
import { decide, exitCodeOf, type Question } from "./decide.ts";
import { findingsClause, thresholdQuestion } from "./findings-clause.ts";

const facts: ImageFacts = {
  artifact: scan().artifact,
  settings: null,
  distribution: null,
  packages: [],
  findings: [],
  problems: [],
  data: "full",
  attached: { state: "unasked" },
  today: "2026-11-25",
};
const threshold: Question = { ...thresholdQuestion("high"), content: "fine" };
const high = finding({ id: "CVE-1", severity: "high" });
const low = finding({ id: "CVE-2", severity: "low" });
const strange = finding({ id: "CVE-3", severity: "unknown" });
const unfixed = finding({ id: "CVE-4", severity: "critical", fixed: null });
const blocking: Problem = { code: "file-damaged", detail: "cut" };
const harmless: Problem = { code: "data-old", detail: "3 days" };

test("nothing is decided when nobody asks", () => {
  const { verdict, exitCode } = decide({ ...facts, findings: [high] }, null);
  expect([verdict.outcome, exitCode]).toEqual(["none", 0]);
});

describe("a threshold", () => {
  test.each<[string, Partial<ImageFacts>, string, number]>([
    ["that nothing reaches", { findings: [low] }, "allow", 0],
    ["that something reaches", { findings: [low, high] }, "deny", 3],
    ["that another tool's finding reaches", { findings: [codeFinding()] }, "deny", 3],
    ["over a damaged file", { problems: [blocking] }, "undecided", 4],
    ["over a harmless problem", { problems: [harmless] }, "allow", 0],
    ["reached beside a damaged file", { findings: [high], problems: [blocking] }, "deny", 3],
    ["over an unknown severity", { findings: [strange] }, "undecided", 4],
    ["over the starter pack", { data: "starter" }, "undecided", 4],
    ["over no data", { data: "none" }, "undecided", 4],
    ["that needs no data", { data: "not-needed" }, "allow", 0],
    ["for all", { findings: [unfixed] }, "deny", 3],
  ])("%s", (_, more, outcome, exitCode) => {
    const decision = decide({ ...facts, ...more }, threshold);
    expect([decision.verdict.outcome, decision.exitCode]).toEqual([outcome, exitCode]);
  });

  test("says beside a pass which versions nobody knows", () => {
    const problems: Problem[] = [harmless, { code: "declared-only", detail: "django" }];
    expect(decide({ ...facts, problems }, threshold).verdict).toEqual({
      outcome: "allow",
      reasons: [
        "fine",
        "versions are declared and not locked, so what is installed may differ (1 problem)",
      ],
    });
  });

  test("names what it found and what it could not see", () => {
    const seen = { ...facts, findings: [high, unfixed], problems: [blocking] };
    expect(decide(seen, threshold).verdict.reasons).toEqual([
      "2 findings reach high, the worst is critical",
      "a file with packages cannot be read as its format demands",
    ]);
  });
});

describe("a policy", () => {
  const rule = (effect: "deny" | "warn"): Question => ({
    ...threshold,
    clauses: [
      findingsClause({
        kind: "findings",
        id: "fixable",
        effect,
        stages: ["build"],
        fix: null,
        owner: "team-a",
        failMode: "closed",
        line: 3,
        findings: { ...ANY_FINDING, fixable: true },
      }),
    ],
  });

  test("that only warns allows, and says so", () => {
    const { verdict, answers } = decide({ ...facts, findings: [high] }, rule("warn"));
    expect([verdict, answers]).toEqual([
      { outcome: "allow", reasons: ["fine"] },
      [
        {
          rule: "fixable",
          effect: "warn",
          outcome: "violated",
          summary: "1 finding has a fix",
          violations: [
            {
              message: "CVE-1 in openssl 1.1.1k-1 is high",
              finding: high.id,
              place: high.locations[0]?.path,
              fix: "upgrade openssl to 1.1.1w-1",
            },
          ],
          count: 1,
          owner: "team-a",
          failMode: "closed",
        },
      ],
    ]);
  });

  test.each<[string, Question["problems"], Problem, string]>([
    ["denies", { "data-old": "deny" }, harmless, "deny"],
    ["leaves undecided", { "data-old": "undecided" }, harmless, "undecided"],
    ["allows", { "file-damaged": "allow" }, blocking, "allow"],
    ["only names", { "file-damaged": "warn" }, blocking, "allow"],
  ])("that %s a problem", (_, problems, problem, outcome) => {
    const question = { ...threshold, problems };
    expect(decide({ ...facts, problems: [problem] }, question).verdict.outcome).toBe(outcome);
  });

  test("does without advisory data when no rule needs it", () => {
    const question: Question = { clauses: [], problems: {}, content: "fine" };
    const problems: Problem[] = [{ code: "data-partial", detail: "starter" }];
    const { verdict } = decide({ ...facts, data: "starter", problems }, question);
    expect(verdict.outcome).toBe("allow");
  });
});

describe("a selector", () => {
  const exploited = finding({ id: "CVE-5", exploited: true });
  const all = [high, low, unfixed, exploited, codeFinding()];

  test.each<[string, Partial<typeof ANY_FINDING>, number, string]>([
    ["takes everything", {}, 5, "5 findings against x"],
    ["by exploitation", { knownExploited: true }, 1, "1 finding is known exploited"],
    ["by missing exploitation", { knownExploited: false }, 4, "4 findings are not known exploited"],
    ["by a missing fix", { fixable: false }, 1, "1 finding has no fix"],
    ["by priority", { priorityMin: 90 }, 1, "1 finding has a priority of 90 or more"],
    ["by age", { olderThanDays: 100_000 }, 1, "1 finding was published 100000 or more days ago"],
    ["by several", { atLeast: "high", fixable: true }, 3, "3 findings reach high and have a fix"],
  ])("%s", (_, selector, count, summary) => {
    const question: Question = {
      ...threshold,
      clauses: [
        findingsClause({
          kind: "findings",
          id: "x",
          effect: "deny",
          stages: ["build"],
          fix: null,
          owner: null,
          failMode: "closed",
          line: 1,
          findings: { ...ANY_FINDING, ...selector },
        }),
      ],
    };
    const [answer] = decide({ ...facts, findings: all }, question).answers;
    expect([answer?.count, answer?.summary]).toEqual([count, summary]);
  });
});

test.each([
  [[0, 0], 0],
  [[0, 4, 3], 3],
  [[0, 4], 4],
  [[3, 1], 1],
  [[0, 2], 2],
  [[], 0],
])("the exit code of a run with %j is %i", (codes, exit) => {
  expect(exitCodeOf(codes)).toBe(exit);
});
