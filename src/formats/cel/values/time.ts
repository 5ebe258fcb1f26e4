// Points in time and spans, to the nanosecond. Source: cel-spec doc/langdef.md, "Timestamp" and "Duration"; RFC 3339; the form of
// durations is that of Go's time.ParseDuration, their range that of 64 bits of nanoseconds.
import { fail } from "./failure.ts";
import { Held } from "./value.ts";

const SECONDS_MIN = -62_135_596_800; // 0001-01-01T00:00:00Z
const SECONDS_MAX = 253_402_300_799; // 9999-12-31T23:59:59Z
const NANOS_PER_SECOND = 1_000_000_000;

export class Timestamp extends Held {
  readonly typeName = "google.protobuf.Timestamp";
  /** Since 1970, rounded down. */
  readonly seconds: number;
  /** 0 to 999,999,999. */
  readonly nanos: number;
  constructor(seconds: number, nanos: number) {
    super();
    if (!(seconds >= SECONDS_MIN && seconds <= SECONDS_MAX)) fail("timestamp overflow");
    this.seconds = seconds;
    this.nanos = nanos;
  }
}

export class Duration extends Held {
  readonly typeName = "google.protobuf.Duration";
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    super();
    if (BigInt.asIntN(64, nanos) !== nanos) fail("duration overflow");
    this.nanos = nanos;
  }
}

const RFC3339 =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,40}))?(?:Z|([-+])(\d\d):(\d\d))$/;

/** Reads a point in time in the form of RFC 3339. Digits beyond nanoseconds are cut. @throws Failure */
export function parseTimestamp(text: string): Timestamp {
  const match = RFC3339.exec(text);
  if (match === null) return fail("a text is no timestamp as in RFC 3339");
  const part = (group: number): number => Number(match[group] ?? "0");
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map(part) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isDay = month >= 1 && month <= 12 && date.getUTCDate() === day;
  const offset = (part(9) * 60 + part(10)) * 60 * (match[8] === "-" ? -1 : 1);
  if (!isDay || hour > 23 || minute > 59 || second > 59 || part(9) > 23 || part(10) > 59)
    return fail("a timestamp names a day or an hour that does not exist");
  const seconds = date.getTime() / 1000 + hour * 3600 + minute * 60 + second - offset;
  return new Timestamp(seconds, Number((match[7] ?? "").slice(0, 9).padEnd(9, "0")));
}

/** In the form of RFC 3339, in UTC, with as many digits as needed. */
export function printTimestamp({ seconds, nanos }: Timestamp): string {
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  return `${whole}${fraction(nanos)}Z`;
}

function fraction(nanos: number): string {
  return nanos === 0 ? "" : `.${String(nanos).padStart(9, "0").replace(/0+$/, "")}`;
}

const UNITS: ReadonlyMap<string, bigint> = new Map([
  ["ns", 1n],
  ["us", 1_000n],
  ["\u00b5s", 1_000n],
  ["\u03bcs", 1_000n],
  ["ms", 1_000_000n],
  ["s", 1_000_000_000n],
  ["m", 60_000_000_000n],
  ["h", 3_600_000_000_000n],
]);
const DURATION =
  /^[-+]?(?:0|(?:(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:ns|us|[\u00b5\u03bc]s|ms|s|m|h))+)$/;
const DURATION_PART = /(\d*)\.?(\d*)(ns|us|[\u00b5\u03bc]s|ms|s|m|h)/g;
const DURATION_LENGTH_MAX = 200;

/** Reads a span such as `1h30m`, `-1.5s`. @throws Failure */
export function parseDuration(text: string): Duration {
  if (text.length > DURATION_LENGTH_MAX || !DURATION.test(text)) fail("a text is no duration");
  let nanos = 0n;
  for (const [, whole = "", part = "", unit = ""] of text.matchAll(DURATION_PART)) {
    const scale = UNITS.get(unit) ?? 0n;
    nanos += BigInt(whole === "" ? 0 : whole) * scale;
    if (part !== "") nanos += (BigInt(part) * scale) / 10n ** BigInt(part.length);
  }
  return new Duration(text.startsWith("-") ? -nanos : nanos);
}

/** In seconds: `5400s`, `-1.5s`. */
export function printDuration({ nanos }: Duration): string {
  const size = nanos < 0n ? -nanos : nanos;
  const perSecond = BigInt(NANOS_PER_SECOND);
  return `${nanos < 0n ? "-" : ""}${size / perSecond}${fraction(Number(size % perSecond))}s`;
}

export function later({ seconds, nanos }: Timestamp, by: bigint): Timestamp {
  const perSecond = BigInt(NANOS_PER_SECOND);
  const total = BigInt(seconds) * perSecond + BigInt(nanos) + by;
  const rest = ((total % perSecond) + perSecond) % perSecond;
  return new Timestamp(Number((total - rest) / perSecond), Number(rest));
}

export function between(a: Timestamp, b: Timestamp): Duration {
  const seconds = BigInt(a.seconds - b.seconds) * BigInt(NANOS_PER_SECOND);
  return new Duration(seconds + BigInt(a.nanos - b.nanos));
}
