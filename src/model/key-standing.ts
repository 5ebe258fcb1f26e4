// What there is to say of the keys behind a good answer: whether it will still be one when the old keys are gone.
import { count } from "../kit/phrase.ts";
import type { Signatory, TrustedKey } from "./trust.ts";
import { signatoryText, type Verification } from "./verification.ts";

/** Why a key is old: it is to sign no more, and what it alone vouches for ought to be signed anew. */
export type Oldness =
  | { readonly kind: "revoked" | "ended" | "ending"; readonly at: string }
  | { readonly kind: "replaced"; readonly by: string };

/** Somebody who vouches, or who did as long as the key counted. */
export interface Voucher {
  readonly signatory: Signatory;
  /** Null for a key that is not old, and for whoever signs with certificates. */
  readonly old: Oldness | null;
}

/**
 * How what runs stands with those whom we believe.
 *
 * `current`: somebody vouches for it whose key is not old. `old-key`: only old keys do. `lapsed`: somebody did whose key has
 * ended or is revoked. `refused`: nobody does. `undecided`: it could not be told.
 */
export type Standing = "current" | "old-key" | "lapsed" | "refused" | "undecided";

/** When a key is old. */
export interface OldSince {
  /** RFC 3339. */
  readonly now: string;
  /** A key that ends within so many days is old already. */
  readonly endingDays: number;
}

const DAY_MS = 86_400_000;

/** Why a key is old, what weighs most first; null when it is not. */
export function oldness(key: TrustedKey, { now, endingDays }: OldSince): Oldness | null {
  const at = Date.parse(now);
  const { revokedAt, notAfter, replacedBy } = key;
  if (revokedAt !== null) return { kind: "revoked", at: revokedAt };
  if (notAfter !== null && Date.parse(notAfter) <= at) return { kind: "ended", at: notAfter };
  if (replacedBy !== null) return { kind: "replaced", by: replacedBy };
  if (notAfter !== null && Date.parse(notAfter) <= at + endingDays * DAY_MS)
    return { kind: "ending", at: notAfter };
  return null;
}

/** A key with the fingerprint by which claims name it. */
export type KnownKey = TrustedKey & { readonly fingerprint: string };

/** Everybody whose claim counted, each once. */
export function vouchersOf(
  { claims }: Verification,
  keys: readonly KnownKey[],
  since: OldSince,
): Voucher[] {
  const found = new Map<string, Voucher>();
  for (const { outcome, signatory } of claims) {
    if (outcome !== "verified" || signatory === null) continue;
    const key = keys.find((known) => isOf(signatory, known));
    const old = key === undefined ? null : oldness(key, since);
    found.set(JSON.stringify(signatory), { signatory, old });
  }
  return [...found.values()];
}

function isOf(signatory: Signatory, { id, fingerprint }: KnownKey): boolean {
  return signatory.kind === "key" && signatory.id === id && signatory.fingerprint === fingerprint;
}

/**
 * How it stands.
 *
 * @param vouchers Of the answer; of one that is refused, those who would count if their keys did.
 */
export function standingOf({ outcome }: Verification, vouchers: readonly Voucher[]): Standing {
  if (outcome === "verified")
    return vouchers.length > 0 && vouchers.every(({ old }) => old !== null) ? "old-key" : "current";
  if (outcome === "undecided") return "undecided";
  return vouchers.length > 0 ? "lapsed" : "refused";
}

/** `key 1a2b3c4d5e6f (release-2025), which is replaced by release-2026`. */
export function voucherText({ signatory, old }: Voucher, now: string): string {
  const who = signatoryText(signatory);
  return old === null ? who : `${who}, which ${oldnessText(old, now)}`;
}

/** `is revoked since 2026-03-10T00:00:00.000Z`, `ends at … (in 12 days)`. */
export function oldnessText(old: Oldness, now: string): string {
  switch (old.kind) {
    case "revoked":
      return `is revoked since ${old.at}`;
    case "ended":
      return `ended at ${old.at}`;
    case "replaced":
      return `is replaced by ${old.by}`;
    case "ending": {
      const days = Math.floor((Date.parse(old.at) - Date.parse(now)) / DAY_MS);
      return `ends at ${old.at} (in ${count(days, "day")})`;
    }
  }
}
