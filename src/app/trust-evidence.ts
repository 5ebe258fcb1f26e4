// What signing and verifying tell the evidence log.
import type { Digest } from "../model/digest.ts";
import type { EvidenceDecision } from "../model/evidence-entry.ts";
import { SIGN_PREDICATE } from "../model/trust.ts";
import { signatoryText } from "../model/verification.ts";
import { recordDecisions } from "./evidence.ts";
import type { Signing } from "./sign.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Verified } from "./verify.ts";

const USUAL = { folder: null, required: false };
const OUTCOMES = { verified: "allow", refused: "deny", undecided: "undecided" } as const;

/** Records whether something counts as signed, and by whom. */
export async function recordVerified(
  { target, digest, verification }: Verified,
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
  await recordDecisions([decision], USUAL, surroundings);
}

/** Records that something was signed or attested. */
export async function recordSigning(signing: Signing, surroundings: Surroundings): Promise<void> {
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
  await recordDecisions([decision], USUAL, surroundings);
}
