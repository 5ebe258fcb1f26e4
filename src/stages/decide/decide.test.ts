import { describe, expect, test } from "vitest";
import { codeFinding, finding } from "../../../test/make-scan.ts";
import type { Problem } from "../../model/problem.ts";
import { type DecideInput, decide, exitCodeOf } from "./decide.ts";

const input: DecideInput = {
  findings: [],
  problems: [],
  threshold: "high",
  onlyFixable: false,
  data: "full",
};
const high = finding({ id: "CVE-1", severity: "high" });
const low = finding({ id: "CVE-2", severity: "low" });
const strange = finding({ id: "CVE-3", severity: "unknown" });
const unfixed = finding({ id: "CVE-4", severity: "critical", fixed: null });
const blocking: Problem = { code: "file-damaged", detail: "cut" };
const harmless: Problem = { code: "data-old", detail: "3 days" };

describe("a threshold", () => {
  test.each<[string, Partial<DecideInput>, string, number]>([
    ["nobody asked for", { threshold: null, findings: [high] }, "none", 0],
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
    ["for what can be fixed", { findings: [unfixed], onlyFixable: true }, "allow", 0],
    ["for all", { findings: [unfixed] }, "deny", 3],
  ])("%s", (_, facts, outcome, exitCode) => {
    const decision = decide({ ...input, ...facts });
    expect([decision.verdict.outcome, decision.exitCode]).toEqual([outcome, exitCode]);
  });

  test("says beside a pass which versions nobody knows", () => {
    const problems: Problem[] = [harmless, { code: "declared-only", detail: "django" }];
    expect(decide({ ...input, problems }).verdict).toEqual({
      outcome: "allow",
      reasons: [
        "nothing found reaches high",
        "versions are declared and not locked, so what is installed may differ (1 problem)",
      ],
    });
  });

  test("names what it found and what it could not see", () => {
    const { verdict } = decide({ ...input, findings: [high, unfixed], problems: [blocking] });
    expect(verdict.reasons).toEqual([
      "2 findings reach high, the worst is critical",
      "a file with packages cannot be read as its format demands",
    ]);
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
