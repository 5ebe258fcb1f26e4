// Detached ed25519 signatures of a published store. @see RFC 8032
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { AppError } from "../../kit/error.ts";

/**
 * Signs bytes.
 *
 * @param pem A private key, PKCS #8.
 * @returns base64.
 * @throws {AppError} `usage` when it is no ed25519 private key.
 */
export function signatureOf(bytes: Uint8Array, pem: string): string {
  const key = keyOf("--key", () => createPrivateKey(pem));
  return sign(null, bytes, key).toString("base64");
}

/**
 * Whether a signature is of these bytes and this key.
 *
 * @param pem A public key, SPKI.
 * @throws {AppError} `usage` when it is no ed25519 public key.
 */
export function isSignedBy(bytes: Uint8Array, signature: string, pem: string): boolean {
  const key = keyOf("--trust", () => createPublicKey(pem));
  return verify(null, bytes, key, Buffer.from(signature, "base64"));
}

function keyOf(option: string, read: () => KeyObject): KeyObject {
  let key: KeyObject | null = null;
  try {
    key = read();
  } catch {
    // Said below. What OpenSSL says may hold parts of the key.
  }
  if (key?.asymmetricKeyType === "ed25519") return key;
  throw new AppError(
    "usage",
    `cannot use the key of ${option}: it is not an ed25519 key in PEM form`,
    {
      hint: "openssl genpkey -algorithm ed25519 makes one, openssl pkey -pubout its public half",
    },
  );
}
