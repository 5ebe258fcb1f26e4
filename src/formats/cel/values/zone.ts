// What a clock on a wall shows. Source: cel-spec doc/langdef.md, "Timezones": names of the IANA database, or an offset.
import { fail } from "./failure.ts";
import type { Timestamp } from "./time.ts";

const OFFSET = /^([-+]?)(\d\d):(\d\d)$/;
const ZONES_MAX = 200;
const zones = new Map<string, Intl.DateTimeFormat>();

/** The date whose UTC fields are those of a clock in the zone. @throws Failure for a zone that is not known. */
export function clockIn(zone: string, { seconds }: Timestamp): Date {
  if (zone === "UTC" || zone === "Z" || zone === "") return new Date(seconds * 1000);
  const match = OFFSET.exec(zone);
  if (match === null) return clockAt(formatOf(zone), seconds);
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return new Date((seconds + minutes * 60 * (match[1] === "-" ? -1 : 1)) * 1000);
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = zones.get(zone);
  if (known !== undefined) return known;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-u-ca-gregory-nu-latn", {
      timeZone: zone,
      hourCycle: "h23",
      era: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    return fail("a time zone is not known");
  }
  if (zones.size >= ZONES_MAX) zones.clear();
  zones.set(zone, format);
  return format;
}

function clockAt(format: Intl.DateTimeFormat, seconds: number): Date {
  const parts = new Map(
    format.formatToParts(new Date(seconds * 1000)).map(({ type, value }) => [type, value]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): number => Number(parts.get(name));
  const year = parts.get("era")?.startsWith("B") ? 1 - part("year") : part("year");
  const clock = new Date(0);
  clock.setUTCFullYear(year, part("month") - 1, part("day"));
  clock.setUTCHours(part("hour"), part("minute"), part("second"));
  return clock;
}
