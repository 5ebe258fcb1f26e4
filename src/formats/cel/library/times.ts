// Fields of points in time and of spans. Source: cel-spec doc/langdef.md, "Timestamps and durations". Months and days of the year
// and of the month count from zero, `getDate` from one.
import { defineMethod, type Overload } from "../compile/overload.ts";
import { DURATION, INT, STRING, TIMESTAMP } from "../compile/type.ts";
import type { Timestamp } from "../values/time.ts";
import { clockIn } from "../values/zone.ts";

type Field = (clock: Date, time: Timestamp) => number;

const DAY_MS = 86_400_000;

const fields: readonly (readonly [name: string, field: Field])[] = [
  ["getFullYear", (clock) => clock.getUTCFullYear()],
  ["getMonth", (clock) => clock.getUTCMonth()],
  ["getDate", (clock) => clock.getUTCDate()],
  ["getDayOfMonth", (clock) => clock.getUTCDate() - 1],
  ["getDayOfWeek", (clock) => clock.getUTCDay()],
  ["getDayOfYear", dayOfYear],
  ["getHours", (clock) => clock.getUTCHours()],
  ["getMinutes", (clock) => clock.getUTCMinutes()],
  ["getSeconds", (clock) => clock.getUTCSeconds()],
  ["getMilliseconds", (_, { nanos }) => Math.floor(nanos / 1_000_000)],
];

function dayOfYear(clock: Date): number {
  const first = new Date(0);
  first.setUTCFullYear(clock.getUTCFullYear(), 0, 1);
  return Math.floor((clock.getTime() - first.getTime()) / DAY_MS);
}

const NANOS = 1_000_000_000n;

/** How many whole units a span has; for milliseconds, what is left beside the seconds. */
const spans: readonly (readonly [name: string, of: (nanos: bigint) => bigint])[] = [
  ["getHours", (nanos) => nanos / (3600n * NANOS)],
  ["getMinutes", (nanos) => nanos / (60n * NANOS)],
  ["getSeconds", (nanos) => nanos / NANOS],
  ["getMilliseconds", (nanos) => (nanos % NANOS) / 1_000_000n],
];

/** Asking the database of zones takes about as long as this many steps. */
const ZONE_COST = 50;

export const timeLibrary: readonly Overload[] = [
  ...fields.flatMap(([name, field]) => [
    defineMethod(name, [TIMESTAMP], INT, (time) => field(clockIn("UTC", time), time)),
    defineMethod(name, [TIMESTAMP, STRING], INT, (time, zone) => field(clockIn(zone, time), time), {
      cost: () => ZONE_COST,
    }),
  ]),
  ...spans.map(([name, of]) =>
    defineMethod(name, [DURATION], INT, ({ nanos }) => Number(of(nanos))),
  ),
];
