import { hash } from "node:crypto";
import { AppError } from "../../kit/error.ts";
import type { Digest } from "../../model/digest.ts";
import type { LayerAccess } from "../image.ts";

/** Content by digest, as layouts and archives in the form of layouts keep it. Nothing is verified by the source. */
export interface BlobSource {
  /** For messages: `layout "./out"`. */
  readonly name: string;
  /** The stored size; null when it is not there. */
  sizeOf(digest: Digest): Promise<number | null>;
  /**
   * The bytes; null when they are not there.
   *
   * @throws {AppError} `limit-exceeded` when they are more than a document may have.
   */
  read(digest: Digest): Promise<Buffer | null>;
  /** How the bytes of these blobs are had, by index; null stands for one that nobody will ask for. */
  access(digests: readonly (Digest | null)[]): Promise<LayerAccess>;
}

/** What is asked for: a digest and the size that goes with it. */
export interface BlobClaim {
  readonly digest: Digest;
  readonly sizeBytes: number;
}

/**
 * Reads a document and compares it with what was asked for.
 *
 * @throws {AppError} `archive-invalid` when it is missing, `digest-mismatch` when it is something else.
 */
export async function readVerified(
  source: BlobSource,
  what: string,
  claim: BlobClaim,
): Promise<Buffer> {
  const bytes = await source.read(claim.digest);
  if (bytes === null) throw missingBlob(source, what, claim.digest);
  const computed = `sha256:${hash("sha256", bytes)}`;
  if (computed === claim.digest) return bytes;
  throw new AppError(
    "digest-mismatch",
    `cannot trust ${what} ${claim.digest} of ${source.name}: its bytes have the digest ${computed}`,
    { subject: claim.digest, hint: CHANGED },
  );
}

/**
 * Looks whether a layer is there in the size that is claimed; its bytes are verified when they are read.
 *
 * @throws {AppError} `archive-invalid` when it is missing, `digest-mismatch` when it has another size.
 */
export async function checkPresence(
  source: BlobSource,
  what: string,
  claim: BlobClaim,
): Promise<void> {
  const sizeBytes = await source.sizeOf(claim.digest);
  if (sizeBytes === null) throw missingBlob(source, what, claim.digest);
  if (sizeBytes === claim.sizeBytes) return;
  throw new AppError(
    "digest-mismatch",
    `cannot trust ${what} ${claim.digest} of ${source.name}: it has ${sizeBytes} bytes, and ${claim.sizeBytes} are claimed`,
    { subject: claim.digest, hint: CHANGED },
  );
}

const CHANGED = "the image was changed or damaged; copy it again";

function missingBlob(source: BlobSource, what: string, digest: Digest): AppError {
  return new AppError(
    "archive-invalid",
    `cannot read ${source.name}: ${what} ${digest} is missing`,
    {
      subject: digest,
      hint: "it was not copied as a whole; copy it again",
    },
  );
}

/** Parses a document and, when that fails, says which one of which source it was. */
export function parsedIn<T>(source: { readonly name: string }, what: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const state = error.message.replace(/^cannot read [a-z ]+: /, "");
    throw new AppError(error.code, `cannot read ${what} of ${source.name}: ${state}`, {
      cause: error,
      ...(error.hint === null ? {} : { hint: error.hint }),
    });
  }
}
