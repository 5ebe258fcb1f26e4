// Signatures over bytes of which only the sha256 is at hand. Node hashes itself, so the arithmetic is a library's here.
import { constants, type KeyObject, publicDecrypt } from "node:crypto";
import { p256, p384, p521 } from "@noble/curves/nist.js";

const CURVES = new Map([
  ["prime256v1", p256],
  ["secp384r1", p384],
  ["secp521r1", p521],
]);

/** sha256 in PKCS #1's frame. @see RFC 8017, section 9.2, note 1 */
const SHA256_INFO = Buffer.from("3031300d060960864801650304020105000420", "hex");

/** Whether a signature is of the bytes with this sha256. False for kinds of keys that sign no hash of sha256. Never throws. */
export function verifiesDigest(key: KeyObject, digest: Uint8Array, signature: Uint8Array): boolean {
  try {
    if (key.asymmetricKeyType === "rsa") {
      const padding = constants.RSA_PKCS1_PADDING;
      const opened = publicDecrypt({ key, padding }, signature);
      return opened.equals(Buffer.concat([SHA256_INFO, digest]));
    }
    const curve = CURVES.get(key.asymmetricKeyDetails?.namedCurve ?? "");
    if (curve === undefined) return false;
    const { x = "", y = "" } = key.export({ format: "jwk" });
    const point = Buffer.concat([
      Buffer.of(4),
      Buffer.from(x, "base64url"),
      Buffer.from(y, "base64url"),
    ]);
    return curve.verify(signature, digest, point, { prehash: false, format: "der", lowS: false });
  } catch {
    return false;
  }
}
