// Which workloads are observed, alarmed about and enforced; and what has to be known before anything is ended.
import { WatchedRecords } from "../io/watched-records.ts";
import { AppError } from "../kit/error.ts";
import { count } from "../kit/phrase.ts";
import type { Container } from "../model/container.ts";
import type { WorkloadMode } from "../model/sighting.ts";
import { type WatchedRecord, watchedSeconds } from "../model/watched-record.ts";
import type { EnforcedContainer } from "../model/watching.ts";
import { isWorkload, modeFor, workloadName } from "../model/workload-name.ts";
import type { Surroundings } from "./surroundings.ts";
import { containersNow } from "./watch-containers.ts";

/** Whoever ends programs has to have watched their workload for so long, to know which. */
export const RECORD_SECONDS_MIN = 3600;

/**
 * The containers that run and are to be enforced, by id, or by the name that somebody wrote where none of that name runs.
 *
 * @param written Names by which somebody asked for it: each is expected to run, but for a pattern, which may mean what is to come.
 */
export function enforcedNames(
  written: readonly string[],
  modes: readonly WorkloadMode[],
): readonly string[] {
  const running = containersNow().map(({ container }) => container);
  const byMode = running.filter((container) => isEnforcing(modeFor(container, modes)));
  const missing = written.filter(
    (name) => !name.includes("*") && !running.some((container) => isWorkload(container, name)),
  );
  return [...new Set([...byMode.map(({ id }) => id), ...missing])];
}

/** Whether something dies in what this mode is for. */
export function isEnforcing(mode: WorkloadMode | null): boolean {
  return mode !== null && (mode.mode === "enforce" || mode.mode === "strict");
}

/** The containers that run and are to be strict, by id. */
export function strictIds(modes: readonly WorkloadMode[]): ReadonlySet<string> {
  const running = containersNow().map(({ container }) => container);
  const strict = running.filter((container) => modeFor(container, modes)?.mode === "strict");
  return new Set(strict.map(({ id }) => id));
}

/**
 * Says what enforcement would have ended, as far as that was seen.
 *
 * @throws {AppError} `usage` when the workload was not watched for long enough, and so nobody knows.
 */
export async function demandRecord(
  enforced: EnforcedContainer,
  { env, warn, note }: Surroundings,
): Promise<void> {
  const container = containersNow().find(({ container: one }) => one.id === enforced.id)?.container;
  const workload = container === undefined ? enforced.name : workloadName(container);
  const records = await new WatchedRecords(env).all();
  const own = records.filter((record) => isOf(record, workload, container, enforced.digest));
  const seconds = own.reduce((sum, record) => sum + watchedSeconds(record), 0);
  if (seconds < RECORD_SECONDS_MIN)
    throw new AppError(
      "usage",
      `cannot enforce ${JSON.stringify(enforced.name)}: it was watched for ${count(Math.floor(seconds / 60), "minute")}, which does not tell what would be ended`,
      {
        hint: `watch it for an hour first: bulwark watch --observe ${enforced.name}; or take the risk with --without-record`,
      },
    );
  const killed = own.flatMap(({ days }) => days.flatMap(({ wouldHave }) => wouldHave));
  const asked = new Set(killed.map(({ path, sha256 }) => `${path} ${sha256 ?? ""}`)).size;
  if (asked > 0)
    warn(
      `${enforced.name} ran ${count(asked, "file")} that will be ended from now on: bulwark drift --would-have ${workload} lists them`,
    );
  else
    note?.(
      `${enforced.name} was watched for ${count(Math.round(seconds / 3600), "hour")}, and nothing would have been ended`,
    );
}

/** What a workload does outlives a release: earlier images of the same repository count. */
function isOf(
  { workload, digest, image }: WatchedRecord,
  wanted: string,
  container: Container | undefined,
  own: string,
): boolean {
  if (workload !== wanted) return false;
  return digest === own || repositoryOf(image) === (container?.image?.repository ?? "");
}

function repositoryOf(reference: string): string {
  return reference.replace(/@.*$/, "").replace(/:[^:/]*$/, "");
}
