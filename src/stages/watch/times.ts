// Times of events as texts, in UTC.

interface Moment {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/** `13:45:00.123456789`. */
export function timeOfDay({ seconds, nanoseconds }: Moment, isExact: boolean): string {
  const time = new Date(seconds * 1000).toISOString().slice(11, 19);
  return isExact ? `${time}.${String(nanoseconds).padStart(9, "0")}` : time;
}

/** `2026-11-26T13:45:00.123456789+0000`. */
export function isoTime({ seconds, nanoseconds }: Moment): string {
  const time = new Date(seconds * 1000).toISOString().slice(0, 19);
  return `${time}.${String(nanoseconds).padStart(9, "0")}+0000`;
}
