// What the long runs have in common: rules of others, and what the sensor counted.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { EventCount } from "../src/model/watching.ts";
import type { LabWatch } from "../test/lab/sensor.ts";

/** Options that name Falco's stable and incubating rules, where they lie. */
export function stockRules(): string[] {
  return ["falco_rules.yaml", "falco-incubating_rules.yaml"]
    .map((name) => join("../shared/fixtures/runtime/falco-rules", name))
    .filter((path) => existsSync(path))
    .flatMap((path) => ["--rules", path]);
}

/** Over all kinds of events, until now. */
export function total({ state }: LabWatch, of: (count: EventCount) => number): number {
  return (state?.counts ?? []).reduce((all, count) => all + of(count), 0);
}
