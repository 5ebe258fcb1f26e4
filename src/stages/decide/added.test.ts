import { expect, test } from "vitest";
import type { WorkloadDecision } from "../../model/admission.ts";
import type { RuleAnswer } from "../../model/verdict.ts";
import { addedDecision } from "./added.ts";

function answer(
  rule: string,
  messages: readonly string[],
  facts: Partial<RuleAnswer> = {},
): RuleAnswer {
  const violations = messages.map((message) => ({
    message,
    finding: null,
    place: null,
    fix: null,
  }));
  return {
    rule,
    effect: "deny",
    outcome: violations.length > 0 ? "violated" : "unanswered",
    summary: `${rule} objects`,
    violations,
    count: violations.length,
    owner: null,
    failMode: "closed",
    ...facts,
  };
}

function decision(
  outcome: "allow" | "deny" | "undecided",
  ...answers: readonly RuleAnswer[]
): WorkloadDecision {
  const reasons = outcome === "allow" ? ["content"] : answers.map(({ summary }) => summary);
  return { verdict: { outcome, reasons }, answers, images: [], findings: [], override: null };
}

const OLD = answer("root", ["is root"]);
const NEW = answer("privileged", ["is privileged"]);

test.each<[string, WorkloadDecision, WorkloadDecision, string, string[]]>([
  ["nothing", decision("allow"), decision("allow"), "allow", []],
  ["what was objected to before", decision("deny", OLD), decision("deny", OLD), "allow", []],
  ["something new", decision("deny", OLD), decision("deny", OLD, NEW), "deny", ["privileged"]],
  [
    "another place of the same",
    decision("deny", OLD),
    decision("deny", answer("root", ["is root", "is root too"])),
    "deny",
    ["root"],
  ],
  [
    "a warning",
    decision("allow"),
    decision("allow", answer("w", ["x"], { effect: "warn" })),
    "allow",
    ["w"],
  ],
  [
    "what cannot be told",
    decision("allow"),
    decision("undecided", answer("u", [])),
    "undecided",
    ["u"],
  ],
  [
    "what could not be told before either",
    decision("undecided", answer("u", [])),
    decision("undecided", answer("u", [])),
    "allow",
    [],
  ],
])("%s", (_, before, after, outcome, rules) => {
  const { verdict, answers } = addedDecision(before, after);
  expect([verdict.outcome, answers.map(({ rule }) => rule)]).toEqual([outcome, rules]);
});
