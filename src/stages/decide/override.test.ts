import { expect, test } from "vitest";
import type { AppliedOverride } from "../../model/override.ts";
import type { RuleAnswer } from "../../model/verdict.ts";
import type { Decision } from "./decide.ts";
import { overridden } from "./override.ts";

const OVERRIDE: AppliedOverride = {
  digest: `sha256:${"a".repeat(64)}` as AppliedOverride["digest"],
  reason: "the shop is down",
  grantedBy: "anna",
  until: "2026-11-25T14:00:00.000Z",
  key: "0011223344556677",
};
const TOLD =
  "break-glass until 2026-11-25T14:00:00.000Z, granted by anna with key 0011223344556677: the shop is down";
const NOTHING = { exempted: [], problems: [], used: new Set<never>() };
const ANSWER: RuleAnswer = {
  rule: "known-exploited",
  effect: "deny",
  outcome: "violated",
  summary: "1 finding is known exploited",
  violations: [],
  count: 1,
  owner: null,
  failMode: "closed",
};

test.each<[string, Decision["exitCode"], "deny" | "undecided", string]>([
  ["denied", 3, "deny", "it would be denied"],
  ["undecided", 4, "undecided", "it would be undecided"],
])("what is %s is let through, with all that was said against it", (_, exitCode, outcome, told) => {
  const decision: Decision = {
    verdict: { outcome, reasons: ["1 finding is known exploited"] },
    answers: [ANSWER],
    exitCode,
    ...NOTHING,
  };
  expect(overridden(decision, OVERRIDE)).toEqual({
    verdict: { outcome: "allow", reasons: [TOLD, told, "1 finding is known exploited"] },
    answers: [{ ...ANSWER, effect: "warn" }],
    exitCode: 0,
    ...NOTHING,
  });
});

test.each<Decision["verdict"]["outcome"]>(["allow", "none"])(
  "what is answered with %s needs no override",
  (outcome) => {
    const decision: Decision = {
      verdict: { outcome, reasons: [] },
      answers: [],
      exitCode: 0,
      ...NOTHING,
    };
    expect(overridden(decision, OVERRIDE)).toBe(decision);
  },
);
