// What the evidence log holds: who decided what, about which digest, on what grounds, and where.
import { withoutCredentials } from "../kit/credentials.ts";
import { printable } from "../kit/text.ts";
import type { AdvisoryData } from "./advisory.ts";
import type { Digest } from "./digest.ts";

export const EVIDENCE_SCHEMA = "bulwark.dev/evidence/v1";

/** What was asked. */
export type EvidenceAction = "gate" | "sign" | "attest" | "verify" | "admit" | "break-glass";

/** `allow`, `deny` and `undecided` are verdicts; `done` and `failed` are for what is done rather than decided. */
export type EvidenceOutcome = "allow" | "deny" | "undecided" | "done" | "failed";

/** Who acted, as far as the machine knows. What a pipeline says of itself is the pipeline's word, and nobody has checked it. */
export interface Actor {
  /** `user`: an account of the system. `ci`: who the pipeline says started it. `request`: who asked an admission. */
  readonly kind: "user" | "ci" | "request";
  readonly name: string;
  readonly host: string | null;
}

/** The pipeline in which it happened, as its environment tells. */
export interface PipelineRun {
  readonly provider: string;
  readonly repository: string | null;
  /** 40 or 64 hex digits. */
  readonly commit: string | null;
  readonly ref: string | null;
  readonly pipeline: string | null;
  readonly job: string | null;
  readonly url: string | null;
  readonly actor: string | null;
}

/** One decision, as whoever made it tells the log. */
export interface EvidenceDecision {
  readonly action: EvidenceAction;
  /** What was run, without what may be secret: `scan --fail-on high`. */
  readonly command: string;
  readonly outcome: EvidenceOutcome;
  /** Lower-case sentence parts, most important first. */
  readonly reasons: readonly string[];
  readonly subject: { readonly name: string; readonly digest: Digest | null };
  readonly policy: { readonly name: string; readonly digest: Digest | null } | null;
  /** Null where no advisory data had a part in it. */
  readonly data: Pick<AdvisoryData, "kind" | "builtAt" | "ageHours"> | null;
}

/** A decision with who made it and where. */
export interface AttributedDecision extends EvidenceDecision {
  readonly actor: Actor;
  readonly pipeline: PipelineRun | null;
}

/** What an entry tells. */
export type EvidenceFact =
  | { readonly kind: "decision"; readonly decision: AttributedDecision }
  /** `begin`: the first of a log. `segment`: the first of a further file. `key`: from here on another key signs. */
  | { readonly kind: "begin" | "segment" | "key"; readonly log: LogIdentity }
  /** What stood at the end when the next writer came: a line that was cut off, or entries that nobody had signed yet. */
  | { readonly kind: "torn"; readonly torn: TornEnd };

export interface LogIdentity {
  /** 32 hex digits by chance: two logs are never the same. */
  readonly id: string;
  /** base64 of the key's SPKI, DER. */
  readonly publicKey: string;
}

export interface TornEnd {
  readonly bytes: number;
  /** Of those bytes; null when there are none. */
  readonly sha256: string | null;
  /** Whole entries before them that no signature covered. */
  readonly unsigned: number;
}

/** What every entry has. */
export interface EntryHead {
  readonly schema: typeof EVIDENCE_SCHEMA;
  /** From 1, without a gap. */
  readonly seq: number;
  /** Hash of the entry before; null for the first of all. */
  readonly previous: string | null;
  /** RFC 3339, UTC, of the machine that wrote it. */
  readonly time: string;
  /** `bulwark 0.1.0`. */
  readonly tool: string;
  /** The first 16 hex digits of the sha256 of the signing key's SPKI. */
  readonly key: string;
}

export type EvidenceEntry = EntryHead & EvidenceFact;

const REASONS_MAX = 10;
const TEXT_MAX = 500;

/** The same decision within bounds, and without credentials: texts are cut, reasons beyond the tenth are left out. */
export function boundedDecision(decision: AttributedDecision): AttributedDecision {
  const { actor, pipeline, policy, subject, data } = decision;
  return {
    action: decision.action,
    command: bounded(decision.command),
    outcome: decision.outcome,
    reasons: decision.reasons.slice(0, REASONS_MAX).map(bounded),
    subject: { name: bounded(subject.name), digest: subject.digest },
    policy: policy === null ? null : { name: bounded(policy.name), digest: policy.digest },
    data:
      data === null
        ? null
        : { kind: data.kind, builtAt: data.builtAt, ageHours: wholeHours(data.ageHours) },
    actor: { kind: actor.kind, name: bounded(actor.name), host: boundedOrNull(actor.host) },
    pipeline: pipeline === null ? null : boundedPipeline(pipeline),
  };
}

function boundedPipeline(pipeline: PipelineRun): PipelineRun {
  return {
    provider: bounded(pipeline.provider),
    repository: boundedOrNull(pipeline.repository),
    commit: boundedOrNull(pipeline.commit),
    ref: boundedOrNull(pipeline.ref),
    pipeline: boundedOrNull(pipeline.pipeline),
    job: boundedOrNull(pipeline.job),
    url: boundedOrNull(pipeline.url),
    actor: boundedOrNull(pipeline.actor),
  };
}

/** Fractions are written differently by different languages; data from the future is as new as can be. */
function wholeHours(hours: number | null): number | null {
  return hours === null || !Number.isFinite(hours) ? null : Math.max(0, Math.floor(hours));
}

/** Credentials go before the cut, which could hide what they are known by. */
function bounded(text: string): string {
  const wellFormed = withoutCredentials(text.slice(0, 20 * TEXT_MAX)).replace(/\p{Cs}/gu, "\ufffd");
  return printable(wellFormed, TEXT_MAX).replace(/\p{Cs}/gu, "\ufffd");
}

function boundedOrNull(text: string | null): string | null {
  return text === null ? null : bounded(text);
}
