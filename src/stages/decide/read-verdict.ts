// SLSA's verification summaries: what a gate stated about an image, as a rule at admission reads it.
// @see https://slsa.dev/spec/v1.1/verification_summary
import type { Attached, Statement } from "../../model/attached.ts";
import type { AttachedSelector } from "../../model/policy.ts";
import {
  MAX_AGE_ANNOTATION,
  policyUri,
  resourceUri,
  STAGE_ANNOTATION,
} from "../../model/verification-summary.ts";

/** A verdict about the image in question, by the policy in question. */
export interface AttachedVerdict {
  readonly statement: Statement;
  readonly result: string;
  /** RFC 3339. */
  readonly verifiedAt: string;
  /** How long it is good for by its own word; null when it does not say. */
  readonly maxAgeHours: number | null;
  readonly isStale: boolean;
}

type ReadAttached = Attached & { readonly state: "read" };

const HOUR_MS = 3_600_000;
/** Clocks of pipelines and clusters differ; a verdict from further ahead was made up, or would never grow old. */
export const AHEAD_MS_MAX: number = 5 * 60_000;

/**
 * The newest verdict about an image: what was decided last supersedes what was decided before, whichever way it went.
 *
 * @param wants By which policy, and at which of its stages.
 * @returns null when none is about it.
 */
export function newestVerdict(
  statements: readonly Statement[],
  image: ReadAttached,
  { policy, stages }: Pick<AttachedSelector, "policy" | "stages">,
): AttachedVerdict | null {
  const now = Date.parse(image.at);
  let newest: AttachedVerdict | null = null;
  for (const statement of statements) {
    const summary = summaryOf(statement.predicate);
    if (summary === null || !isMeant(summary, image, { policy, stages })) continue;
    const at = Date.parse(summary.verifiedAt);
    if (newest !== null && !isNewer(summary, at, newest)) continue;
    const { result, verifiedAt, maxAgeHours } = summary;
    const isStale = maxAgeHours !== null && now - at > maxAgeHours * HOUR_MS;
    newest = { statement, result, verifiedAt, maxAgeHours, isStale };
  }
  return newest;
}

function isMeant(
  { resource, policy, stage, verifiedAt }: Summary,
  image: ReadAttached,
  wants: Pick<AttachedSelector, "policy" | "stages">,
): boolean {
  const aheadMs = Date.parse(verifiedAt) - Date.parse(image.at);
  return (
    isAbout(resource, image) &&
    (wants.policy === null || policy === policyUri(wants.policy)) &&
    (wants.stages === null || wants.stages.some((one) => one === stage)) &&
    // A time that cannot be read is none.
    aheadMs <= AHEAD_MS_MAX
  );
}

/** Of two that were reached at once, the one that objects. */
function isNewer({ result }: Summary, at: number, newest: AttachedVerdict): boolean {
  const before = Date.parse(newest.verifiedAt);
  return at > before || (at === before && result !== PASSED);
}

const PASSED = "PASSED";

/** The statement's subject is verified already; the name is what keeps two names of one digest apart. */
function isAbout(resource: string, { name, digests }: ReadAttached): boolean {
  return digests.some((digest) => resource === resourceUri(name, digest));
}

interface Summary {
  readonly resource: string;
  readonly policy: string;
  readonly stage: string | null;
  readonly result: string;
  readonly verifiedAt: string;
  readonly maxAgeHours: number | null;
}

function summaryOf(predicate: unknown): Summary | null {
  const top = fields(predicate);
  const policy = fields(top?.["policy"]);
  const annotations = fields(policy?.["annotations"]);
  const resource = top?.["resourceUri"];
  const result = top?.["verificationResult"];
  const verifiedAt = top?.["timeVerified"];
  if (typeof resource !== "string" || typeof result !== "string") return null;
  if (typeof verifiedAt !== "string") return null;
  const uri = policy?.["uri"];
  const stage = annotations?.[STAGE_ANNOTATION];
  const maxAge = annotations?.[MAX_AGE_ANNOTATION];
  return {
    resource,
    policy: typeof uri === "string" ? uri : "",
    stage: typeof stage === "string" ? stage : null,
    result,
    verifiedAt,
    maxAgeHours: typeof maxAge === "number" ? maxAge : null,
  };
}

function fields(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}
