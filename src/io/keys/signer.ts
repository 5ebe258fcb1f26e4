// What can sign, wherever its private key lies.
import type { KeyObject } from "node:crypto";

/** A key that signs. Providers implement this and nothing more. */
export interface Signer {
  /** Where the key is, for messages; never the key. */
  readonly name: string;
  readonly publicKey: KeyObject;
  /**
   * Signs bytes as verifiers of its kind of key expect: ECDSA in DER, RSA in PKCS #1 v1.5, Ed25519 over the bytes.
   *
   * @throws {AppError} `key-invalid`, `signing-failed`.
   */
  sign(bytes: Uint8Array): Promise<Buffer>;
}

/** The hash that goes with the size of a key's curve; services that hold keys allow no other. null for Ed25519, which has its own. */
export function hashFor(key: KeyObject): "sha256" | "sha384" | "sha512" | null {
  if (key.asymmetricKeyType === "ed25519") return null;
  switch (key.asymmetricKeyDetails?.namedCurve) {
    case "secp384r1":
      return "sha384";
    case "secp521r1":
      return "sha512";
    default:
      return "sha256";
  }
}
