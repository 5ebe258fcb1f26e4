import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AppError } from "../kit/error.ts";
import { ABOUTS, EFFECTS, type Policy, PROBLEM_EFFECTS, STAGES } from "../model/policy.ts";
import { THRESHOLDS } from "../model/severity.ts";
import { parsePolicy } from "./policy.ts";

const WORDS = {
  stages: STAGES,
  effects: EFFECTS,
  abouts: ABOUTS,
  thresholds: THRESHOLDS,
  problemEffects: PROBLEM_EFFECTS,
  problemCodes: ["file-damaged", "data-old"] as const,
};
const read = (text: string): Policy => parsePolicy(Buffer.from(text), "p.yaml", WORDS);

test("a policy says what is acceptable", () => {
  const text = `policy: shop
owner: team-a
ask: in the channel
packs: [startup]
without: [root-user]
maxAge: 36h
overrides: { keys: [keys/bg.pub, /etc/bg.pub], maxDays: 2 }
problems: { data-old: deny }
rules:
  - id: exploited
    effect: warn
    stages: [deploy, run]
    owner: team-b
    fix: upgrade
    findings: { atLeast: high, fixable: true, knownExploited: false, priorityMin: 50, olderThanDays: 7 }
  - check: no-privileged
    effect: warn
  - id: old
    about: image
    when: image.ageDays > 90
    message: it is {image.ageDays} days old
`;
  expect(parsePolicy(Buffer.from(text), "ops/p.yaml", WORDS)).toEqual({
    name: "shop",
    ask: "in the channel",
    packs: ["startup"],
    without: ["root-user"],
    maxAgeHours: 36,
    overrides: { keys: ["ops/keys/bg.pub", "/etc/bg.pub"], daysMax: 2 },
    problems: { "data-old": "deny" },
    rules: [
      {
        kind: "findings",
        id: "exploited",
        effect: "warn",
        stages: ["deploy", "run"],
        owner: "team-b",
        fix: "upgrade",
        line: 10,
        findings: {
          atLeast: "high",
          fixable: true,
          knownExploited: false,
          priorityMin: 50,
          olderThanDays: 7,
        },
      },
      {
        kind: "check",
        check: "no-privileged",
        version: null,
        id: "no-privileged",
        effect: "warn",
        stages: STAGES,
        owner: "team-a",
        fix: null,
        line: 16,
      },
      {
        kind: "written",
        id: "old",
        effect: "deny",
        stages: STAGES,
        owner: "team-a",
        fix: null,
        line: 18,
        about: "image",
        when: "image.ageDays > 90",
        message: "it is {image.ageDays} days old",
      },
    ],
  });
});

const RULE = "policy: x\nrules:\n  - id: a\n";

describe("a policy", () => {
  test.each([
    ["nothing", "", "it has neither rules nor packs"],
    ["no name", "packs: [a]\n", 'it has no name: a line "policy: NAME"'],
    ["no mapping", "- a\n", "it is not a mapping"],
    ["broken YAML", "policy: [\n", "line 2: "],
    ["an unknown key", "polcy: x\n", 'line 1: "polcy" is not one of policy, owner'],
    ["a rule without id", "policy: x\nrules:\n  - findings: {}\n", "line 3: the rule has no id"],
    ["a strange id", 'policy: x\nrules:\n  - id: "A b"\n', 'line 3: id is "A b", not like'],
    ["a rule about nothing", RULE, 'line 3: the rule has none of "check", "findings" and "about"'],
    ["no condition", `${RULE}    about: image\n`, 'line 3: the rule has no "when"'],
    ["a strange effect", `${RULE}    effect: block\n`, 'line 4: effect is "block", not one of'],
    ["a strange stage", `${RULE}    stages: [prod]\n`, 'line 4: stages has "prod", not one of'],
    [
      "a strange threshold",
      `${RULE}    findings:\n      atLeast: worst\n`,
      'line 5: atLeast is "worst", not one of low',
    ],
    [
      "a text for a flag",
      `${RULE}    findings:\n      fixable: maybe\n`,
      'line 5: fixable is "maybe", not true or false',
    ],
    [
      "a number out of range",
      `${RULE}    findings:\n      priorityMin: 101\n`,
      "line 5: priorityMin is 101, not between 0 and 100",
    ],
    ["rules twice", `${RULE}    findings: {}\n  - id: a\n    findings: {}\n`, "stands twice"],
    [
      "overrides for too long",
      "policy: x\npacks: [a]\noverrides: { maxDays: 91 }\n",
      "line 3: maxDays is 91, not between 1 and 90",
    ],
    ["a strange age", "policy: x\npacks: [a]\nmaxAge: 0d\n", 'line 3: maxAge is "0d", not like'],
    [
      "a strange problem",
      "policy: x\npacks: [a]\nproblems: { data-odd: deny }\n",
      'line 3: "data-odd" is not one of file-damaged, data-old',
    ],
    ["an alias", "policy: &x a\nowner: *x\n", "cannot read policy"],
  ])("with %s is refused", (_, text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  test("fails as a configuration error on any bytes", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        try {
          read(text);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
          expect((error as AppError).code).toBe("config-invalid");
        }
      }),
    );
  });
});
