import { expect, test } from "vitest";
import { chosenServices, type ServiceSelection, type SigningService } from "./signing-services.ts";

const nowMs = Date.parse("2026-11-25T12:00:00Z");
const service = (
  url: string,
  majorVersion: number,
  [start, end]: readonly [string | null, string | null] = [null, null],
  operator = "acme",
): SigningService => ({
  ...{ url, majorVersion, operator },
  startMs: start === null ? null : Date.parse(start),
  endMs: end === null ? null : Date.parse(end),
});

const YEAR_25 = ["2025-01-01", "2026-01-01"] as const;
const YEAR_26 = ["2026-01-01", "2027-01-01"] as const;
const SPRING_26 = ["2026-03-01", null] as const;
const YEAR_27 = ["2027-01-01", null] as const;
const ALL = { selector: "all" } as const;
const ANY = { selector: "any" } as const;

test.each<[string, SigningService[], ServiceSelection, string[] | RegExp]>([
  ["none that has ended", [service("a", 1, YEAR_25)], ANY, /none of its 1 counts now/],
  ["none that has not begun", [service("a", 1, YEAR_27)], ANY, /none of its 1 counts now/],
  ["none of a version that we do not speak", [service("a", 3)], ANY, /has version 2 or 1$/],
  [
    "the newest version, and no other with it",
    [service("one", 1), service("two", 2, YEAR_26, "other"), service("more", 2)],
    ALL,
    ["two", "more"],
  ],
  [
    "the older version while the newer one does not count",
    [service("one", 1), service("two", 2, YEAR_27)],
    ALL,
    ["one"],
  ],
  [
    "the newest of each operator",
    [service("always", 1), service("26", 1, YEAR_26), service("spring", 1, SPRING_26)],
    ALL,
    ["spring"],
  ],
  [
    "one where any would do",
    [service("a", 1, YEAR_26), service("b", 1, SPRING_26, "other")],
    ANY,
    ["b"],
  ],
  [
    "so many as are wanted, of different operators",
    [service("a", 1, [null, null], "x"), service("b", 1, [null, null], "y"), service("c", 1)],
    { selector: "exact", count: 2 },
    ["a", "b"],
  ],
  [
    "none where there are not so many",
    [service("a", 1), service("b", 1)],
    { selector: "exact", count: 2 },
    /^it wants 2 of different operators, and 1 can be had$/,
  ],
])("chooses %s", (_, all, selection, wanted) => {
  const { services, lacking } = chosenServices(all, selection, { speaks: [2, 1], nowMs });
  const told = services === null ? lacking : services.map(({ url }) => url);
  if (Array.isArray(wanted)) expect(told).toEqual(wanted);
  else expect(told).toMatch(wanted);
});

test("a service counts at its first and last moment", () => {
  const span = [new Date(nowMs).toISOString(), new Date(nowMs).toISOString()] as const;
  expect(chosenServices([service("a", 1, span)], ANY, { speaks: [1], nowMs }).lacking).toBeNull();
});
