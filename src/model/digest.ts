import { AppError } from "../kit/error.ts";

declare const digestBrand: unique symbol;

/** `sha256:` and 64 lower-case hex digits; made only by {@link parseDigest}. The key of everything. */
export type Digest = string & { readonly [digestBrand]: true };

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Whether the text is a digest that we accept. sha512 and others are refused: nobody publishes images with them. */
export function isDigest(text: string): text is Digest {
  return DIGEST.test(text);
}

/**
 * Reads a digest as OCI writes it.
 *
 * @throws {AppError} `reference-invalid` for anything but `sha256:` and 64 lower-case hex digits.
 * @see OCI image specification, descriptor.md, "Digests"
 */
export function parseDigest(text: string): Digest {
  if (!isDigest(text)) {
    throw new AppError(
      "reference-invalid",
      `cannot read digest ${JSON.stringify(text.slice(0, 100))}: not sha256 and 64 hex digits`,
    );
  }
  return text;
}

/** The 64 hex digits without the algorithm: what file names are made of. */
export function hexOf(digest: Digest): string {
  return digest.slice("sha256:".length);
}

/** The first twelve digits, for people. Never a key. */
export function shortDigest(digest: Digest): string {
  return hexOf(digest).slice(0, 12);
}
