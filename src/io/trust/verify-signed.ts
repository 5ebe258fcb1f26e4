// Verification: all steps over one signature, and a claim as its answer, whatever happens.
import { reasonOf } from "../../kit/error.ts";
import type { Claim } from "../../model/trust.ts";
import {
  type Circumstances,
  type Examination,
  examine,
  signatoryOf,
  type VerifiesDigest,
  type Wanted,
} from "./examination.ts";
import type { Signed } from "./signed.ts";
import { earliest, SIGSTORE_STEPS, type Step } from "./steps.ts";

/**
 * Verifies one signature or attestation.
 *
 * @param steps All of them, except in the test that shows that each is needed.
 * @returns A claim, verified only when every step agreed. Never throws.
 */
export function verifySigned(
  signed: Signed,
  wanted: Wanted,
  circumstances: Circumstances,
  steps: readonly Step[] = SIGSTORE_STEPS,
): Claim {
  const shared = {
    format: signed.format,
    version: signed.version,
    predicateType: signed.predicateType,
    source: signed.source,
  };
  let examination: Examination;
  try {
    examination = examine(signed, wanted, circumstances);
  } catch (error) {
    const refusal = { step: "form", reason: reasonOf(error) };
    return { ...shared, signatory: null, signedAt: null, outcome: "refused", refusal };
  }
  const refusal = firstRefusal(examination, steps);
  return {
    ...shared,
    signatory: signatoryOf(examination),
    signedAt: refusal === null ? earliest(examination.times) : null,
    outcome: refusal === null ? "verified" : "refused",
    refusal,
  };
}

function firstRefusal(examination: Examination, steps: readonly Step[]): Claim["refusal"] {
  for (const { name, run } of steps) {
    const reason = attempt(() => run(examination));
    if (reason !== null) return { step: name, reason };
  }
  return null;
}

/** The library says its refusals by throwing, and may throw anything at malformed proofs. */
function attempt(run: () => string | null): string | null {
  try {
    return run();
  } catch (error) {
    return reasonWithCause(error);
  }
}

function reasonWithCause(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? reasonOf(error.cause) : "";
  const reason = reasonOf(error).replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase());
  return cause === "" ? reason : `${reason}: ${cause}`;
}

/** What verifies over digests alone; 12 ms to load, so only where it is needed. */
export async function loadVerifiesDigest(): Promise<VerifiesDigest> {
  return (await import("./prehashed.ts")).verifiesDigest;
}
