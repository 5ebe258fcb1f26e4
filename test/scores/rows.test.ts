// Every row of tier 1 and 2 of the catalogue is answered by something, or says why not: the lists beside this test are complete and
// up to date.
import { expect, test } from "vitest";
import { checks } from "../../src/plugins/checks/index.ts";
import { describeShared } from "../shared.ts";
import { readCatalogue } from "./catalogue.ts";
import { IMAGE_ROWS } from "./image-rows.data.ts";
import { mapping } from "./mapping.data.ts";
import { ANSWERED, ELSEWHERE, MISSING } from "./rows.data.ts";

const TIER_MAX = 2;

/** By checks, whoever says so. */
function answered(): Set<string> {
  const mapped = Object.values(mapping).flatMap((ids) => Object.values(ids));
  const byPeers = mapped.filter((one) => one.checks.length > 0).flatMap(({ rows }) => rows);
  return new Set([...byPeers, ...Object.keys(IMAGE_ROWS), ...Object.keys(ANSWERED)]);
}

/** The names of our checks, and of their aspects after a slash. */
const NAMES: ReadonlySet<string> = new Set(
  checks.flatMap(({ id, aspects }) => [id, ...Object.keys(aspects ?? {}).map((a) => `${id}/${a}`)]),
);

describeShared("the catalogue of checks", () => {
  const rows = readCatalogue()
    .filter(({ tier }) => tier <= TIER_MAX)
    .map(({ id }) => id);

  test("every row of tier 1 and 2 is answered, or is said to be missing", () => {
    const known = new Set([...answered(), ...Object.keys(ELSEWHERE), ...Object.keys(MISSING)]);
    expect(rows.filter((id) => !known.has(id))).toEqual([]);
  });

  test("nothing is said to be missing or answered elsewhere that a check answers", () => {
    const byChecks = answered();
    const others = [...Object.keys(MISSING), ...Object.keys(ELSEWHERE)];
    expect(others.filter((id) => byChecks.has(id))).toEqual([]);
    expect(Object.keys(MISSING).filter((id) => Object.hasOwn(ELSEWHERE, id))).toEqual([]);
  });

  test("the lists name rows and checks that there are", () => {
    const lists = [ANSWERED, ELSEWHERE, MISSING].flatMap((one) => Object.keys(one));
    expect(lists.filter((id) => !rows.includes(id))).toEqual([]);
    expect(
      Object.values(ANSWERED)
        .flat()
        .filter((name) => !NAMES.has(name)),
    ).toEqual([]);
  });

  test("every id of Checkov that such a row names is mapped, or has no case", () => {
    const peers = readCatalogue().filter(({ tier }) => tier <= TIER_MAX);
    const ids = peers.flatMap((row) => [...row.peers].filter((id) => id.startsWith("checkov:")));
    const known = mapping["checkov"] ?? {};
    const left = ids.map((id) => id.slice("checkov:".length)).filter((id) => id.includes("_K8S_"));
    expect(left.filter((id) => !Object.hasOwn(known, id))).toEqual([]);
  });
});
