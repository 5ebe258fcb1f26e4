// Beside a seccomp profile that we wrote: in which stage it is and since when, and what was there before. And the profile itself.
import { AppError } from "../kit/error.ts";
import { list, member, object, objects, parseDocument, text, texts } from "./json-object.ts";

/** `log` writes down what is not in the profile, `enforce` refuses it. */
export type SeccompStage = "log" | "enforce";

export interface SeccompStageFile {
  readonly stage: SeccompStage;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Digest of the profile's file. */
  readonly profile: string;
  /** null when none was there before. */
  readonly previous: { readonly stage: SeccompStage; readonly profile: string } | null;
}

const SCHEMA = "bulwark.dev/seccomp-stage/v1";
const HINT = "take both files away to begin anew";

export function seccompStageText({ since, ...file }: SeccompStageFile): string {
  const written = { schema: SCHEMA, since: new Date(since).toISOString(), ...file };
  return `${JSON.stringify(written, null, 2)}\n`;
}

/** @throws {AppError} `document-invalid`. */
export function readSeccompStage(bytes: Uint8Array, path: string): SeccompStageFile {
  const top = parseDocument(bytes, "stage of a profile", path);
  const stage = stageOf(text(top, "stage"));
  const since = Date.parse(text(top, "since"));
  if (text(top, "schema") !== SCHEMA || stage === null || Number.isNaN(since))
    throw new AppError(
      "document-invalid",
      `cannot read ${JSON.stringify(path)}: it is no ${SCHEMA}`,
      {
        hint: HINT,
      },
    );
  const before = object(top, "previous");
  const beforeStage = stageOf(text(before, "stage"));
  const previous =
    beforeStage === null ? null : { stage: beforeStage, profile: text(before, "profile") };
  return { stage, since, profile: text(top, "profile"), previous };
}

function stageOf(written: string): SeccompStage | null {
  return written === "log" || written === "enforce" ? written : null;
}

/** What counts of a profile, in the form of the OCI runtime specification or of an engine's file. */
export interface SeccompRules {
  /** What becomes of a call that is in no rule: `SCMP_ACT_LOG`. */
  readonly defaultAction: string;
  /** Names of the calls that are let through whatever their arguments, sorted. */
  readonly allowed: readonly string[];
  /** Rules for some arguments, or with other actions, of which nothing more is read. */
  readonly hasOthers: boolean;
}

/** @returns null for what is no profile. */
export function seccompRulesOf(profile: unknown): SeccompRules | null {
  const top = profile as Parameters<typeof text>[0];
  const defaultAction = text(top, "defaultAction");
  if (defaultAction === "") return null;
  const allowed = new Set<string>();
  let hasOthers = false;
  for (const rule of objects(top, "syscalls")) {
    const isPlain = text(rule, "action") === "SCMP_ACT_ALLOW" && list(rule, "args").length === 0;
    hasOthers ||= !isPlain;
    const one = member(rule, "name");
    const names = [...texts(rule, "names"), ...(typeof one === "string" ? [one] : [])];
    if (isPlain) for (const name of names) allowed.add(name);
  }
  return { defaultAction, allowed: [...allowed].sort(), hasOthers };
}
