import { describe, expect, test } from "vitest";
import type { ConfigFinding } from "../../model/finding.ts";
import type { Check, Standard } from "./contract.ts";
import {
  answersTo,
  type Evidence,
  frameworkReport,
  STANDARDS,
  standardNamed,
} from "./framework.ts";
import { type StandardText, standards } from "./standards.data.ts";

function check(id: string, ids: readonly string[], ofAspect: readonly string[] = []): Check {
  const control = (requirement: string) => ({ standard: "cis-docker-1.6", id: requirement });
  const aspects = { some: { controls: ofAspect.map(control) } };
  return { id, controls: ids.map(control), aspects } as unknown as Check;
}

function finding(id: string): ConfigFinding {
  return { controls: [{ standard: "cis-docker-1.6", id }] } as unknown as ConfigFinding;
}

function tally(numbers: { pass?: number; fault?: number; unknown?: number }) {
  return { pass: 0, fault: 0, unknown: 0, "not-applicable": 0, ...numbers };
}

function standing(id: string, evidence: Partial<Evidence>): string | undefined {
  const nothing = { checks: [], tallies: new Map(), findings: [], accepted: [] };
  const report = frameworkReport("cis-docker-1.6", { ...nothing, ...evidence });
  return report.requirements.find((one) => one.id === id)?.standing;
}

const CHECKS = [check("a", ["5.5"], ["5.6"])];

test.each([
  ["by-hand", "5.7", {}],
  ["not-applicable", "5.5", {}],
  ["holds", "5.5", { tallies: new Map([["a", tally({ pass: 1 })]]) }],
  ["holds", "5.6", { tallies: new Map([["a", tally({ fault: 1 })]]), findings: [finding("5.5")] }],
  ["fails", "5.6", { tallies: new Map([["a", tally({ fault: 1 })]]), findings: [finding("5.6")] }],
  ["unknown", "5.5", { tallies: new Map([["a", tally({ pass: 3, unknown: 1 })]]) }],
  ["unknown", "5.6", { tallies: new Map([["a", tally({ fault: 1, unknown: 1 })]]) }],
  [
    "accepted",
    "5.5",
    { tallies: new Map([["a", tally({ fault: 1 })]]), accepted: [finding("5.5")] },
  ],
] as const)("%s: requirement %s", (wanted, id, evidence) => {
  expect(standing(id, { checks: CHECKS, ...evidence })).toBe(wanted);
});

test("a standard is found by the beginning of its name, where that is one alone", () => {
  const names = ["cis-docker", "cis-docker-1.6", "nsa", "attack", "cis", "pss", "nothing", ""];
  expect(names.map(standardNamed)).toEqual([
    "cis-docker-1.6",
    "cis-docker-1.6",
    "nsa-kubernetes",
    "attack",
    null,
    null,
    null,
    null,
  ]);
});

test("a check answers to a standard by an aspect too", () => {
  const other = check("b", [], ["5.6"]);
  expect(answersTo(other, "cis-docker-1.6")).toBe(true);
  expect(answersTo(other, "attack")).toBe(false);
});

describe.each(STANDARDS)("%s", (standard: Standard) => {
  test("has each requirement once, with a title", () => {
    const { requirements }: StandardText = standards[standard];
    const ids = requirements.map(([id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(requirements.filter(([, title]) => title === "" || title.endsWith("."))).toEqual([]);
  });
});
