// Break-glass: to grant an override, and to find out whether one holds. Nothing here needs a network or a service; a file, a
// public key and the clock are enough.
import { OVERRIDE_PAYLOAD, overridePayload } from "../formats/override.ts";
import { now } from "../io/clock.ts";
import { readNamed } from "../io/named-file.ts";
import { sha256Of } from "../io/sha256.ts";
import { thisAccount } from "../io/this-account.ts";
import { AppError } from "../kit/error.ts";
import {
  type AppliedOverride,
  appliedOverride,
  OVERRIDE_DAYS_MAX,
  type Override,
  type OverrideAction,
  type OverrideSubject,
  overrideRefusal,
  parseOverrideSubject,
} from "../model/override.ts";
import { recordDecisions } from "./evidence.ts";
import { overrideEvidence } from "./override-evidence.ts";
import { publicKeys, readOverride } from "./overrides.ts";
import type { Surroundings } from "./surroundings.ts";

/** What is to be granted, as the user says it. */
export interface GrantRequest {
  readonly reason: string;
  /** A day (to its end, UTC), a time with zone, or a span: `4h`, `2d`. */
  readonly until: string;
  /** Digests and names. */
  readonly subjects: readonly string[];
  readonly actions: readonly OverrideAction[];
  /** File of the private key. */
  readonly key: string;
  /** Null for {@link OVERRIDE_DAYS_MAX}. */
  readonly daysMax: number | null;
  /** Folder of the evidence log; null for the usual one. */
  readonly evidence: string | null;
}

/** A document that was signed and recorded. */
export interface Granted {
  readonly override: Override;
  readonly digest: string;
  /** JSON, with a line end. */
  readonly text: string;
}

/**
 * Signs an override, and records that it was granted: one that nobody can find again is not given.
 *
 * @throws {AppError} `usage`, `reference-invalid`, `key-invalid`, `evidence-unwritable`, and what reading the key throws.
 */
export async function grantOverride(
  request: GrantRequest,
  surroundings: Surroundings,
  password: () => Promise<string>,
): Promise<Granted> {
  const grantedAt = now();
  const { env } = surroundings;
  const override: Override = {
    schema: "bulwark.dev/override/v1",
    reason: reasonIn(request.reason),
    grantedBy: thisAccount(env).name,
    grantedAt,
    until: endOf(request.until, grantedAt),
    actions: request.actions,
    subjects: request.subjects.map(parseOverrideSubject),
  };
  checkSpan(override, request.daysMax ?? OVERRIDE_DAYS_MAX);
  const [{ localSigner, readPrivateKey }, { fingerprintOf }, { dsseValue, preAuthEncoding }] =
    await Promise.all([
      import("../io/keys/private-key.ts"),
      import("../io/trust/public-key.ts"),
      import("../formats/dsse.ts"),
    ]);
  const pem = (await readNamed("key", request.key)).bytes.toString("utf8");
  const signer = localSigner(await readPrivateKey(pem, request.key, password), request.key);
  const payload = overridePayload(override);
  const bytes = await signer.sign(preAuthEncoding(OVERRIDE_PAYLOAD, payload));
  const keyId = fingerprintOf(signer.publicKey);
  const envelope = { payloadType: OVERRIDE_PAYLOAD, payload, signatures: [{ keyId, bytes }] };
  const digest = sha256Of(payload);
  const applied = { digest, ...override, key: keyId.slice(0, 16) };
  await recordDecisions(
    override.subjects.map((subject) =>
      overrideEvidence(applied, { command: "break-glass grant", outcome: "done", subject }),
    ),
    { folder: request.evidence, required: true },
    surroundings,
  );
  return { override, digest, text: `${JSON.stringify(dsseValue(envelope), null, 2)}\n` };
}

function reasonIn(text: string): string {
  const reason = text.trim();
  if (reason !== "" && reason.length <= 1000) return reason;
  throw new AppError("usage", "cannot grant an override: its reason is empty or too long", {
    hint: "say in a sentence why what is denied must run, for who reads it later",
  });
}

