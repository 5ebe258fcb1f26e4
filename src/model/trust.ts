// Whom we believe, and what was found to be said about a digest. A claim is a value whether it holds or not, so that an answer
// can tell what was there and why it did not count.
import { glob } from "../kit/glob.ts";

/** Predicate type of a plain signature; whoever wants "signed" wants exactly this and not just any attestation. */
export const SIGN_PREDICATE = "https://sigstore.dev/cosign/sign/v1";

/** How a claim is written: a Sigstore bundle, cosign's older tags (`.sig`, `.att`), or Notary Project's envelope. */
export type ClaimFormat = "bundle" | "cosign-tag" | "notation";

/** Who stands behind a claim. In a refused claim it is only who it says. */
export type Signatory =
  | {
      readonly kind: "key";
      /** sha256 of the public key in SPKI form, hex; or the hint of a bundle whose key we do not know. */
      readonly fingerprint: string;
      /** Its name in the trust file, where it is known. */
      readonly id: string | null;
    }
  | {
      readonly kind: "identity";
      readonly identity: string;
      readonly issuer: string;
      /** Its name in the trust file; null for somebody who is not in it. */
      readonly id: string | null;
    }
  | {
      readonly kind: "certificate";
      readonly subject: string;
      readonly fingerprint: string;
      /** Name in the trust file of the certificate that vouches for it; null where none does. */
      readonly id: string | null;
    };

/** A signature or attestation that was found, with what became of it. */
export interface Claim {
  readonly format: ClaimFormat;
  /** `0.3` of a bundle; null where there are no versions. */
  readonly version: string | null;
  /** {@link SIGN_PREDICATE} for a signature; null when it could not be read. */
  readonly predicateType: string | null;
  readonly signatory: Signatory | null;
  /** RFC 3339; a time that is proved by a log or timestamp authority, null without one. */
  readonly signedAt: string | null;
  readonly outcome: "verified" | "refused";
  /** The step of verification that refused it, and why: lower case, no full stop. */
  readonly refusal: { readonly step: string; readonly reason: string } | null;
  /** The manifest, or the file, that it was in. */
  readonly source: string;
}

/** A span of time in which a key counts. RFC 3339; null for no end on that side. */
export interface KeyLife {
  readonly notBefore: string | null;
  readonly notAfter: string | null;
  /** From then on nothing signed by it counts; what is proved to be older does. */
  readonly revokedAt: string | null;
}

/** A public key that is believed. */
export interface TrustedKey extends KeyLife {
  readonly id: string;
  /** SPKI in PEM. */
  readonly pem: string;
  /** Whether an entry in a transparency log must be there. */
  readonly needsLog: boolean;
  /** The id of the key that signs in its place by now; what this one signed goes on to count. */
  readonly replacedBy: string | null;
}

/** What holds of a key of which nothing else is said. */
export const UNLIMITED: Omit<TrustedKey, "id" | "pem"> = {
  notBefore: null,
  notAfter: null,
  revokedAt: null,
  needsLog: false,
  replacedBy: null,
};

/**
 * What must be there beside a certificate of a deployment. Everything, unless the user says that a deployment of their own does
 * without; what is there all the same must hold.
 */
export interface RootDemands {
  /** An entry in a transparency log. */
  readonly log: boolean;
  /** The word of a certificate log. */
  readonly certificateLog: boolean;
  /** A proof of when it was signed. Without one the certificate must count now. */
  readonly time: boolean;
}

/** Someone who signs with short-lived certificates. */
export interface TrustedIdentity {
  readonly id: string;
  /** The OIDC issuer, compared exactly. */
  readonly issuer: string;
  /** Subject of the certificate, compared exactly unless `isGlob`. */
  readonly identity: string;
  readonly isGlob: boolean;
  /** The name of the trusted root that must have issued the certificate. */
  readonly root: string;
}

/** A certificate authority, or a self-signed certificate, for Notary Project's signatures. */
export interface TrustedCertificate {
  readonly id: string;
  readonly pem: string;
  /** What it may vouch for: signers, authorities that sign for others, or timestamps. */
  readonly kind: "ca" | "signing-authority" | "timestamp";
  /** Distinguished names of leaf certificates, `C=DE,O=Acme,CN=signer`; null for any that it issued. */
  readonly subjects: readonly string[] | null;
}

/** Whom to believe, as the user says it. */
export interface Trust {
  readonly keys: readonly TrustedKey[];
  readonly identities: readonly TrustedIdentity[];
  readonly certificates: readonly TrustedCertificate[];
}

/** Whether a certificate's subject and issuer are those of a trusted identity. Nothing is a pattern that does not say so. */
export function isIdentity(
  trusted: TrustedIdentity,
  found: { readonly identity: string; readonly issuer: string },
): boolean {
  if (found.issuer !== trusted.issuer || trusted.identity === "") return false;
  return trusted.isGlob
    ? glob(trusted.identity)(found.identity)
    : found.identity === trusted.identity;
}

/**
 * Why a key's signature does not count for its time; null when it does.
 *
 * A time that nothing proves does not help: without one, the key must count now.
 */
export function lifeRefusal(
  life: KeyLife,
  when: { readonly provedAt: string | null; readonly now: string },
): string | null {
  const at = Date.parse(when.provedAt ?? when.now);
  const told = when.provedAt === null ? "now, and nothing proves when it signed" : "when it signed";
  if (life.notBefore !== null && at < Date.parse(life.notBefore))
    return `the key does not count before ${life.notBefore}`;
  if (life.notAfter !== null && at > Date.parse(life.notAfter))
    return `the key's time ended at ${life.notAfter}: it does not count ${told}`;
  return null;
}

/** Why a revoked key's signature does not count; null when the key is not revoked, or signed before it was. */
export function revocationRefusal(life: KeyLife, provedAt: string | null): string | null {
  if (life.revokedAt === null) return null;
  if (provedAt !== null && Date.parse(provedAt) < Date.parse(life.revokedAt)) return null;
  return `the key is revoked since ${life.revokedAt}`;
}
