import { describe, expect, test } from "vitest";
import type { ImageAnswer } from "../../model/admission.ts";
import {
  ANY_FINDING,
  type AttachedRule,
  type Effect,
  type FailMode,
  type Policy,
  type Rule,
  STAGES,
} from "../../model/policy.ts";
import type { RuleAnswer, Verdict } from "../../model/verdict.ts";
import { atAdmission, jointVerdict } from "./admission.ts";
import type { Decided } from "./decide.ts";
import { verdictRule } from "./verdict-rule.ts";

const NOW = "2026-11-25T12:00:00Z";
const RECENT = { allowedAt: "2026-11-25T00:00:00Z", now: NOW, hoursMax: 24 };
const OLD = { allowedAt: "2026-11-23T00:00:00Z", now: NOW, hoursMax: 24 };

function open(failMode: FailMode, effect: Effect = "deny"): RuleAnswer {
  const more = { violations: [], count: 0, owner: null, failMode };
  return {
    rule: `r-${failMode}`,
    effect,
    outcome: "unanswered",
    summary: `no answer, ${failMode}`,
    ...more,
  };
}

function undecided(answers: readonly RuleAnswer[], ...more: readonly string[]): Decided {
  const said = answers.filter(({ effect }) => effect === "deny").map(({ summary }) => summary);
  return { verdict: { outcome: "undecided", reasons: [...said, ...more] }, answers, exitCode: 4 };
}

describe("what a rule without an answer means", () => {
  test.each<[string, Decided, typeof RECENT | null, string, boolean]>([
    ["closed keeps it out", undecided([open("closed")]), RECENT, "undecided", false],
    ["open lets it in", undecided([open("open")]), null, "allow", false],
    [
      "one that is closed is enough",
      undecided([open("open"), open("closed")]),
      RECENT,
      "undecided",
      false,
    ],
    [
      "last known good lets in what was allowed",
      undecided([open("last-known-good")]),
      RECENT,
      "allow",
      true,
    ],
    ["but not what was never", undecided([open("last-known-good")]), null, "undecided", false],
    [
      "nor at a time to come",
      undecided([open("last-known-good")]),
      { ...RECENT, allowedAt: "2026-11-26T00:00:00Z" },
      "undecided",
      false,
    ],
    ["nor long ago", undecided([open("last-known-good")]), OLD, "undecided", false],
    [
      "nor what is undecided for another reason",
      undecided([open("open")], "files were unreadable"),
      RECENT,
      "undecided",
      false,
    ],
    [
      "and not where nothing asks",
      undecided([], "files were unreadable"),
      RECENT,
      "undecided",
      false,
    ],
    [
      "a warning is no matter",
      undecided([open("closed", "warn"), open("open")]),
      null,
      "allow",
      false,
    ],
  ])("%s", (_, decision, good, outcome, isLastKnownGood) => {
    const decided = atAdmission(decision, good);
    expect([decided.verdict.outcome, decided.isLastKnownGood]).toEqual([outcome, isLastKnownGood]);
  });

  test("what let something in is said, and what could not be told stays a warning", () => {
    expect(atAdmission(undecided([open("last-known-good")]), RECENT)).toEqual({
      verdict: {
        outcome: "allow",
        reasons: [
          "it was allowed at 2026-11-25T00:00:00Z, and cannot be asked now",
          "no answer, last-known-good",
        ],
      },
      answers: [open("last-known-good", "warn")],
      isLastKnownGood: true,
    });
  });

  test.each(["allow", "deny"] as const)("%s is left as it is", (outcome) => {
    const decision: Decided = {
      verdict: { outcome, reasons: ["x"] },
      answers: [open("open")],
      exitCode: 0,
    };
    expect(atAdmission(decision, RECENT)).toEqual({
      verdict: decision.verdict,
      answers: decision.answers,
      isLastKnownGood: false,
    });
  });
});

