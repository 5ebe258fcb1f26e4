// Is this signed by somebody whom we believe? Images with what is attached to them, files with their bundles.

import type { KeptManifest, Place } from "../io/attachments/place.ts";
import type { LoadedTrust } from "../io/trust/examination.ts";
import { AppError } from "../kit/error.ts";
import { hexOf, isDigest } from "../model/digest.ts";
import { blocksVerdict } from "../model/problem.ts";
import { SIGN_PREDICATE } from "../model/trust.ts";
import { answerOf, type Verification } from "../model/verification.ts";
import { placeOf } from "./image-place.ts";
import type { Surroundings } from "./surroundings.ts";
import { type TrustRequest, trustOf } from "./trust.ts";

export interface BundleRequest extends TrustRequest {
  /** A file, or the digest of one. */
  readonly artifact: string;
  /** Files of bundles. */
  readonly bundles: readonly string[];
  /** The types of predicate that count; null for any. */
  readonly types: readonly string[] | null;
}

export interface ImageRequest extends TrustRequest {
  /** A reference or a layout. */
  readonly image: string;
  /** The types of predicate that count; null for a plain signature. */
  readonly types: readonly string[] | null;
  readonly offline: boolean;
}

/** The answer, and what it is about. */
export interface Verified {
  readonly target: string;
  readonly digest: string;
  readonly verification: Verification;
}

/** A file that is signed by a key that signs no hash must be at hand as a whole. */
const WHOLE_BYTES_MAX = 64 << 20;

/**
 * Verifies a file by bundles that lie beside it.
 *
 * @throws {AppError} `usage`, `not-found`, `unreadable`; what reading the trust throws.
 */
export async function verifyFile(
  request: BundleRequest,
  { warn }: Surroundings,
): Promise<Verified> {
  const trust = await trustOf(request, warn);
  const [{ readClaims }, { now }, digests] = await Promise.all([
    import("../io/trust/read-claims.ts"),
    import("../io/clock.ts"),
    digestsOf(request.artifact),
  ]);
  const wanted = {
    ...digests,
    bytes: isDigest(request.artifact) ? null : await wholeFile(request.artifact),
    predicateTypes: request.types,
  };
  const claims = await readClaims(request.bundles, wanted, { trust, now: now() });
  return {
    target: request.artifact,
    digest: `sha256:${digests.sha256}`,
    verification: answerOf(claims, [], { trust, predicateTypes: request.types }),
  };
}

/**
 * Verifies an image by what is attached to its digest, in any of the forms that are known.
 *
 * @throws {AppError} what finding the image and listing what is attached throws; what reading the trust throws.
 */
export async function verifyImage(
  request: ImageRequest,
  surroundings: Surroundings,
): Promise<Verified> {
  const trust = await trustOf(request, surroundings.warn);
  const { place, at, name } = await placeOf(request.image, { ...surroundings, ...request });
  const kept = await place.manifest(at, surroundings.signal);
  if (kept === null)
    throw new AppError(
      "registry-not-found",
      `cannot find ${JSON.stringify(name)}: it is not there`,
      {
        hint: "look for a typing error",
        subject: name,
      },
    );
  const { types } = request;
  const ask = await attachedTo(place, kept, { types, signal: surroundings.signal });
  return { target: request.image, digest: kept.digest, verification: await ask(trust) };
}

/** What is asked of everything that is attached to one manifest. */
interface AttachedQuestion {
  /** Null for a plain signature. */
  readonly types: readonly string[] | null;
  readonly signal: AbortSignal;
}

/**
 * Lists what is attached to a manifest, once, to be asked by one trust or another.
 *
 * @throws {AppError} what listing throws; of the answer: the signal's reason.
 */
export async function attachedTo(
  place: Place,
  { digest, bytes }: KeptManifest,
  { types, signal }: AttachedQuestion,
): Promise<(trust: LoadedTrust) => Promise<Verification>> {
  const [{ referrersOf }, { attachedClaims }, { now }] = await Promise.all([
    import("../io/attachments/referrers-of.ts"),
    import("../io/trust/attached-claims.ts"),
    import("../io/clock.ts"),
  ]);
  const { referrers, problems } = await referrersOf(place, digest, { signal });
  const predicateTypes = types ?? [SIGN_PREDICATE];
  const wanted = { sha256: hexOf(digest), bytes, predicateTypes };
  // What a list names and is not attached, or is malformed, is no signature; only what could not be read may be one.
  const unlisted = problems
    .filter(blocksVerdict)
    .map(({ detail }) => `what is attached: ${detail}`);
  const leftOut = problems.filter((problem) => !blocksVerdict(problem));
  return async (trust) => {
    const { claims, unread } = await attachedClaims(referrers, wanted, { trust, now: now() });
    const verification = answerOf(claims, [...unread, ...unlisted], { trust, predicateTypes });
    if (verification.outcome === "verified") return verification;
    const more = leftOut.map(({ detail }) => `left out: ${detail}`);
    return { ...verification, reasons: [...verification.reasons, ...more] };
  };
}

async function digestsOf(artifact: string): Promise<{ sha256: string; sha512?: string }> {
  if (isDigest(artifact)) return { sha256: hexOf(artifact) };
  const { fileDigests } = await import("../io/trust/file-digest.ts");
  return fileDigests(artifact);
}

async function wholeFile(path: string): Promise<Uint8Array | null> {
  const { readNamed } = await import("../io/named-file.ts");
  try {
    return (await readNamed("file", path, WHOLE_BYTES_MAX)).bytes;
  } catch (error) {
    // The digest is enough for nearly all keys.
    if (error instanceof AppError && error.code === "limit-exceeded") return null;
    throw error;
  }
}
