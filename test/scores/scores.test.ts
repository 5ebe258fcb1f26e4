// How often our checks agree with what others have labelled. The table is committed: it changes only when somebody looks at it.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readSubjects } from "../../src/app/read-subjects.ts";
import type { Surroundings } from "../../src/app/surroundings.ts";
import { clusterOf } from "../../src/model/cluster.ts";
import { checks } from "../../src/plugins/checks/index.ts";
import type { Subject } from "../../src/stages/check/contract.ts";
import { MINOR_VERSION_MAX } from "../../src/stages/check/packs.ts";
import { NO_SETTINGS, readied, runChecks } from "../../src/stages/check/run.ts";
import { describeShared } from "../shared.ts";
import { differences, excluded } from "./differences.data.ts";
import { LABELLED, type Labelled } from "./labelled.ts";
import { mapping } from "./mapping.data.ts";

const around = { env: {}, signal: new AbortController().signal } as unknown as Surroundings;
const ready = new Map(checks.map((check) => [check.id, readied(check, MINOR_VERSION_MAX)]));

/** What is said of files by those of the checks that are named, as `check` and `check/aspect`. */
async function said(
  { files, settings = NO_SETTINGS }: Labelled,
  wanted: readonly string[],
): Promise<Set<string>> {
  const ids = new Set(wanted.map((name) => name.split("/", 1)[0] ?? ""));
  const asked = [...ids].flatMap((id) => ready.get(id) ?? []).map((one) => ({ ...one, settings }));
  const found = new Set<string>();
  const read: Subject[] = [];
  for await (const { subjects } of readSubjects(files, around))
    read.push(...subjects.map(({ subject }) => subject));
  for (const subject of [...read, clusterOf(read)])
    for (const { check, faults } of runChecks(subject, asked))
      for (const { aspect } of faults) {
        found.add(check.id);
        if (aspect !== undefined) found.add(`${check.id}/${aspect}`);
      }
  return found;
}

interface Score {
  readonly cases: number;
  readonly precision: number;
  readonly recall: number;
  /** Bad by their word, and nothing found by us; and the other way round. Each with its reason. */
  readonly missed: Readonly<Record<string, string>>;
  readonly alone: Readonly<Record<string, string>>;
  /** Without those differences in which their label contradicts a standard, which each of them names. */
  readonly second: SecondScore;
  /** Ids of theirs that no row of tier 1 or 2 names. */
  readonly unmapped: readonly string[];
}

interface SecondScore {
  readonly precision: number;
  readonly recall: number;
  /** The standard, by case. */
  readonly excluded: Readonly<Record<string, string>>;
}

/** What the second score may leave out of a set. */
const EXCLUDED_SHARE_MAX = 0.03;

async function scoreOf(set: string): Promise<Score> {
  const labelled = LABELLED[set]?.() ?? [];
  const known = mapping[set] ?? {};
  const cases = labelled.filter(({ id }) => known[id] !== undefined);
  const count = { agreed: 0, clean: 0 };
  const missed: string[] = [];
  const alone: string[] = [];
  for (const one of cases) {
    const { id, name, isBad } = one;
    const wanted = known[id]?.checks ?? [];
    const found = wanted.length === 0 ? new Set<string>() : await said(one, wanted);
    const isFound = wanted.some((check) => found.has(check));
    if (isBad && isFound) count.agreed += 1;
    else if (isBad) missed.push(`${id} ${name}`);
    else if (isFound) alone.push(`${id} ${name}`);
    else count.clean += 1;
  }
  return {
    cases: cases.length,
    precision: share(count.agreed, alone.length),
    recall: share(count.agreed, missed.length),
    missed: reasoned(set, missed),
    alone: reasoned(set, alone),
    second: secondScore(set, count.agreed, { missed, alone }),
    unmapped: unmapped(labelled, known),
  };
}

function secondScore(
  set: string,
  agreed: number,
  { missed, alone }: { readonly missed: readonly string[]; readonly alone: readonly string[] },
): SecondScore {
  const left = excluded[set] ?? {};
  const stays = (name: string): boolean => !Object.hasOwn(left, name);
  return {
    precision: share(agreed, alone.filter(stays).length),
    recall: share(agreed, missed.filter(stays).length),
    excluded: left,
  };
}

function share(agreed: number, other: number): number {
  return Math.round((1000 * agreed) / (agreed + other)) / 1000;
}

function reasoned(set: string, names: readonly string[]): Record<string, string> {
  const reasons = differences[set] ?? {};
  return Object.fromEntries(
    names.map((name) => [name, reasons[name] ?? reasons[name.split(" ", 1)[0] ?? ""] ?? "?"]),
  );
}

function unmapped(labelled: readonly Labelled[], known: object): string[] {
  const ids = labelled.map(({ id }) => id).filter((id) => !Object.hasOwn(known, id));
  return [...new Set(ids)].sort();
}

describeShared("what others have labelled", () => {
  test.each(Object.keys(LABELLED))("%s", async (set) => {
    const score = await scoreOf(set);
    await expect(`${JSON.stringify(score, null, 2)}\n`).toMatchFileSnapshot(`${set}.golden.json`);
    const reasons = Object.values({ ...score.missed, ...score.alone });
    expect(reasons.filter((reason) => reason === "?")).toEqual([]);
    const names = Object.keys({ ...score.missed, ...score.alone });
    const ids = names.map((name) => name.split(" ", 1)[0]);
    const isDifference = (key: string): boolean => names.includes(key) || ids.includes(key);
    expect(Object.keys(differences[set] ?? {}).filter((key) => !isDifference(key))).toEqual([]);
    const left = Object.keys(score.second.excluded);
    expect(left.filter((key) => !names.includes(key))).toEqual([]);
    expect(left.length).toBeLessThanOrEqual(score.cases * EXCLUDED_SHARE_MAX);
  });

  test("every check of the mapping is there, and every committed score is of a set", () => {
    const named = Object.values(mapping).flatMap((ids) =>
      Object.values(ids).flatMap((one) => one.checks),
    );
    const absent = named.map((name) => name.split("/", 1)[0] ?? "").filter((id) => !ready.has(id));
    expect([...new Set(absent)]).toEqual([]);
    expect(readFileSync(new URL("mapping.data.ts", import.meta.url), "utf8")).toContain("kics");
  });
});
