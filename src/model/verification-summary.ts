// The verdict about an image as an attestation: SLSA's verification summary.
// @see https://slsa.dev/spec/v1.1/verification_summary

/** Hours for which a verdict is good, among the annotations of its policy: the specification has no field for it. */
export const MAX_AGE_ANNOTATION = "bulwark.dev/max-age-hours";
/** The stage at which was asked, likewise. */
export const STAGE_ANNOTATION = "bulwark.dev/stage";

/** What a summary says of an image. */
export interface SummaryFacts {
  /** Repository, without tag and digest. */
  readonly name: string;
  readonly digest: string;
  readonly policy: { readonly name: string; readonly digest: string };
  readonly stage: string;
  readonly outcome: "allow" | "deny";
  readonly maxAgeHours: number;
  /** RFC 3339, UTC. */
  readonly verifiedAt: string;
  /** Version of this program. */
  readonly version: string;
}

/** `oci://registry.example/team/api@sha256:…`: the name belongs to it, because decisions are by name and digest. */
export function resourceUri(name: string, digest: string): string {
  return `oci://${name}@${digest}`;
}

/** `urn:bulwark:policy:payments`. */
export function policyUri(name: string): string {
  return `urn:bulwark:policy:${encodeURIComponent(name)}`;
}

/** The predicate. The format has no word for what is undecided, and an unknown is never a pass. */
export function verificationSummary(facts: SummaryFacts): Readonly<Record<string, unknown>> {
  const hasPassed = facts.outcome === "allow";
  return {
    verifier: { id: "https://bulwark.dev/gate", version: { bulwark: facts.version } },
    timeVerified: facts.verifiedAt,
    resourceUri: resourceUri(facts.name, facts.digest),
    policy: {
      uri: policyUri(facts.policy.name),
      digest: { sha256: facts.policy.digest.replace(/^sha256:/, "") },
      annotations: {
        [MAX_AGE_ANNOTATION]: facts.maxAgeHours,
        [STAGE_ANNOTATION]: facts.stage,
      },
    },
    verificationResult: hasPassed ? "PASSED" : "FAILED",
    verifiedLevels: [hasPassed ? "SLSA_BUILD_LEVEL_UNEVALUATED" : "FAILED"],
    slsaVersion: "1.1",
  };
}
