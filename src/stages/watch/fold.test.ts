import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Alert } from "../../model/alert.ts";
import { AlertFold } from "./fold.ts";
import { AlertGroups } from "./group.ts";

const alert = (rule: string, second: number): Alert => ({
  rule,
  priority: "Warning",
  source: "syscall",
  time: `2026-11-27T01:${String(Math.floor(second / 60)).padStart(2, "0")}:${String(second % 60).padStart(2, "0")}Z`,
  hostname: "",
  output: "",
  fields: { "container.id": "host" },
  tags: [],
  sensor: "bulwark",
});

describe("alerts that are folded", () => {
  test("the first of a cause is told at once, the others together and ever more seldom", () => {
    const fold = new AlertFold();
    const told: string[] = [];
    const tell = (all: readonly Alert[], at: number): void => {
      for (const one of all) told.push(`${at} ${one.rule} ${one.repeats?.count ?? "first"}`);
    };
    for (let second = 0; second <= 100; second += 1) {
      tell(fold.add(alert("storm", second), second * 1000), second);
      if (second === 50) tell(fold.add(alert("other", second), second * 1000), second);
      tell(fold.due(second * 1000), second);
    }
    expect(told).toEqual(["0 storm first", "10 storm 10", "50 other first", "70 storm 60"]);
    expect(fold.rest().map(({ repeats }) => repeats)).toEqual([
      expect.objectContaining({
        count: 30,
        first: "2026-11-27T01:01:11Z",
        last: "2026-11-27T01:01:40Z",
      }),
    ]);
    expect(fold.rest()).toEqual([]);
  });

  test("another behaviour outside of a baseline is told at once, with its content", () => {
    const fold = new AlertFold();
    const behaving = (name: string): Alert => ({
      ...alert("Behaviour outside of the baseline", 0),
      fields: { "proc.exepath": "/bin/sh", "baseline.behaviour": name },
    });
    expect(fold.add(behaving("a"), 0)).toEqual([behaving("a")]);
    expect(fold.add(behaving("b"), 1)).toEqual([behaving("b")]);
    expect(fold.add(behaving("a"), 2)).toEqual([]);
  });

  test("after a quiet time it is told at once again", () => {
    const fold = new AlertFold();
    expect(fold.add(alert("x", 0), 0)).toHaveLength(1);
    expect(fold.due(9_999)).toEqual([]);
    expect(fold.add(alert("x", 9), 9_999)).toEqual([]);
    expect(fold.due(10_000)).toHaveLength(1);
    expect(fold.due(70_000)).toEqual([]);
    expect(fold.add(alert("x", 70), 70_001)).toEqual([alert("x", 70)]);
  });

  test("what is forgotten for a new one is told", () => {
    const fold = new AlertFold(1);
    fold.add(alert("a", 0), 0);
    fold.add(alert("a", 1), 1);
    const told = fold.add(alert("b", 2), 2);
    expect(told.map((one) => [one.rule, one.repeats?.count])).toEqual([
      ["b", undefined],
      ["a", 1],
    ]);
  });

  test("whatever comes whenever, what is told counts the same as all of it", () => {
    const steps = fc.array(
      fc.record({
        rule: fc.constantFrom("a", "b", "c"),
        after: fc.integer({ min: 0, max: 90_000 }),
      }),
    );
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 4 }), (all, causesMax) => {
        const fold = new AlertFold(causesMax);
        const [each, told] = [new AlertGroups(), new AlertGroups()];
        let now = 0;
        for (const [at, { rule, after }] of all.entries()) {
          now += after;
          const one = alert(rule, at % 3600);
          each.add(one);
          for (const due of [...fold.add(one, now), ...fold.due(now)]) told.add(due);
        }
        for (const left of fold.rest()) told.add(left);
        const counts = (groups: AlertGroups) =>
          groups.groups().map(({ id, count, first, last }) => ({ id, count, first, last }));
        expect(counts(told)).toEqual(counts(each));
        expect(told.alerts).toBe(each.alerts);
      }),
    );
  });
});
