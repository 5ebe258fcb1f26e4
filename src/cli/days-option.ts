import { AppError } from "../kit/error.ts";
import type { OptionSpec, Options } from "./command.ts";

const DAYS_MAX = 36_500;

/** @param summary What the days are for; the default is added. */
export function daysOptionSpec(summary: string, usual: number): OptionSpec {
  return { type: "string", value: "DAYS", summary: `${summary} (default: ${usual})` };
}

/** A number of days. @throws {AppError} `usage` when it is none. */
export function daysOption(options: Options, name: string, usual: number): number {
  const written = options.text(name);
  if (written === null) return usual;
  const days = /^[0-9]{1,5}$/.test(written) ? Number(written) : DAYS_MAX + 1;
  if (days <= DAYS_MAX) return days;
  throw new AppError(
    "usage",
    `cannot use --${name} ${JSON.stringify(written.slice(0, 60))}: it is no number of days`,
    { hint: `as in --${name} 60` },
  );
}
