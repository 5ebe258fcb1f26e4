import { expect, test } from "vitest";
import type { WatchedDay, WouldHave } from "../model/watched-record.ts";
import { wouldHaveText } from "./would-have-text.ts";

const one = (path: string, use: WouldHave["use"]): WouldHave => ({
  kind: "dropped",
  use,
  path,
  place: "root",
  sha256: "2".repeat(64),
  reason: use,
  process: "x",
  command: "x",
  count: 1,
  first: "2026-11-27T01:00:00Z",
  last: "2026-11-27T01:00:00Z",
});

const told = (day: Partial<WatchedDay>): string =>
  wouldHaveText({
    schema: "bulwark.dev/would-have/v1",
    days: 1,
    workloads: [
      {
        schema: "bulwark.dev/watched/v1",
        workload: "web",
        image: "shop:1",
        digest: "sha256:1",
        days: [
          {
            day: "2026-11-27",
            seconds: 60,
            lost: 0,
            unknown: 0,
            omitted: 0,
            wouldHave: [],
            ...day,
          },
        ],
        inUse: { packages: [], unowned: [], isCut: false },
        writes: [],
      },
    ],
  });

test("a file that is a program and a library is one file", () => {
  const wouldHave = [one("/tmp/a", "executed"), one("/tmp/a", "mapped"), one("/tmp/b", "mapped")];
  expect(told({ wouldHave })).toContain("would have ended what runs 2 files\n");
  expect(told({ wouldHave, omitted: 7 })).toMatch(/runs at least 2 files\n[\s\S]*and 7 uses more/);
  expect(told({})).toContain("would have ended nothing");
});
