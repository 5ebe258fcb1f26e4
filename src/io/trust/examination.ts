// One signature under examination: what is asked, what it says of itself, and what the steps have found out so far.
import { type KeyObject, X509Certificate } from "node:crypto";
import { bundleFromJSON } from "@sigstore/bundle";
import { type SignedEntity, toSignedEntity } from "@sigstore/verify";
import {
  isIdentity,
  type Signatory,
  type TrustedCertificate,
  type TrustedIdentity,
  type TrustedKey,
} from "../../model/trust.ts";
import { type PublicKey, publicKeyOf } from "./public-key.ts";
import type { LoadedRoot } from "./roots.ts";
import { type Signed, sha256 } from "./signed.ts";

export interface LoadedKey extends TrustedKey, PublicKey {}

/** Whom to believe, with keys and certificates read. */
export interface LoadedTrust {
  readonly keys: readonly LoadedKey[];
  readonly identities: readonly TrustedIdentity[];
  readonly roots: readonly LoadedRoot[];
  readonly certificates: readonly LoadedCertificate[];
}

export interface LoadedCertificate extends TrustedCertificate {
  readonly certificate: X509Certificate;
}

/** What a signature must be about to count. */
export interface Wanted {
  /** sha256 in hex, of a manifest or a file. */
  readonly sha256: string;
  /** sha512 in hex, where it is known; packages of npm are named by it. */
  readonly sha512?: string;
  /** The bytes themselves, where they are at hand; some keys sign nothing less. */
  readonly bytes: Uint8Array | null;
  /** The types of predicate that count; null for any. */
  readonly predicateTypes: readonly string[] | null;
}

/** Verifies over a digest alone; loaded only where that is asked. */
export type VerifiesDigest = (
  key: PublicKey["key"],
  digest: Uint8Array,
  signature: Uint8Array,
) => boolean;

export interface Circumstances {
  readonly trust: LoadedTrust;
  /** RFC 3339. */
  readonly now: string;
  readonly verifiesDigest: VerifiesDigest | null;
}

/**
 * The state that the steps share. Before a step has run, its part of the state is what the signature claims; afterwards it is
 * what holds. Nothing of it leaves before every step has agreed.
 */
export interface Examination {
  readonly signed: Signed;
  readonly wanted: Wanted;
  readonly trust: LoadedTrust;
  readonly now: string;
  readonly verifiesDigest: VerifiesDigest | null;
  /** The deployment whose proofs these are; null where none fits or none is needed. */
  readonly root: LoadedRoot | null;
  /** With proofs as the library reads them; null for a signature by a key that carries none that we can check. */
  readonly entity: SignedEntity | null;
  /** Signing times. */
  times: readonly Date[];
  /** Keys one of which must have signed. */
  candidates: readonly PublicKey[];
  /** Of a certificate. */
  identity: { readonly identity: string; readonly issuer: string } | null;
  /** The trusted key that signed. */
  key: LoadedKey | null;
}

/** @throws anything, for proofs that are malformed. */
export function examine(
  signed: Signed,
  wanted: Wanted,
  { trust, now, verifiesDigest }: Circumstances,
): Examination {
  const needsProofs = signed.signer.kind === "certificate" || signed.hasProofs;
  const entity = needsProofs ? withOwnSignature(readEntity(signed), signed) : null;
  const leaf = leafOf(entity);
  const ofKey = signed.signer.kind === "key" ? byHint(trust.keys, signed.signer.hint) : [];
  return {
    signed,
    wanted,
    trust,
    now,
    verifiesDigest,
    root: entity === null ? null : rootFor(signed, entity, trust.roots),
    entity,
    times: entity === null ? [] : claimedTimes(entity, leaf),
    candidates: leaf === null ? ofKey : [publicKeyOf(leafKey(signed), "certificate")],
    identity: leaf === null ? null : identityOf(leaf),
    key: null,
  };
}

/** The root whose authority issued the certificate, the first where none did, to say why; of a key's, that has its log. */
function rootFor(
  { signer }: Signed,
  { tlogEntries }: SignedEntity,
  roots: readonly LoadedRoot[],
): LoadedRoot | null {
  if (signer.kind === "certificate") {
    const leaf = new X509Certificate(signer.certificate);
    return roots.find((root) => root.issued(leaf)) ?? roots[0] ?? null;
  }
  const ids = tlogEntries.map(({ logId }) => logId.keyId.toString("hex"));
  return roots.find(({ logIds }) => ids.some((id) => logIds.has(id))) ?? null;
}

