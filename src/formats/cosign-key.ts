// The container in which cosign keeps a private key: JSON in PEM, with the parameters of a password's hash.
// Nothing is decrypted here. @see https://github.com/secure-systems-lab/go-securesystemslib/tree/main/encrypted
import { Buffer } from "node:buffer";
import { base64Bytes, complain, count, member, parseJson, text } from "./json-shape.ts";
import { type PemBlock, writePem } from "./pem.ts";

/** What is written today; `COSIGN` was before. */
const LABELS: readonly string[] = [
  "ENCRYPTED SIGSTORE PRIVATE KEY",
  "ENCRYPTED COSIGN PRIVATE KEY",
];

/** Costs that writers use: before 2023, today's default, and OWASP's. Another would be somebody's attempt to exhaust memory. */
const COSTS: readonly number[] = [32_768, 65_536, 131_072];

export interface EncryptedKey {
  /** scrypt's N; r is 8 and p is 1. */
  readonly cost: number;
  readonly salt: Buffer;
  readonly nonce: Buffer;
  readonly ciphertext: Buffer;
}

export const SCRYPT_R = 8;
export const SCRYPT_P = 1;
export const COST_DEFAULT = 65_536;

export function isEncryptedKey(block: PemBlock): boolean {
  return LABELS.includes(block.label);
}

/** @throws {AppError} `key-invalid`, also for costs that no writer uses. */
export function parseEncryptedKey(block: PemBlock): EncryptedKey {
  const top = parseJson(block.bytes, { what: "encrypted key", code: "key-invalid" });
  const kdf = member(top, "kdf");
  const params = member(kdf, "params");
  const cipher = member(top, "cipher");
  if (text(member(kdf, "name"), 64) !== "scrypt") complain(member(kdf, "name"), "is not scrypt");
  if (text(member(cipher, "name"), 64) !== "nacl/secretbox")
    complain(member(cipher, "name"), "is not nacl/secretbox");
  const cost = count(member(params, "N"));
  const isUsual =
    COSTS.includes(cost) &&
    count(member(params, "r")) === SCRYPT_R &&
    count(member(params, "p")) === SCRYPT_P;
  if (!isUsual) complain(params, "are not those that key writers use");
  const nonce = base64Bytes(member(cipher, "nonce"), 64);
  if (nonce.length !== 24) complain(member(cipher, "nonce"), "is not 24 bytes long");
  const salt = base64Bytes(member(kdf, "salt"), 256);
  if (salt.length < 16) complain(member(kdf, "salt"), "is shorter than 16 bytes");
  return { cost, salt, nonce, ciphertext: base64Bytes(member(top, "ciphertext"), 65_536) };
}

/** The PEM text, its members in the order in which cosign writes them. */
export function writeEncryptedKey({ cost, salt, nonce, ciphertext }: EncryptedKey): string {
  const document = {
    kdf: {
      name: "scrypt",
      params: { N: cost, r: SCRYPT_R, p: SCRYPT_P },
      salt: salt.toString("base64"),
    },
    cipher: { name: "nacl/secretbox", nonce: nonce.toString("base64") },
    ciphertext: ciphertext.toString("base64"),
  };
  return writePem({
    label: "ENCRYPTED SIGSTORE PRIVATE KEY",
    bytes: Buffer.from(JSON.stringify(document), "utf8"),
  });
}
