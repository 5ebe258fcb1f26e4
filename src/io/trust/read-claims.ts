// Bundles in files, verified.
import { BUNDLE_BYTES_MAX } from "../../formats/sigstore-bundle.ts";
import { AppError } from "../../kit/error.ts";
import type { Claim, ClaimFormat } from "../../model/trust.ts";
import { readNamed } from "../named-file.ts";
import type { Circumstances, Wanted } from "./examination.ts";
import { signedBundle } from "./signed.ts";
import { loadVerifiesDigest, verifySigned } from "./verify-signed.ts";

/**
 * Verifies the bundles of files. One that is malformed is a refused claim.
 *
 * @throws {AppError} `not-found`, `unreadable`.
 */
export async function readClaims(
  paths: readonly string[],
  wanted: Wanted,
  circumstances: Omit<Circumstances, "verifiesDigest">,
): Promise<Claim[]> {
  const verifiesDigest = wanted.bytes === null ? await loadVerifiesDigest() : null;
  const claims: Claim[] = [];
  for (const path of paths) {
    const { bytes } = await readNamed("bundle", path, BUNDLE_BYTES_MAX);
    claims.push(
      claimOf(
        "bundle",
        path,
        () => signedBundle(bytes, path),
        (signed) => verifySigned(signed, wanted, { ...circumstances, verifiesDigest }),
      ),
    );
  }
  return claims;
}

/** Reads and verifies; what cannot be read is a claim, too, and a refused one. */
export function claimOf<T>(
  format: ClaimFormat,
  source: string,
  read: () => T,
  verify: (read: T) => Claim,
): Claim {
  let found: T;
  try {
    found = read();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return refusedClaim(format, source, error);
  }
  return verify(found);
}

/** A claim of which nothing is known but that it is none. */
export function refusedClaim(format: ClaimFormat, source: string, error: AppError): Claim {
  const refusal = { step: "form", reason: error.message };
  const nothing = { version: null, predicateType: null, signatory: null, signedAt: null };
  return { format, source, ...nothing, outcome: "refused", refusal };
}
