import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AppError } from "../kit/error.ts";
import {
  ABOUTS,
  EFFECTS,
  FAIL_MODES,
  FINDING_KINDS,
  type Policy,
  PROBLEM_EFFECTS,
  STAGES,
} from "../model/policy.ts";
import { THRESHOLDS } from "../model/severity.ts";
import { parsePolicy } from "./policy.ts";

const WORDS = {
  stages: STAGES,
  failModes: FAIL_MODES,
  effects: EFFECTS,
  abouts: ABOUTS,
  thresholds: THRESHOLDS,
  findingKinds: FINDING_KINDS,
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
lastKnownGood: 2d
trust: trust.yaml
registries: { allowed: [registry.example/team, "*.example"], denied: [quay.io], immutable: [a.b:5000] }
problems: { data-old: deny }
rules:
  - id: exploited
    effect: warn
    stages: [deploy, run]
    owner: team-b
    fix: upgrade
    onUnknown: last-known-good
    findings: { atLeast: high, fixable: true, knownExploited: false, priorityMin: 50, olderThanDays: 7 }
  - check: no-privileged
    effect: warn
  - id: built
    attested: { type: slsaprovenance1, by: [ci], where: predicate.ok, maxAge: 30d }
  - id: signed
    signed:
  - id: passed
    verdict: { policy: shop }
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
    lastKnownGoodHours: 48,
    trust: "trust.yaml",
    registries: {
      allowed: ["registry.example/team", "*.example"],
      denied: ["quay.io"],
      immutable: ["a.b:5000"],
    },
    problems: { "data-old": "deny" },
    rules: [
      {
        kind: "findings",
        id: "exploited",
        effect: "warn",
        stages: ["deploy", "run"],
        owner: "team-b",
        fix: "upgrade",
        failMode: "last-known-good",
        line: 13,
        findings: {
          kind: null,
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
        failMode: "closed",
        line: 20,
      },
      attached("built", 22, {
        what: "attestation",
        type: "slsaprovenance1",
        by: ["ci"],
        where: "predicate.ok",
        maxAgeHours: 720,
      }),
      attached("signed", 24, { what: "signature" }),
      attached("passed", 26, { what: "verdict", policy: "shop" }),
      {
        kind: "written",
        id: "old",
        effect: "deny",
        stages: STAGES,
        owner: "team-a",
        fix: null,
        failMode: "closed",
        line: 28,
        about: "image",
        when: "image.ageDays > 90",
        message: "it is {image.ageDays} days old",
      },
    ],
  });
});

function attached(id: string, line: number, wants: object): object {
  const nothing = {
    type: null,
    by: null,
    where: null,
    maxAgeHours: null,
    policy: null,
    stages: null,
  };
  return {
    kind: "attached",
    id,
    effect: "deny",
    stages: STAGES,
    owner: "team-a",
    fix: null,
    failMode: "closed",
    line,
    wants: { ...nothing, ...wants },
  };
}

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
    ["a rule about nothing", RULE, 'line 3: the rule has none of "check", "findings", "signed"'],
    [
      "an attestation of no type",
      `${RULE}    attested: { by: [a] }\n`,
      'line 4: attested has no "type" of attestation',
    ],
    [
      "a check that shall not be answered",
      "policy: x\nrules:\n  - check: a\n    onUnknown: open\n",
      'line 4: "onUnknown" is not one of id',
    ],
    [
      "what a signature does not have",
      `${RULE}    signed: { type: vuln }\n`,
      'line 4: "type" is not one of by',
    ],
    ["no condition", `${RULE}    about: image\n`, 'line 3: the rule has no "when"'],
    [
      "a registry that is an address",
      "policy: x\nregistries: { allowed: [https://a.example] }\n",
      'line 2: allowed has "https://a.example", not like registry.example/team',
    ],
    [
      "registries of which nobody may be",
      "policy: x\nregistries: { allowed: [], denied: [a.example] }\n",
      "line 2: allowed is empty, so that nothing could run",
    ],
    [
      "registries that are a setting alone",
      "policy: x\nregistries: { immutable: [a.example] }\n",
      "it has neither rules nor packs",
    ],
    ["registries that name none", "policy: x\nregistries: {}\n", "registries names none"],
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