const SPAN = /^(\d{1,5})([mhd])$/;
const SPAN_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const DAY = /^\d{4}-\d\d-\d\d$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;

function endOf(text: string, grantedAt: string): string {
  const end = spanEnd(text, grantedAt) ?? momentOf(text);
  if (end !== null) return new Date(end).toISOString();
  throw new AppError("usage", `cannot use --until ${JSON.stringify(text.slice(0, 60))}: no time`, {
    hint: "as in 4h, 2d, 2026-11-27 or 2026-11-25T18:00:00Z",
  });
}

function spanEnd(text: string, grantedAt: string): number | null {
  const [, number, unit = ""] = SPAN.exec(text) ?? [];
  return number === undefined
    ? null
    : Date.parse(grantedAt) + Number(number) * (SPAN_MS[unit] ?? 0);
}

function momentOf(text: string): number | null {
  const written = DAY.test(text) ? `${text}T23:59:59.999Z` : text;
  const time = MOMENT.test(written) ? Date.parse(written) : Number.NaN;
  if (Number.isNaN(time)) return null;
  // JavaScript takes the 31st of February for a day of March.
  return DAY.test(text) && !new Date(time).toISOString().startsWith(text) ? null : time;
}

function checkSpan({ grantedAt, until }: Override, daysMax: number): void {
  const days = (Date.parse(until) - Date.parse(grantedAt)) / 86_400_000;
  if (days > 0 && days <= daysMax) return;
  const state = days > 0 ? `it would last longer than ${daysMax} days` : "it would have ended";
  throw new AppError("usage", `cannot grant an override until ${until}: ${state}`, {
    hint: "an exception in bulwark.exceptions.yaml is for what lasts; --max-days allows more",
  });
}

/** What is asked of an override file. */
export interface OverrideRequest {
  readonly file: string;
  /** Files of public keys, one of which must have signed. */
  readonly keys: readonly string[];
  readonly subject: OverrideSubject;
  readonly action: OverrideAction;
  readonly daysMax: number | null;
  readonly evidence: string | null;
}

/** Whether an override holds here and now. */
export interface OverrideAnswer {
  /** Null when it does not. */
  readonly applied: AppliedOverride | null;
  /** Why it does not hold. */
  readonly refusal: string | null;
  /** What stands in the document; not to be believed when its signature is what was refused. */
  readonly override: Override;
}

/**
 * Finds out whether an override holds, and records that it was asked, and what came of it.
 *
 * @param command For the log: `gate`, `break-glass check`.
 * @throws {AppError} `not-found`, `unreadable`, `document-invalid`, `key-invalid`; `evidence-unwritable` where a log is named.
 */
export async function applyOverride(
  request: OverrideRequest,
  command: string,
  surroundings: Surroundings,
): Promise<OverrideAnswer> {
  const { answer, digest } = await lookAt(request);
  const { override } = answer;
  const told = answer.applied ?? { digest, ...override, key: "" };
  const decision = overrideEvidence(told, {
    command,
    outcome: answer.applied === null ? "deny" : "allow",
    subject: request.subject,
  });
  const reasons = answer.refusal === null ? decision.reasons : [answer.refusal];
  const { evidence } = request;
  await recordDecisions(
    [{ ...decision, reasons }],
    { folder: evidence, required: evidence !== null },
    surroundings,
  );
  return answer;
}

async function lookAt(
  request: OverrideRequest,
): Promise<{ readonly answer: OverrideAnswer; readonly digest: AppliedOverride["digest"] }> {
  const { keys } = request;
  const signed = await readOverride(request.file, await publicKeys(keys));
  const { digest, override } = signed;
  const question = { ...request, now: now(), daysMax: request.daysMax ?? OVERRIDE_DAYS_MAX };
  const refusal =
    signed.key === null
      ? `it is not signed by ${keys.length === 1 ? "the key" : `one of ${keys.length} keys`} that is trusted`
      : overrideRefusal(override, question);
  return { digest, answer: { applied: appliedOverride(signed, question), refusal, override } };
}
