// Public keys, and whether a signature is theirs.
import { constants, createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import { AppError } from "../../kit/error.ts";

/** A public key that may be asked about signatures. */
export interface PublicKey {
  readonly key: KeyObject;
  /** sha256 of the SPKI form, hex. */
  readonly fingerprint: string;
  /** Whether bytes were signed by it, in any of the ways in which its kind of key signs. Never throws. */
  verifies(bytes: Uint8Array, signature: Uint8Array): boolean;
}

const MODULUS_BITS_MIN = 2048;
const MODULUS_BITS_MAX = 8192;
const CURVES = new Map([
  ["prime256v1", { name: "P-256", hash: "sha256", bytes: 32 }],
  ["secp384r1", { name: "P-384", hash: "sha384", bytes: 48 }],
  ["secp521r1", { name: "P-521", hash: "sha512", bytes: 66 }],
]);
const RSA_HASHES = ["sha256", "sha384", "sha512"];

/**
 * Reads a public key in PEM (`PUBLIC KEY`, `RSA PUBLIC KEY`, or that of a `CERTIFICATE`).
 *
 * @param name For messages.
 * @throws {AppError} `key-invalid` for other forms, other kinds and weak sizes.
 */
export async function readPublicKey(pem: string, name: string): Promise<PublicKey> {
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch (cause) {
    throw unusable(name, "it is not a public key in PEM form", cause);
  }
  if (pem.includes("PRIVATE KEY")) throw unusable(name, "it is a private key");
  const prehashed = key.asymmetricKeyType === "ed25519" ? await loadPrehashed() : null;
  return publicKeyOf(key, name, prehashed);
}

/** Ed25519ph, which Node does not have and cosign writes: over the hash of the bytes. @see RFC 8032, section 5.1 */
async function loadPrehashed(): Promise<Prehashed> {
  const { ed25519ph } = await import("@noble/curves/ed25519.js");
  return (bytes, signature, raw) => ed25519ph.verify(signature, bytes, raw);
}

type Prehashed = (bytes: Uint8Array, signature: Uint8Array, rawKey: Uint8Array) => boolean;

/** The same of a key that is at hand, without Ed25519ph. @throws {AppError} `key-invalid`. */
export function publicKeyOf(
  key: KeyObject,
  name: string,
  prehashed: Prehashed | null = null,
): PublicKey {
  const verifies = verifierOf(key, name, prehashed);
  return {
    key,
    fingerprint: fingerprintOf(key),
    verifies: (bytes, signature) => {
      try {
        return verifies(bytes, signature);
      } catch {
        return false;
      }
    },
  };
}

/** sha256 of a public key in SPKI form, hex. */
export function fingerprintOf(key: KeyObject): string {
  return createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("hex");
}

/** `P-256`, `RSA 3072`, `Ed25519`. */
export function kindOf(key: KeyObject): string {
  const { namedCurve, modulusLength } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === "ed25519") return "Ed25519";
  if (modulusLength !== undefined) return `RSA ${modulusLength}`;
  return CURVES.get(namedCurve ?? "")?.name ?? String(namedCurve);
}

type Verifies = (bytes: Uint8Array, signature: Uint8Array) => boolean;

function verifierOf(key: KeyObject, name: string, prehashed: Prehashed | null): Verifies {
  switch (key.asymmetricKeyType) {
    case "ec":
      return ecdsa(key, name);
    case "rsa":
      return rsa(key, name);
    case "ed25519":
      return ed25519(key, prehashed);
    default:
      throw unusable(name, `it is of the kind ${JSON.stringify(key.asymmetricKeyType)}`);
  }
}

function ecdsa(key: KeyObject, name: string): Verifies {
  const curve = CURVES.get(key.asymmetricKeyDetails?.namedCurve ?? "");
  if (curve === undefined) throw unusable(name, "its curve is not P-256, P-384 or P-521");
  // Some signers use sha256 with every curve, others the curve's own.
  const hashes = curve.hash === "sha256" ? ["sha256"] : [curve.hash, "sha256"];
  return (bytes, signature) => {
    const isDer = signature[0] === 0x30;
    const isPlain = signature.length === 2 * curve.bytes;
    return hashes.some(
      (hash) =>
        (isDer && verify(hash, bytes, { key, dsaEncoding: "der" }, signature)) ||
        (isPlain && verify(hash, bytes, { key, dsaEncoding: "ieee-p1363" }, signature)),
    );
  };
}

function rsa(key: KeyObject, name: string): Verifies {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (bits < MODULUS_BITS_MIN || bits > MODULUS_BITS_MAX)
    throw unusable(name, `its RSA modulus has ${bits} bits, not ${MODULUS_BITS_MIN} and more`);
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  const saltLength = constants.RSA_PSS_SALTLEN_AUTO;
  return (bytes, signature) =>
    RSA_HASHES.some(
      (hash) =>
        verify(hash, bytes, key, signature) ||
        verify(hash, bytes, { key, padding, saltLength }, signature),
    );
}

function ed25519(key: KeyObject, prehashed: Prehashed | null): Verifies {
  const raw = key.export({ type: "spki", format: "der" }).subarray(-32);
  return (bytes, signature) =>
    verify(null, bytes, key, signature) || prehashed?.(bytes, signature, raw) === true;
}

function unusable(name: string, state: string, cause?: unknown): AppError {
  return new AppError("key-invalid", `cannot use key ${JSON.stringify(name)}: ${state}`, {
    hint: "ECDSA on P-256, P-384 or P-521, RSA of 2048 bits and more, and Ed25519 are known",
    subject: name,
    cause,
  });
}
