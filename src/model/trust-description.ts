// Whom a machine believes and until when, for people to look over.
import { count } from "../kit/phrase.ts";
import { type OldSince, oldness, oldnessText } from "./key-standing.ts";
import type { RootDemands, TrustedCertificate, TrustedIdentity, TrustedKey } from "./trust.ts";

export interface DescribedKey extends TrustedKey {
  /** `P-256`, `RSA 3072`, `Ed25519`. */
  readonly kind: string;
  readonly fingerprint: string;
}

export interface DescribedCertificate extends TrustedCertificate {
  /** Its distinguished name. */
  readonly subject: string;
  /** RFC 3339. */
  readonly endsAt: string;
}

/** An authority or log of a trusted root. */
export interface RootPart {
  readonly kind: "certificates" | "timestamps" | "log" | "certificate log";
  readonly url: string;
  /** RFC 3339; null when it is not said. */
  readonly from: string | null;
  /** What the root says, or the first end of the authority's certificates; null for no end. */
  readonly until: string | null;
}

export interface DescribedRoot {
  readonly name: string;
  /** Ids of the identities that are of it. */
  readonly neededBy: readonly string[];
  /** When the first of the authorities ends that no other has followed yet. RFC 3339. */
  readonly endsAt: string;
  readonly demands: RootDemands;
  readonly parts: readonly RootPart[];
}

export interface TrustDescription {
  readonly keys: readonly DescribedKey[];
  readonly identities: readonly TrustedIdentity[];
  readonly certificates: readonly DescribedCertificate[];
  readonly roots: readonly DescribedRoot[];
}

/**
 * What somebody must look after: what ends within the days, and roots and certificates that have ended. Keys that have ended
 * are old news, and roots that nobody is of do not matter.
 */
export function trustWarnings(
  { keys, certificates, roots }: TrustDescription,
  since: OldSince,
): string[] {
  return [
    ...keys.flatMap((key) => {
      const old = oldness(key, since);
      return old?.kind === "ending"
        ? [`key ${JSON.stringify(key.id)} ${oldnessText(old, since.now)}`]
        : [];
    }),
    ...certificates.flatMap(({ id, endsAt }) =>
      ending(`certificate ${JSON.stringify(id)}`, endsAt, since),
    ),
    ...roots.flatMap(({ name, neededBy, endsAt }) =>
      neededBy.length === 0 ? [] : rootEnding(name, endsAt, since),
    ),
  ];
}

/** What there is to say of a root that ends soon, or has ended. */
export function rootEnding(name: string, endsAt: string, since: OldSince): string[] {
  const what = `an authority of the trusted root ${JSON.stringify(name)}`;
  return ending(what, endsAt, since).map((text) => `${text}: get a newer one`);
}

const DAY_MS = 86_400_000;

function ending(what: string, endsAt: string, { now, endingDays }: OldSince): string[] {
  const days = Math.floor((Date.parse(endsAt) - Date.parse(now)) / DAY_MS);
  if (days < 0) return [`${what} ended at ${endsAt}`];
  return days > endingDays ? [] : [`${what} ends at ${endsAt} (in ${count(days, "day")})`];
}
