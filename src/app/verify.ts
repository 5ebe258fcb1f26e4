// Is this signed by somebody whom we believe? Files with their bundles.
import { AppError } from "../kit/error.ts";
import { isDigest } from "../model/digest.ts";
import { answerOf, type Verification } from "../model/verification.ts";
import { type TrustRequest, trustOf } from "./trust.ts";

export interface BundleRequest extends TrustRequest {
  /** A file, or the digest of one. */
  readonly artifact: string;
  /** Files of bundles. */
  readonly bundles: readonly string[];
  /** The types of predicate that count; null for any. */
  readonly types: readonly string[] | null;
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
export async function verifyFile(request: BundleRequest): Promise<Verified> {
  const trust = await trustOf(request);
  const [{ readClaims }, { now }, digest] = await Promise.all([
    import("../io/trust/read-claims.ts"),
    import("../io/clock.ts"),
    digestOf(request.artifact),
  ]);
  const wanted = {
    sha256: digest.slice("sha256:".length),
    bytes: isDigest(request.artifact) ? null : await wholeFile(request.artifact),
    predicateTypes: request.types,
  };
  const claims = await readClaims(request.bundles, wanted, { trust, now: now() });
  return {
    target: request.artifact,
    digest,
    verification: answerOf(claims, [], { trust, predicateTypes: request.types }),
  };
}

async function digestOf(artifact: string): Promise<string> {
  if (isDigest(artifact)) return artifact;
  const { fileSha256 } = await import("../io/trust/file-digest.ts");
  return `sha256:${await fileSha256(artifact)}`;
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
