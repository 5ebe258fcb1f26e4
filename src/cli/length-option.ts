import { AppError } from "../kit/error.ts";

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const SECONDS_MAX = 30 * 86_400;

/**
 * A length of time such as `10m` or `2h`, at most thirty days, in seconds.
 *
 * @throws {AppError} `usage` when it is none.
 */
export function lengthOption(name: string, written: string): number {
  const [, number, unit = ""] = /^(\d{1,7})([smhd])$/.exec(written) ?? [];
  const asked = Number(number) * (UNITS[unit] ?? Number.NaN);
  if (asked >= 1 && asked <= SECONDS_MAX) return asked;
  throw new AppError("usage", `cannot use --${name} ${JSON.stringify(written.slice(0, 60))}`, {
    hint: `as in --${name} 10m; s, m, h and d are understood, up to 30d`,
  });
}
