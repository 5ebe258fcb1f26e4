// Small pieces of English, so that every face counts and dates alike.

/** `1 file`, `2 files`, `12,345 packages`; irregular plurals are given. */
export function count(n: number, one: string, many: string = `${one}s`): string {
  return `${grouped(n)} ${n === 1 ? one : many}`;
}

/** `12,345`: the same on every machine, which toLocaleString is not. */
export function grouped(n: number): string {
  return String(n).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/** `3 h old`, `5 d old`: an age that is read at a glance. */
export function age(hours: number): string {
  if (hours < 1) return "less than 1 h old";
  return hours < 72 ? `${Math.floor(hours)} h old` : `${grouped(Math.floor(hours / 24))} d old`;
}

/** `40 seconds`, `90 minutes`, `36 hours`, `14 days`: how long something was, in the unit of which it is two at least. */
export function span(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return count(seconds, "second");
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return count(minutes, "minute");
  const hours = Math.round(minutes / 60);
  return hours < 48 ? count(hours, "hour") : count(Math.round(hours / 24), "day");
}

/** `a, b and c`. */
export function list(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? "";
  return `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}

/** `openssl, zlib and 3 more`. */
export function firstOf(words: readonly string[], max: number): string {
  if (words.length <= max) return list(words);
  return `${words.slice(0, max).join(", ")} and ${grouped(words.length - max)} more`;
}

const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** `512 B`, `4.5 kB`, `120 MB`: a size that is read at a glance, in powers of 1000. */
export function size(bytes: number): string {
  let unit = 0;
  let rest = bytes;
  for (; rest >= 999.5 && unit < UNITS.length - 1; unit += 1) rest /= 1000;
  const digits = unit === 0 || rest >= 99.95 ? 0 : 1;
  return `${rest.toFixed(digits)} ${UNITS[unit] ?? ""}`;
}
