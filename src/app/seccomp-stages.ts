// Seccomp profiles in a folder: first one that writes down, then one that refuses, and the way back. What was there before is kept
// beside it, and named.
import { parseDocument } from "../formats/json-object.ts";
import {
  readSeccompStage,
  type SeccompRules,
  type SeccompStage,
  type SeccompStageFile,
  seccompRulesOf,
  seccompStageText,
} from "../formats/seccomp-stage.ts";
import { filesBelow } from "../io/look.ts";
import { readNamed } from "../io/named-file.ts";
import { sha256Of } from "../io/sha256.ts";
import { AppError } from "../kit/error.ts";
import type { SeccompProfile } from "../stages/grant/least-container.ts";
import type { TrialAnswer } from "../stages/grant/seccomp-trial.ts";
import { writeOutput } from "./write-output.ts";

/** What became of one profile. */
export interface StagedProfile {
  readonly path: string;
  /** In which stage it is now, and was before; null for one that was not there. */
  readonly stage: SeccompStage;
  readonly was: SeccompStage | null;
  /** Since when; RFC 3339. */
  readonly since: string;
  /** The file with what was there before; null when nothing was, or nothing was changed and nothing is kept. */
  readonly previous: string | null;
  readonly isChanged: boolean;
  /** What the log said of it; null when it was not asked. */
  readonly trial: TrialAnswer | null;
}

/** A profile as it lies there. */
export interface ProfileOnDisk extends SeccompStageFile {
  readonly text: string;
  readonly rules: SeccompRules;
  /** Somebody changed it since we wrote it. */
  readonly isForeign: boolean;
}

const SUFFIX = ".seccomp.json";
const ACTIONS = { log: "SCMP_ACT_LOG", enforce: "SCMP_ACT_ERRNO" } as const;

const besideOf = (path: string, word: "stage" | "previous"): string =>
  path.replace(/\.json$/, `.${word}.json`);

/**
 * The profile of this path, with its stage; null when there is none.
 *
 * @throws {AppError} `document-invalid`, `unreadable`.
 */
export async function profileOnDisk(path: string): Promise<ProfileOnDisk | null> {
  const bytes = await readIfThere("seccomp profile", path);
  if (bytes === null) return null;
  const rules = seccompRulesOf(parseDocument(bytes, "seccomp profile", path));
  if (rules === null)
    throw new AppError(
      "document-invalid",
      `cannot read ${JSON.stringify(path)}: it is no seccomp profile`,
    );
  const stagePath = besideOf(path, "stage");
  const stageBytes = await readIfThere("stage of a profile", stagePath);
  const digest = sha256Of(bytes);
  const file = stageBytes === null ? null : readSeccompStage(stageBytes, stagePath);
  return {
    text: bytes.toString(),
    rules,
    isForeign: file?.profile !== digest,
    // One that we did not write is in the stage that it says, since now.
    ...(file ?? {
      stage: rules.defaultAction === ACTIONS.log ? "log" : "enforce",
      since: Date.now(),
      profile: digest,
      previous: null,
    }),
  };
}

async function readIfThere(what: string, path: string): Promise<Buffer | null> {
  try {
    return (await readNamed(what, path)).bytes;
  } catch (error) {
    if (error instanceof AppError && error.code === "not-found") return null;
    throw error;
  }
}

/**
 * Writes a profile that was learned. One that has the same calls stays as it is, in its stage: since when it is at work must not be
 * forgotten. Another one begins by writing down.
 */
export async function writeLearned(path: string, profile: SeccompProfile): Promise<StagedProfile> {
  const before = await profileOnDisk(path);
  const names = seccompRulesOf(profile)?.allowed ?? [];
  if (before !== null && !before.isForeign && isSame(before.rules.allowed, names))
    return unchanged(path, before, null);
  return replaced(path, before, { stage: "log", text: profileText(profile, "log"), trial: null });
}

/** The same calls, which are refused from now on. */
export async function enforceProfile(
  path: string,
  before: ProfileOnDisk,
  profile: SeccompProfile,
  trial: TrialAnswer | null,
): Promise<StagedProfile> {
  const text = profileText(profile, "enforce");
  return replaced(path, before, { stage: "enforce", text, trial });
}

/** It stays as it is, for the reason that the trial tells. */
export function unchanged(
  path: string,
  before: SeccompStageFile,
  trial: TrialAnswer | null,
): StagedProfile {
  const { stage, since, previous } = before;
  return {
    path,
    stage,
    was: stage,
    since: new Date(since).toISOString(),
    previous: previous === null ? null : besideOf(path, "previous"),
    isChanged: false,
    trial,
  };
}

function profileText(profile: SeccompProfile, stage: SeccompStage): string {
  return `${JSON.stringify({ ...profile, defaultAction: ACTIONS[stage] }, null, 2)}\n`;
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, i) => name === other[i]);
}

interface Replacement {
  readonly stage: SeccompStage;
  readonly text: string;
  readonly trial: TrialAnswer | null;
}

/** What was there is kept first: whatever fails after that, the way back is there. */
async function replaced(
  path: string,
  before: ProfileOnDisk | null,
  { stage, text, trial }: Replacement,
): Promise<StagedProfile> {
  const previousPath = besideOf(path, "previous");
  if (before !== null) await writeOutput(previousPath, before.text);
  const since = Date.now();
  const file: SeccompStageFile = {
    stage,
    since,
    profile: sha256Of(Buffer.from(text)),
    previous:
      before === null ? null : { stage: before.stage, profile: sha256Of(Buffer.from(before.text)) },
  };
  await writeOutput(path, text);
  await writeOutput(besideOf(path, "stage"), seccompStageText(file));
  return {
    path,
    stage,
    was: before?.stage ?? null,
    since: new Date(since).toISOString(),
    previous: before === null ? null : previousPath,
    isChanged: true,
    trial,
  };
}

/**
 * Puts every profile of a folder back to what it was before, once.
 *
 * @throws {AppError} `not-found` when nothing is kept there; `document-invalid`, `unreadable`, `output-unwritable`.
 */
export async function rollBackProfiles(folder: string): Promise<StagedProfile[]> {
  const { paths } = await filesBelow(folder, {
    wants: (path) => path.endsWith(SUFFIX),
    max: 10_000,
    depth: 0,
  });
  const back: StagedProfile[] = [];
  for (const path of paths) {
    const now = await profileOnDisk(path);
    const previousPath = besideOf(path, "previous");
    const bytes = now?.previous == null ? null : await readIfThere("seccomp profile", previousPath);
    if (now?.previous == null || bytes === null) continue;
    const profile = sha256Of(bytes);
    if (profile !== now.previous.profile)
      throw new AppError(
        "document-invalid",
        `cannot go back to ${JSON.stringify(previousPath)}: it is not what was there before`,
        {
          hint: "somebody changed it; name a profile of your own to the engine, or learn one anew",
        },
      );
    const { stage } = now.previous;
    const since = Date.now();
    await writeOutput(path, bytes.toString());
    await writeOutput(
      besideOf(path, "stage"),
      seccompStageText({ stage, since, profile, previous: null }),
    );
    back.push({
      path,
      stage,
      was: now.stage,
      since: new Date(since).toISOString(),
      previous: null,
      isChanged: true,
      trial: null,
    });
  }
  if (back.length > 0) return back;
  throw new AppError("not-found", `no profile in ${JSON.stringify(folder)} has a previous one`, {
    hint: "a folder that access minimize --output wrote has them; before the first profile there was that of the engine: start the container without seccomp= to have it again",
    subject: folder,
  });
}
