import { describe, expect, test } from "vitest";
import { describeShared, sharedPath } from "../../../test/shared.ts";
import { datesIn } from "../../../tools/gen-eol.ts";
import type { Distribution } from "../../model/distribution.ts";
import { END_OF_LIFE } from "./end-of-life.data.ts";
import { endOfLifeOf } from "./end-of-life.ts";

const of = (id: string, versionId: string | null, name: string = id): Distribution => ({
  id,
  versionId,
  codename: null,
  name,
  like: [],
});

const TODAY = "2026-11-24";

const releases: readonly [Distribution, string | null, boolean | null][] = [
  [of("debian", "10"), "2024-06-30", true],
  [of("debian", "11"), "2026-08-31", true],
  [of("debian", "12"), "2028-06-30", false],
  [of("debian", "13"), "2030-06-30", false],
  [of("debian", null), null, null],
  [of("debian", "6"), "2016-02-29", true],
  [of("ubuntu", "14.04"), "2019-04-25", true],
  [of("ubuntu", "22.04"), "2027-06-01", false],
  [of("ubuntu", "24.10"), "2025-07-10", true],
  [of("ubuntu", "22"), null, null],
  [of("alpine", "3.10.4"), "2021-05-01", true],
  [of("alpine", "3.21.3"), "2026-11-01", true],
  [of("alpine", "3.23.0"), "2027-11-01", false],
  [of("alpine", "3.22.0_alpha20250108"), null, null],
  [of("fedora", "42"), "2026-05-27", true],
  [of("centos", "7", "CentOS Linux 7 (Core)"), "2024-06-30", true],
  [of("centos", "7.9.2009", "CentOS Linux release 7.9.2009 (Core)"), "2024-06-30", true],
  [of("centos", "8", "CentOS Linux 8"), "2021-12-31", true],
  [of("centos", "8", "CentOS Stream 8"), "2024-05-31", true],
  [of("centos", "9", "CentOS Stream 9"), "2027-05-31", false],
  [of("centos", "10"), "2030-05-31", false],
  [of("rhel", "8.9"), "2029-05-31", false],
  [of("rhel", "6.10"), "2020-11-30", true],
  [of("almalinux", "9.3"), "2032-05-31", false],
  [of("rocky", "8.9"), "2029-05-31", false],
  [of("ol", "7.9"), "2024-12-31", true],
  [of("amzn", "2"), "2026-06-30", true],
  [of("amzn", "2023"), "2029-06-30", false],
  [of("amzn", "2018.03"), "2023-12-31", true],
  [of("opensuse-leap", "15.5"), "2024-12-31", true],
  [of("opensuse-tumbleweed", "20240101"), null, null],
  [of("sles", "15.7"), "2031-07-31", false],
  [of("sles", "15"), "2019-12-31", true],
  [of("photon", "3.0"), "2025-10-02", true],
  [of("mariner", "2.0"), "2025-11-30", true],
  [of("wolfi", "20230201"), null, null],
  [of("__proto__", "constructor"), null, null],
];

test.each(releases)("%o", (distribution, date, ended) => {
  const wanted = date === null ? null : { date, ended };
  expect(endOfLifeOf(distribution, TODAY)).toEqual(wanted);
});

describe("the day", () => {
  const debian = of("debian", "12");
  test.each([
    ["2028-06-29", false],
    ["2028-06-30", false],
    ["2028-06-30T23:59:59.000Z", false],
    ["2028-07-01", true],
    ["2028-07-01T00:00:00.000Z", true],
  ])("%s: ended is %s", (today, ended) => {
    expect(endOfLifeOf(debian, today)?.ended).toBe(ended);
  });
});

describeShared("the table", () => {
  test("is what the generator makes of the published material", () => {
    const dates = datesIn(sharedPath("data/native/eol"));
    const table = [...END_OF_LIFE].map(([id, versions]) => [id, Object.fromEntries(versions)]);
    expect(Object.fromEntries(table)).toEqual(dates);
  });
});
