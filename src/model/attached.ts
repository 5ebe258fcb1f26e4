// What is attached to an image by people who are believed, in the form in which rules are asked about it.
import type { Signatory } from "./trust.ts";

/** A signature or attestation that was verified. */
export interface Statement {
  /** {@link SIGN_PREDICATE} for a signature. */
  readonly predicateType: string;
  /** Name in the trust file of who stands behind it. */
  readonly by: string;
  readonly signatory: Signatory;
  /** RFC 3339; a time that is proved, null without one. */
  readonly signedAt: string | null;
  /** As it stands; null for signatures in forms that state nothing. */
  readonly predicate: unknown;
}

/** What was found out about everything that is attached. */
export type Attached =
  /** Nobody asked, or it is no image. */
  | { readonly state: "unasked" }
  /** Nothing can be attached to it, as a sentence part: an image that lies in no registry. */
  | { readonly state: "unattachable"; readonly why: string }
  /** It could not be looked at, as a sentence part. */
  | { readonly state: "unread"; readonly why: string }
  | {
      readonly state: "read";
      /** Repository, without tag and digest: `registry.example/team/api`. */
      readonly name: string;
      /** Every digest by which the image may be named: its own, and that of the index through which it was reached. */
      readonly digests: readonly string[];
      readonly statements: readonly Statement[];
      /** What was found and does not count, as sentence parts. */
      readonly refused: readonly string[];
      /** What could not be examined: kind and place. */
      readonly unread: readonly string[];
      /** When it was read. RFC 3339, UTC. */
      readonly at: string;
    };

/** Predicate type of SLSA's verification summaries. @see https://slsa.dev/spec/v1.1/verification_summary */
export const VERDICT_PREDICATE = "https://slsa.dev/verification_summary/v1";
