import type { AppError } from "../../kit/error.ts";

/** Who we are for a registry. */
export type Credential =
  | { readonly kind: "password"; readonly username: string; readonly password: string }
  /** Exchanged for a token by OAuth. */
  | { readonly kind: "identity"; readonly token: string }
  /** Sent as it is. */
  | { readonly kind: "bearer"; readonly token: string };

/** What a search for a credential came to. */
export interface CredentialSearch {
  readonly credential: Credential | null;
  /** Where it was found: a file, `docker-credential-x`, `AWS_ACCESS_KEY_ID`. */
  readonly source: string | null;
  /** Files that were looked at. */
  readonly looked: readonly string[];
  /** Why something that might have had one could not be asked. Matters only if the registry wants one. */
  readonly failure: AppError | null;
}

/** The value of an Authorization header. */
export function basicHeader(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`;
}

/** Longer secrets do not fit into a header that servers take. */
export const SECRET_MAX: number = 16_384;

/** Whether a text can stand in a header as it is. */
export function isHeaderSafe(text: string): boolean {
  return text.length > 0 && text.length <= SECRET_MAX && /^[\x21-\x7e]+$/.test(text);
}
