// `bulwark drift --would-have`: what enforcement would have ended, as far as somebody watched.
import { now } from "../io/clock.ts";
import type { Environment } from "../io/folders.ts";
import { WatchedRecords } from "../io/watched-records.ts";
import { AppError } from "../kit/error.ts";
import { glob } from "../kit/glob.ts";
import type { WatchedRecord } from "../model/watched-record.ts";

export const WOULD_HAVE_SCHEMA = "bulwark.dev/would-have/v1";

export interface WouldHaveRequest {
  /** Names of workloads, with `*` and `?`; none for all that were watched. */
  readonly workloads: readonly string[];
  readonly days: number;
}

export interface WouldHaveAnswer {
  readonly schema: typeof WOULD_HAVE_SCHEMA;
  readonly days: number;
  /** With these days alone, the one that was watched last first. */
  readonly workloads: readonly WatchedRecord[];
}

const DAY_MS = 86_400_000;

/** @throws {AppError} `not-found` when nobody watched such a workload: of that nothing is known. */
export async function wouldHave(
  { workloads, days }: WouldHaveRequest,
  { env }: { readonly env: Environment },
): Promise<WouldHaveAnswer> {
  const since = new Date(Date.parse(now()) - (days - 1) * DAY_MS).toISOString().slice(0, 10);
  const fits = workloads.map((written) => glob(written === "*" ? "**" : written));
  const records = (await new WatchedRecords(env).all())
    .filter(({ workload }) => fits.length === 0 || fits.some((is) => is(workload)))
    .map((record) => ({ ...record, days: record.days.filter(({ day }) => day >= since) }))
    .filter((record) => record.days.length > 0);
  const missing = workloads.find((_, i) => !records.some(({ workload }) => fits[i]?.(workload)));
  if (records.length === 0 || missing !== undefined)
    throw new AppError(
      "not-found",
      `cannot tell what enforcement would have ended${missing === undefined ? "" : ` in ${JSON.stringify(missing)}`}: nobody watched it in these ${days} days`,
      {
        hint: "watch it for a while: bulwark watch --observe NAME; --would-have alone lists what was watched",
      },
    );
  return { schema: WOULD_HAVE_SCHEMA, days, workloads: records };
}
