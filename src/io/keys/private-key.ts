// Private keys in files: cosign's encrypted container, and the usual PEM forms to import from.
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  scrypt,
  sign,
} from "node:crypto";
import { promisify } from "node:util";
import {
  COST_DEFAULT,
  type EncryptedKey,
  isEncryptedKey,
  parseEncryptedKey,
  SCRYPT_P,
  SCRYPT_R,
  writeEncryptedKey,
} from "../../formats/cosign-key.ts";
import { type PemBlock, parsePem } from "../../formats/pem.ts";
import { AppError } from "../../kit/error.ts";
import { publicKeyOf } from "../trust/public-key.ts";
import type { Signer } from "./signer.ts";

/** Kinds of keys that can be made. */
export const KEY_KINDS = [
  "ecdsa-p256",
  "ecdsa-p384",
  "ecdsa-p521",
  "rsa-2048",
  "rsa-3072",
  "rsa-4096",
  "ed25519",
] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

const CURVES = { "ecdsa-p256": "P-256", "ecdsa-p384": "P-384", "ecdsa-p521": "P-521" } as const;
const SALT_BYTES = 32;
const NONCE_BYTES = 24;
const KEY_BYTES = 32;

/** Makes a new private key. */
export function generateKey(kind: KeyKind): KeyObject {
  if (kind === "ed25519") return generateKeyPairSync("ed25519").privateKey;
  if (kind === "rsa-2048" || kind === "rsa-3072" || kind === "rsa-4096")
    return generateKeyPairSync("rsa", { modulusLength: Number(kind.slice(4)) }).privateKey;
  return generateKeyPairSync("ec", { namedCurve: CURVES[kind] }).privateKey;
}

/** What asks for a password; only called when one is needed. */
export type AskPassword = () => Promise<string>;

/**
 * Reads a private key: encrypted as cosign does, or plain in PKCS #8, PKCS #1 or SEC 1.
 *
 * @param name For messages; the key is in none of them.
 * @throws {AppError} `key-invalid` for other forms, weak or unknown kinds, and wrong passwords.
 */
export async function readPrivateKey(
  pem: string,
  name: string,
  password: AskPassword,
): Promise<KeyObject> {
  const block = privateBlock(pem, name);
  const key = isEncryptedKey(block)
    ? pkcs8(await decrypt(parseEncryptedKey(block), await password(), name), name)
    : plain(pem, name);
  publicKeyOf(createPublicKey(key), name);
  return key;
}

function privateBlock(pem: string, name: string): PemBlock {
  const block = parsePem(pem).find(({ label }) => label.endsWith("PRIVATE KEY"));
  if (block === undefined) throw unusable(name, "it holds no private key in PEM form");
  return block;
}

function plain(pem: string, name: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    // What OpenSSL says may hold parts of the key.
    throw unusable(name, "it is not a private key that can be read");
  }
}

function pkcs8(der: Uint8Array, name: string): KeyObject {
  try {
    return createPrivateKey({ key: Buffer.from(der), format: "der", type: "pkcs8" });
  } catch {
    throw unusable(name, "what is encrypted in it is not a PKCS #8 key");
  }
}

async function decrypt(
  { cost, salt, nonce, ciphertext }: EncryptedKey,
  password: string,
  name: string,
): Promise<Uint8Array> {
  const { xsalsa20poly1305 } = await import("@noble/ciphers/salsa.js");
  const key = await stretch(password, salt, cost);
  try {
    return xsalsa20poly1305(key, nonce).decrypt(ciphertext);
  } catch {
    throw unusable(name, "the password is wrong, or the file is damaged");
  }
}

const scryptAsync: (
  password: string,
  salt: Buffer,
  length: number,
  options: { N: number; r: number; p: number; maxmem: number },
) => Promise<Buffer> = promisify(scrypt);

async function stretch(password: string, salt: Buffer, cost: number): Promise<Buffer> {
  // Node refuses what needs more than 32 MiB unless told otherwise.
  const maxmem = 128 * SCRYPT_R * (cost + 8) + (1 << 20);
  return scryptAsync(password, salt, KEY_BYTES, { N: cost, r: SCRYPT_R, p: SCRYPT_P, maxmem });
}

/** Encrypts a private key as cosign does. */
export async function encryptKey(key: KeyObject, password: string): Promise<string> {
  const { xsalsa20poly1305 } = await import("@noble/ciphers/salsa.js");
  const [salt, nonce] = [randomBytes(SALT_BYTES), randomBytes(NONCE_BYTES)];
  const stretched = await stretch(password, salt, COST_DEFAULT);
  const der = key.export({ type: "pkcs8", format: "der" });
  const ciphertext = Buffer.from(xsalsa20poly1305(stretched, nonce).encrypt(der));
  return writeEncryptedKey({ cost: COST_DEFAULT, salt, nonce, ciphertext });
}

/** A signer over a key that is at hand. */
export function localSigner(key: KeyObject, name: string): Signer {
  // cosign verifies with sha256, whatever the curve.
  const hash = key.asymmetricKeyType === "ed25519" ? null : "sha256";
  return {
    name,
    publicKey: createPublicKey(key),
    sign: async (bytes) => sign(hash, bytes, key),
  };
}

function unusable(name: string, state: string): AppError {
  return new AppError("key-invalid", `cannot use key ${JSON.stringify(name)}: ${state}`, {
    subject: name,
  });
}