describe("a workload and its images", () => {
  const says = (outcome: Verdict["outcome"], ...reasons: string[]): Verdict => ({
    outcome,
    reasons,
  });
  const image = (verdict: Verdict): ImageAnswer => ({
    reference: "x",
    name: null,
    digest: null,
    verdict,
    answers: [],
    decidedAt: NOW,
    isLastKnownGood: false,
  });

  test.each<[string, Verdict, readonly Verdict[], Verdict]>([
    ["alone, the workload decides", says("deny", "a"), [], says("deny", "a")],
    [
      "an image denies",
      says("allow", "a"),
      [says("allow", "b"), says("deny", "c")],
      says("deny", "c"),
    ],
    [
      "what denies comes before what is unknown",
      says("undecided", "a"),
      [says("deny", "b")],
      says("deny", "b", "a"),
    ],
    ["an unknown is no pass", says("allow", "a"), [says("undecided", "b")], says("undecided", "b")],
    [
      "all allow",
      says("allow", "a"),
      [says("allow", "b"), says("allow", "b")],
      says("allow", "a", "b"),
    ],
    ["nobody asks", says("none"), [says("none")], says("none")],
  ])("%s", (_, own, images, joint) => {
    expect(jointVerdict(own, images.map(image))).toEqual(joint);
  });
});

describe("the rule that stands in for those that look inside", () => {
  const policy: Policy = {
    ...{ name: "p", ask: null, packs: [], without: [], rules: [], problems: {}, maxAgeHours: 1 },
    registries: null,
    ...{ lastKnownGoodHours: 1, trust: null, overrides: { keys: [], daysMax: null } },
  };
  const inside = (failMode: FailMode, effect: Effect = "deny"): Rule => ({
    ...{ kind: "findings", id: failMode, effect, stages: STAGES, fix: null, owner: null, failMode },
    ...{ line: 1, findings: ANY_FINDING },
  });
  const verdict = (facts: Partial<AttachedRule>, wanted: string | null): AttachedRule => ({
    ...{ kind: "attached", id: "v", effect: "deny", stages: ["deploy"], fix: null, owner: null },
    ...{ failMode: "closed", line: 1 },
    wants: {
      ...{ what: "verdict", type: null, by: null, where: null, maxAgeHours: null },
      ...{ policy: wanted, stages: null },
    },
    ...facts,
  });
  const summary = (rules: readonly Rule[], stage: "deploy" | "run" = "deploy"): unknown => {
    const rule = verdictRule(policy, rules, stage);
    if (rule === null) return null;
    const { wants } = rule;
    return [rule.effect, rule.failMode, wants.policy, wants.maxAgeHours, wants.stages?.join()];
  };
  const ALL = "build,deploy,run";
  const late: Rule = { ...inside("closed"), stages: ["deploy"] };

  test.each<[string, readonly Rule[], unknown]>([
    ["is not there where nothing looks inside", [], null],
    [
      "denies where one denies",
      [inside("open", "warn"), inside("open")],
      ["deny", "open", "p", 1, ALL],
    ],
    ["only warns where all warn", [inside("open", "warn")], ["warn", "closed", "p", 1, ALL]],
    [
      "fails as the strictest",
      [inside("open"), inside("last-known-good")],
      ["deny", "last-known-good", "p", 1, ALL],
    ],
    [
      "wants a verdict of a stage at which all of them are asked",
      [inside("closed"), late],
      ["deny", "closed", "p", 1, "deploy"],
    ],
    [
      "is not there where the policy demands the same itself",
      [inside("closed"), verdict({}, "p")],
      null,
    ],
    [
      "is there where the policy takes anybody's verdict",
      [inside("closed"), verdict({}, null)],
      ["deny", "closed", "p", 1, ALL],
    ],
    [
      "is there where the policy only warns",
      [inside("closed"), verdict({ effect: "audit" }, "p")],
      ["deny", "closed", "p", 1, ALL],
    ],
  ])("%s", (_, rules, rule) => {
    expect(summary(rules)).toEqual(rule);
  });

  test("a rule of another stage does not make it needless", () => {
    expect(summary([inside("closed"), verdict({}, "p")], "run")).toEqual([
      "deny",
      "closed",
      "p",
      1,
      ALL,
    ]);
  });
});
