import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SEVERITIES, type Severity } from "../../model/severity.ts";
import { type PriorityInput, priorityOf } from "./priority.ts";

function inputOf(more: {
  readonly severity: Severity;
  readonly score?: number | null;
  readonly epss?: number | null;
  readonly exploited?: "no" | "yes" | "ransomware";
  readonly isFixable?: boolean;
  readonly facts?: PriorityInput["facts"];
}): PriorityInput {
  const { score = null, epss = null, exploited = "no" } = more;
  return {
    severity: more.severity,
    vulnerability: {
      cvss: score === null ? [] : [{ version: "3.1", vector: "CVSS:3.1/…", score }],
      epss: epss === null ? null : { probability: epss, percentile: 0.5, date: "2026-11-24" },
      knownExploited:
        exploited === "no"
          ? null
          : { addedAt: "2021-12-10", dueAt: null, ransomware: exploited === "ransomware" },
    },
    fix: more.isFixable === true ? "available" : "none",
    ...(more.facts === undefined ? {} : { facts: more.facts }),
  };
}

const score = (more: Parameters<typeof inputOf>[0]): number => priorityOf(inputOf(more)).score;

describe("the page about it", () => {
  const page = readFileSync(new URL("../../../docs/concepts/priority.md", import.meta.url), "utf8");
  const rows = page
    .slice(page.indexOf("## Examples"))
    .split("\n")
    .filter((line) => line.startsWith("| ") && !/^\| (Severity|---)/.test(line))
    .map((line) => line.split("|").map((cell) => cell.trim()));

  test("has examples", () => {
    expect(rows.length).toBeGreaterThan(10);
  });

  test.each(rows)("%s%s, CVSS %s, EPSS %s, exploited: %s, fix: %s, %s gives %s", (...cells) => {
    const [, severity = "", cvss = "", epss = "", exploited = "", fix = "", facts = "", wanted] =
      cells;
    const numberOf = (cell: string): number | null => (cell === "-" ? null : Number(cell));
    const said = facts.split(", ");
    const factOf = (word: string): boolean | undefined =>
      said.includes(word) ? true : said.includes(`not ${word}`) ? false : undefined;
    const [inUse, exposed] = [factOf("in use"), factOf("exposed")];
    const found = score({
      severity: severity as Severity,
      score: numberOf(cvss),
      epss: numberOf(epss),
      exploited: exploited as "no",
      isFixable: fix === "yes",
      facts: {
        ...(inUse === undefined ? {} : { inUse }),
        ...(exposed === undefined ? {} : { exposed }),
      },
    });
    expect(String(found)).toBe(wanted);
  });
});

describe("the reasons", () => {
  test("stand in falling weight", () => {
    const given = inputOf({
      severity: "critical",
      score: 10,
      epss: 0.97,
      exploited: "ransomware",
      isFixable: true,
      facts: { inUse: true, exposed: false },
    });
    expect(priorityOf(given)).toEqual({
      score: 100,
      reasons: [
        "known exploited since 2021-12-10",
        "critical, CVSS 10.0",
        "in use",
        "used by ransomware",
        "fix available",
        "not exposed",
      ],
    });
  });

  test("name a probability only where it explains something", () => {
    expect(
      [0.9, 0.031, 0.0004].map((epss) => priorityOf(inputOf({ severity: "high", epss })).reasons),
    ).toEqual([
      ["high", "90 % likely to be exploited within 30 days"],
      ["high", "3.1 % likely to be exploited within 30 days"],
      ["high"],
    ]);
  });
});

const RANKED: readonly Severity[] = SEVERITIES.filter(
  (severity) => severity !== "unknown",
).toReversed();

const anything = fc.record({
  severity: fc.constantFrom(...SEVERITIES),
  score: fc.option(fc.double({ min: 0, max: 10, noNaN: true })),
  epss: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  exploited: fc.constantFrom("no" as const, "yes" as const, "ransomware" as const),
  isFixable: fc.boolean(),
  facts: fc.record({ inUse: fc.boolean(), exposed: fc.boolean() }, { requiredKeys: [] }),
});

describe("whatever the input", () => {
  test("it is a whole number from 0 to 100", () => {
    fc.assert(
      fc.property(anything, (given) => {
        const found = score(given);
        return Number.isInteger(found) && found >= 0 && found <= 100;
      }),
    );
  });

  test("worse never lowers it", () => {
    const worse = fc.constantFrom<(g: Parameters<typeof inputOf>[0]) => typeof g>(
      (g) => ({ ...g, severity: RANKED[RANKED.indexOf(g.severity) + 1] ?? g.severity }),
      (g) => ({ ...g, score: g.score == null ? null : Math.min(10, g.score + 1.3) }),
      (g) => ({ ...g, epss: g.epss == null ? 0.3 : Math.min(1, g.epss + 0.2) }),
      (g) => ({ ...g, exploited: g.exploited === "no" ? "yes" : "ransomware" }),
      (g) => ({ ...g, isFixable: true }),
      (g) => ({ ...g, facts: { ...g.facts, inUse: true } }),
      (g) => ({ ...g, facts: { ...g.facts, exposed: true } }),
    );
    fc.assert(
      fc.property(anything, worse, (given, make) => {
        fc.pre(given.severity !== "unknown");
        expect(score(make(given))).toBeGreaterThanOrEqual(score(given));
      }),
      { numRuns: 1000 },
    );
  });

  test("what is exploited and medium comes before what is critical and not", () => {
    fc.assert(
      fc.property(anything, anything, (one, other) => {
        const { facts } = one;
        const exploited = score({ ...one, severity: "medium", exploited: "yes" });
        const critical = score({ ...other, severity: "critical", exploited: "no", facts });
        fc.pre(critical < 100);
        expect(exploited).toBeGreaterThan(critical);
      }),
    );
  });
});

test("a high probability of exploitation raises it by more than a class of severity", () => {
  expect(score({ severity: "high", epss: 0.9 })).toBeGreaterThan(
    score({ severity: "critical", epss: 0.1 }),
  );
});
