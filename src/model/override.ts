// An override: a signed, time-bound permission to go on although the answer is no. It breaks the glass, and is seen to.
import type { ArtifactSummary } from "./artifact.ts";
import type { Digest } from "./digest.ts";
import { parseReference } from "./reference.ts";
import { parseTarget } from "./target.ts";

export const OVERRIDE_SCHEMA = "bulwark.dev/override/v1";

/** What may be overridden: a gate in a pipeline, or an admission. */
export const OVERRIDE_ACTIONS = ["gate", "admit"] as const;
export type OverrideAction = (typeof OVERRIDE_ACTIONS)[number];

/** What an override is about. What is null may be anything; something is not null. */
export interface OverrideSubject {
  /** `registry.example/team/api`, complete and without tag. */
  readonly name: string | null;
  readonly tag: string | null;
  readonly digest: Digest | null;
}

/** As it stands in the signed document. */
export interface Override {
  readonly schema: typeof OVERRIDE_SCHEMA;
  readonly reason: string;
  /** Who made it, as the machine knew: an account, or who a pipeline says started it. The signature says whose key it was. */
  readonly grantedBy: string;
  /** RFC 3339, UTC; before it the override does not count. */
  readonly grantedAt: string;
  /** RFC 3339, UTC; from then on it does not count. */
  readonly until: string;
  readonly actions: readonly OverrideAction[];
  readonly subjects: readonly OverrideSubject[];
}

/** What decisions are told of an override that holds. */
export interface AppliedOverride {
  /** Of the signed bytes: by this it is found in the evidence log. */
  readonly digest: Digest;
  readonly reason: string;
  readonly grantedBy: string;
  readonly until: string;
  /** The first 16 hex digits of the sha256 of the key. */
  readonly key: string;
}

/** An override as it was read, and whose it is. */
export interface SignedOverride {
  /** Of the signed bytes. */
  readonly digest: Digest;
  readonly override: Override;
  /** The first 16 hex digits of the sha256 of the trusted key that signed it; null when none did, and nothing in it is true. */
  readonly key: string | null;
}

/** How long an override may last, unless somebody says otherwise. */
export const OVERRIDE_DAYS_MAX = 7;
/** By how much the clock of who granted may be ahead of ours. Behind is no matter: it ends when it says. */
const SKEW_MS = 5 * 60_000;
const DAY_MS = 86_400_000;

/** What is asked of an override. */
export interface OverrideQuestion {
  readonly subject: OverrideSubject;
  readonly action: OverrideAction;
  /** RFC 3339, UTC. */
  readonly now: string;
  readonly daysMax: number;
}

/** Why an override does not count here and now; null when it does. Its signature is not looked at. */
export function overrideRefusal(override: Override, question: OverrideQuestion): string | null {
  const { grantedAt, until } = override;
  const now = Date.parse(question.now);
  const [begin, end] = [Date.parse(grantedAt), Date.parse(until)];
  if ([now, begin, end].some(Number.isNaN)) return "its times cannot be read";
  if (end <= begin) return `it ends at ${until}, before it begins`;
  if (end - begin > question.daysMax * DAY_MS)
    return `it lasts longer than ${question.daysMax} days, from ${grantedAt} to ${until}`;
  if (now >= end) return `it ended at ${until}`;
  if (now < begin - SKEW_MS) return `it begins at ${grantedAt}, and it is ${question.now}`;
  if (!override.actions.includes(question.action))
    return `it is for ${override.actions.join(" and ")}, not for ${question.action}`;
  if (!override.subjects.some((subject) => isAbout(subject, question.subject)))
    return `it is about ${override.subjects.map(overrideSubjectText).join(", ")}, not about ${overrideSubjectText(question.subject)}`;
  return null;
}

/** What decisions are told of an override; null when it does not hold here and now. */
export function appliedOverride(
  { digest, override, key }: SignedOverride,
  question: OverrideQuestion,
): AppliedOverride | null {
  if (key === null || overrideRefusal(override, question) !== null) return null;
  const { reason, grantedBy, until } = override;
  return { digest, reason, grantedBy, until, key };
}

/** `break-glass until 2026-11-25T14:00:00.000Z, granted by anna with key 0011…: the shop is down`. */
export function overrideText({ reason, grantedBy, until, key }: AppliedOverride): string {
  return `break-glass until ${until}, granted by ${grantedBy} with key ${key}: ${reason}`;
}

/**
 * What an override may name of an artifact: its name with each digest under which it is known, or its name alone where none is
 * known, as when its registry does not answer. Empty for what is no image.
 */
export function overrideSubjectsOf(artifact: ArtifactSummary): OverrideSubject[] {
  if (artifact.kind !== "image") return [];
  const named = namedBy(artifact);
  const known = [artifact.digest, artifact.indexDigest, named.digest].filter((d) => d !== null);
  if (known.length > 0) return [...new Set(known)].map((digest) => ({ ...named, digest }));
  return named.name === null ? [] : [named];
}

const NOBODY: OverrideSubject = { name: null, tag: null, digest: null };

function namedBy({ reference, target, digest: found }: ArtifactSummary): OverrideSubject {
  // What was opened and has no name of its own lies in a file, and the path to it is no name.
  const text = reference ?? (found === null ? referenceIn(target) : null);
  if (text === null) return NOBODY;
  try {
    const { registry, repository, tag, digest } = parseReference(text);
    // Beside a digest, nobody looks at the tag.
    return { name: `${registry}/${repository}`, tag: digest === null ? tag : null, digest };
  } catch {
    return NOBODY;
  }
}

function referenceIn(text: string): string | null {
  const target = parseTarget(text);
  if (target.kind === "plain") return target.text;
  return target.kind === "registry" || target.kind === "engine" ? target.reference : null;
}

/** Whatever the override names must be known of what is asked about, and be the same. */
function isAbout(named: OverrideSubject, asked: OverrideSubject): boolean {
  if (named.name === null && named.digest === null) return false;
  return (
    (named.name === null || named.name === asked.name) &&
    (named.tag === null || named.tag === asked.tag) &&
    (named.digest === null || named.digest === asked.digest)
  );
}

/**
 * Reads a subject as people write it: a digest, `team/api`, `team/api:1.2`, `team/api@sha256:…`. A name without a tag is any tag
 * of it.
 *
 * @throws {AppError} `reference-invalid`.
 */
export function parseOverrideSubject(text: string): OverrideSubject {
  if (/^sha\d+:/.test(text))
    return { name: null, tag: null, digest: parseReference(`x@${text}`).digest };
  const { registry, repository, tag, digest } = parseReference(text);
  const named = text.split("@", 1)[0] ?? "";
  const isTagged = named.lastIndexOf(":") > named.lastIndexOf("/");
  return { name: `${registry}/${repository}`, tag: isTagged ? tag : null, digest };
}

/** The same for people. */
export function overrideSubjectText({ name, tag, digest }: OverrideSubject): string {
  const named = `${name ?? ""}${tag === null ? "" : `:${tag}`}`;
  if (digest === null) return named;
  return named === "" ? digest : `${named}@${digest}`;
}