function leafKey({ signer }: Signed): KeyObject {
  const bytes = signer.kind === "certificate" ? signer.certificate : Buffer.alloc(0);
  return new X509Certificate(bytes).publicKey;
}

function readEntity(signed: Signed): SignedEntity {
  return toSignedEntity(bundleFromJSON(signed.bundle));
}

/** The library knows fewer ways of signing than we do, and reads no signature over a digest alone. */
function withOwnSignature(entity: SignedEntity, { content, signature }: Signed): SignedEntity {
  const [payload, whole] =
    content.kind === "artifact"
      ? [content.digest, content.digest]
      : [
          sha256(content.kind === "statement" ? content.payload : content.signedBytes),
          sha256(content.signedBytes),
        ];
  return {
    ...entity,
    signature: {
      signature,
      compareSignature: (other) => signature.equals(other),
      compareDigest: (digest) => payload.equals(digest),
      compareSignedDigest: (digest) => whole.equals(digest),
      // Whether the signature holds is the business of a step of ours.
      verifySignature: () => false,
    },
  };
}

function leafOf(entity: SignedEntity | null): LeafCertificate | null {
  return entity?.key.$case === "certificate" ? entity.key.certificate : null;
}

type LeafCertificate = Extract<SignedEntity["key"], { $case: "certificate" }>["certificate"];

function claimedTimes(entity: SignedEntity, leaf: LeafCertificate | null): Date[] {
  const times = entity.timestamps.map((stamp) =>
    stamp.$case === "timestamp-authority"
      ? stamp.timestamp.signingTime
      : new Date(Number(stamp.tlogEntry.integratedTime) * 1000),
  );
  return times.length > 0 || leaf === null ? times : [leaf.notBefore];
}

const ISSUER = "1.3.6.1.4.1.57264.1.8";
const ISSUER_OLD = "1.3.6.1.4.1.57264.1.1";

/** Who a certificate names. @see https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md */
function identityOf(leaf: LeafCertificate): Examination["identity"] {
  const issuer =
    leaf.extension(ISSUER)?.valueObj.subs[0]?.value ?? leaf.extension(ISSUER_OLD)?.value;
  return {
    identity: leaf.subjectAltName ?? "",
    issuer: issuer === undefined ? "" : Buffer.from(issuer).toString("utf8"),
  };
}

/** Trusted keys, those that a hint speaks of first. Hints vouch for nothing, so the others are tried, too. */
function byHint(keys: readonly LoadedKey[], hint: string): LoadedKey[] {
  const hex = Buffer.from(hint, "base64").toString("hex");
  const isHinted = (key: LoadedKey): boolean => key.fingerprint === hex;
  return [...keys.filter(isHinted), ...keys.filter((key) => !isHinted(key))];
}

/** The trusted identity that a certificate's names are those of; null for a stranger's. */
export function trustedAs({ identity, trust, root }: Examination): TrustedIdentity | null {
  if (identity === null) return null;
  const isMeant = (trusted: TrustedIdentity): boolean =>
    isIdentity(trusted, identity) && trusted.root === root?.name;
  return trust.identities.find(isMeant) ?? null;
}

/** Who the signature says, or by now is known, to be by. */
export function signatoryOf(examination: Examination): Signatory | null {
  const { signed, key, identity, candidates } = examination;
  if (identity !== null)
    return { kind: "identity", ...identity, id: trustedAs(examination)?.id ?? null };
  if (key !== null) return { kind: "key", fingerprint: key.fingerprint, id: key.id };
  if (signed.signer.kind !== "key" || signed.signer.hint === "") return null;
  const hex = Buffer.from(signed.signer.hint, "base64").toString("hex");
  const known = candidates.find(({ fingerprint }) => fingerprint === hex);
  const id = known !== undefined && "id" in known ? String(known.id) : null;
  const fingerprint = hex.length === 64 ? hex : signed.signer.hint.slice(0, 100);
  return { kind: "key", fingerprint, id };
}
