// What signing and verifying tell the evidence log.
import type { Digest } from "../model/digest.ts";
import type { EvidenceDecision } from "../model/evidence-entry.ts";
import { type Standing, voucherText } from "../model/key-standing.ts";
import { SIGN_PREDICATE } from "../model/trust.ts";
import { signatoryText } from "../model/verification.ts";
import { type EvidenceRequest, recordDecisions } from "./evidence.ts";
import type { Signing } from "./sign.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Verified } from "./verify.ts";
import type { VerifiedRunning } from "./verify-running.ts";

/** @param folder What was named as the log, where it must be recorded; null for the usual one. */
function logIn(folder: string | null): EvidenceRequest {
  return { folder, required: folder !== null };
}

const OUTCOMES = { verified: "allow", refused: "deny", undecided: "undecided" } as const;

/** Records whether something counts as signed, and by whom. @throws {AppError} `evidence-unwritable` for a named folder. */
export async function recordVerified(
  { target, digest, verification }: Verified,
  folder: string | null,
  surroundings: Surroundings,
): Promise<void> {
  const counted = verification.claims.flatMap(({ outcome, signatory }) =>
    outcome === "verified" && signatory !== null ? [`by ${signatoryText(signatory)}`] : [],
  );
  const decision: EvidenceDecision = {
    action: "verify",
    command: "verify",
    outcome: OUTCOMES[verification.outcome],
    reasons: counted.length > 0 ? [...new Set(counted)] : verification.reasons,
    subject: { name: target, digest: digest as Digest },
    policy: null,
    data: null,
  };
  await recordDecisions([decision], logIn(folder), surroundings);
}

const STANDINGS: Readonly<Record<Standing, EvidenceDecision["outcome"]>> = {
  current: "allow",
  "old-key": "allow",
  lapsed: "deny",
  refused: "deny",
  undecided: "undecided",
};

/** Records how each image that runs stands. @throws {AppError} as {@link recordVerified}. */
export async function recordRunning(
  { images, verifiedAt }: VerifiedRunning,
  folder: string | null,
  surroundings: Surroundings,
): Promise<void> {
  const decisions = images.map(
    ({ image, digest, standing, vouchers, reasons }): EvidenceDecision => ({
      action: "verify",
      command: "verify --running",
      outcome: STANDINGS[standing],
      reasons:
        reasons.length > 0
          ? reasons
          : vouchers.map((voucher) => `by ${voucherText(voucher, verifiedAt)}`),
      subject: { name: image, digest },
      policy: null,
      data: null,
    }),
  );
  await recordDecisions(decisions, logIn(folder), surroundings);
}

/** Records that something was signed or attested. @throws {AppError} as {@link recordVerified}. */
export async function recordSigning(
  signing: Signing,
  folder: string | null,
  surroundings: Surroundings,
): Promise<void> {
  const action = signing.predicateType === SIGN_PREDICATE ? "sign" : "attest";
  const decision: EvidenceDecision = {
    action,
    command: action,
    outcome: "done",
    reasons: [signing.predicateType, `attached ${signing.digest}`],
    subject: { name: signing.name, digest: signing.subject },
    policy: null,
    data: null,
  };
  await recordDecisions([decision], logIn(folder), surroundings);
}
