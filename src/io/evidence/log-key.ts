// The key that signs an evidence log: the log's own, made when the log is, or one from elsewhere.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../../kit/error.ts";
import { codeOf } from "../error-code.ts";
import type { Environment } from "../folders.ts";
import { openError } from "../open-error.ts";

/** Signs the log. One that is held elsewhere need only do the same. */
export interface LogSigner {
  readonly id: string;
  /** base64 of its SPKI, DER. */
  readonly publicKey: string;
  /** base64. */
  sign(bytes: Uint8Array): string | Promise<string>;
}

/** Checks what was signed. */
export interface LogVerifier {
  readonly id: string;
  isSigned(bytes: Uint8Array, signature: string): boolean;
}

export const KEY_NAME = "key.pem";
const PUBLIC_NAME = "key.pub";

/**
 * The key of a log: what `BULWARK_EVIDENCE_KEY` names, else the one in the log's folder, which is made when it is missing.
 *
 * To be called by who holds the log's lock.
 *
 * @throws {AppError} `not-found`, `unreadable`, `usage` for a named key. The error of the file system for the log's own.
 */
export function openLogKey(folder: string, env: Environment): LogSigner {
  const named = env["BULWARK_EVIDENCE_KEY"] ?? "";
  if (named !== "") return signerOf(readKey(named), named);
  const path = join(folder, KEY_NAME);
  try {
    return signerOf(readFileSync(path, "utf8"), path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  writeSynced(join(folder, PUBLIC_NAME), {
    text: publicKey.export({ type: "spki", format: "pem" }).toString(),
    mode: 0o644,
  });
  // Last: it is what says that there is a key.
  writeSynced(path, { text: pem, mode: 0o600 });
  return signerOf(pem, path);
}

function signerOf(pem: string, path: string): LogSigner {
  const key = ed25519(() => createPrivateKey(pem), path);
  const publicKey = spkiOf(createPublicKey(key));
  return {
    id: keyId(publicKey),
    publicKey: publicKey.toString("base64"),
    sign: (bytes) => sign(null, bytes, key).toString("base64"),
  };
}

/** A verifier of what a log says is its key; null when it is none. */
export function verifierOf(publicKey: string): LogVerifier | null {
  try {
    const der = Buffer.from(publicKey, "base64");
    const key = createPublicKey({ key: der, format: "der", type: "spki" });
    return key.asymmetricKeyType === "ed25519" ? verifierWith(key) : null;
  } catch {
    return null;
  }
}

/** The id of a key that the user names: its public half, or the whole. @throws {AppError} `not-found`, `unreadable`, `usage` */
export function keyIdOf(path: string): string {
  const pem = readKey(path);
  return keyId(spkiOf(ed25519(() => createPublicKey(pem), path)));
}

function verifierWith(key: KeyObject): LogVerifier {
  return {
    id: keyId(spkiOf(key)),
    isSigned: (bytes, signature) => verify(null, bytes, key, Buffer.from(signature, "base64")),
  };
}

function spkiOf(key: KeyObject): Buffer {
  return key.export({ type: "spki", format: "der" });
}

function keyId(spki: Uint8Array): string {
  return createHash("sha256").update(spki).digest("hex").slice(0, 16);
}

function readKey(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw openError("evidence key", path, error, "BULWARK_EVIDENCE_KEY and --key name a PEM file");
  }
}

function ed25519(read: () => KeyObject, path: string): KeyObject {
  let key: KeyObject | null = null;
  try {
    key = read();
  } catch {
    // Said below. What OpenSSL says may hold parts of the key.
  }
  if (key?.asymmetricKeyType === "ed25519") return key;
  throw new AppError(
    "usage",
    `cannot use evidence key ${JSON.stringify(path)}: it is not an ed25519 key in PEM form`,
    { hint: "openssl genpkey -algorithm ed25519 makes one", subject: path },
  );
}

function writeSynced(path: string, file: { readonly text: string; readonly mode: number }): void {
  const partial = `${path}.part`;
  const fd = openSync(partial, "w", file.mode);
  try {
    writeSync(fd, file.text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(partial, path);
}
