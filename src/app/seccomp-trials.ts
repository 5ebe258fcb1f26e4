// From the profile that writes down to the one that refuses, when the kernel's own record says that nothing would have been refused.
import { readKernelLog } from "../formats/kernel-log.ts";
import { readNamed, readStandardInput } from "../io/named-file.ts";
import { KnownContainers } from "../io/runtimes/known-containers.ts";
import { runningContainers } from "../io/runtimes/running-containers.ts";
import { namesByNumber } from "../io/sensor/learnt.ts";
import { AppError } from "../kit/error.ts";
import { stableId } from "../kit/stable-id.ts";
import type { ObservedEvent } from "../model/observed.ts";
import { lookOf } from "../stages/compare/look.ts";
import type { SeccompProfile } from "../stages/grant/least-container.ts";
import type { ObservedUse } from "../stages/grant/observed-use.ts";
import { type TrialAnswer, tryProfile } from "../stages/grant/seccomp-trial.ts";
import {
  enforceProfile,
  type ProfileOnDisk,
  profileOnDisk,
  type StagedProfile,
  unchanged,
} from "./seccomp-stages.ts";

/** What is asked of a log before a profile refuses. */
export interface TrialRequest {
  /** A log of the kernel, or `-`; null to take the risk without one. */
  readonly log: string | null;
  /** How long the profile must have written down, at least. */
  readonly leastMs: number;
}

/** One container, with the profile that was learned of it. */
export interface TrialSubject {
  readonly use: ObservedUse;
  readonly profile: SeccompProfile;
  readonly path: string;
}

const LOG_BYTES_MAX = 1 << 30;
const STANDARD_INPUT = "-";

/**
 * Moves every profile to refusing of which that is shown to be safe; all others stay as they are, with the reason.
 *
 * @throws {AppError} `not-found` for a profile that nobody wrote yet, or a log that is not there.
 */
export async function enforceProfiles(
  subjects: readonly TrialSubject[],
  events: readonly ObservedEvent[],
  { log: name, leastMs }: TrialRequest,
): Promise<StagedProfile[]> {
  const read = name === null ? null : await readLog(name);
  const programs = programsOf(events);
  const staged: StagedProfile[] = [];
  for (const subject of subjects) {
    const { path, use, profile } = subject;
    const before = await profileOnDisk(path);
    if (before === null)
      throw new AppError("not-found", `cannot enforce ${JSON.stringify(path)}: it is not there`, {
        hint: "write it first, without --seccomp-stage, and let the container run with it",
      });
    if (before.stage === "enforce" && !before.isForeign) {
      staged.push(unchanged(path, before, null));
      continue;
    }
    // What was tried is what refuses from now on: the calls of the file, and not those of a newer recording.
    const tried = { ...profile, syscalls: [{ names: before.rules.allowed, action: ALLOW }] };
    const trial = read === null ? null : trialOf(before, use, { ...read, programs, leastMs });
    staged.push(
      trial === null || trial.answer === "clear"
        ? await enforceProfile(path, before, tried, trial)
        : unchanged(path, before, trial),
    );
  }
  return staged;
}

const ALLOW = "SCMP_ACT_ALLOW" as const;

interface ReadLog {
  readonly log: ReturnType<typeof readKernelLog>;
  readonly until: number;
}

/** A log reaches as far as its last line: what is handed over may have been kept for long. */
async function readLog(name: string): Promise<ReadLog> {
  const { bytes } =
    name === STANDARD_INPUT
      ? await readStandardInput("kernel log", LOG_BYTES_MAX)
      : await readNamed("kernel log", name, LOG_BYTES_MAX);
  const log = readKernelLog(bytes);
  return { log, until: Math.min(log.last ?? 0, Date.now()) };
}

/** Programs that were begun, by their containers. */
function programsOf(events: readonly ObservedEvent[]): ReadonlyMap<string, ReadonlySet<string>> {
  const keys = new Map<string, string>();
  const programs = new Map<string, Set<string>>();
  for (const event of events) {
    if (event.kind === "container") keys.set(event.id, keyOf(event));
    if (event.kind !== "execute") continue;
    const key = keys.get(event.container) ?? "";
    programs.set(key, (programs.get(key) ?? new Set()).add(event.path));
  }
  return programs;
}

function keyOf(of: ObservedUse["of"]): string {
  const { platform, namespace, workloadKind, workload, name } = of;
  return JSON.stringify([platform, namespace, workloadKind, workload, name]);
}

interface Tried extends ReadLog {
  readonly programs: ReadonlyMap<string, ReadonlySet<string>>;
  readonly leastMs: number;
}

function trialOf(
  before: ProfileOnDisk,
  use: ObservedUse,
  { log, until, programs, leastMs }: Tried,
): TrialAnswer {
  const key = keyOf(use.of);
  const since = before.isForeign ? null : runsSince(before, key);
  if (since === null) return unknownFor(before);
  return tryProfile(log, {
    allowed: new Set(before.rules.allowed),
    since,
    until,
    leastMs,
    programs: programs.get(key) ?? new Set(),
    nameOf: nameOfCall,
  });
}

function unknownFor({ isForeign }: ProfileOnDisk): TrialAnswer {
  const reason = isForeign
    ? "the profile is not the one that was written here, so nobody knows since when it is at work"
    : "no container that runs here has this profile: start it with the profile, and ask where it runs, as root";
  return { answer: "unknown", calls: [], reasons: [reason], coveredMs: 0 };
}

/** Since when the first of the containers that run now has exactly these rules in force, by what its runtime was told. */
function runsSince({ since, rules }: ProfileOnDisk, key: string): number | null {
  const allowed = stableId(rules.allowed);
  const starts = runningContainers(new KnownContainers()).flatMap(({ container }) => {
    const { seccomp, startedAt } = container;
    const isSo =
      seccomp?.defaultAction === rules.defaultAction &&
      seccomp.allowed === allowed &&
      keyOf(lookOf(container)) === key;
    return isSo && startedAt !== null ? [startedAt] : [];
  });
  return starts.length === 0 ? null : Math.max(since, Math.min(...starts));
}

/** Of the audit system: the machine of ELF, 64-bit, little-endian (linux/audit.h). */
const CONVENTIONS = new Map([
  [0xc000003e, namesByNumber("amd64")],
  [0xc00000b7, namesByNumber("arm64")],
]);

function nameOfCall(convention: number, number: number): string | null {
  return CONVENTIONS.get(convention)?.get(number) ?? null;
}
