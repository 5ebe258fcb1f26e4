// From the name of a key to what signs with it, wherever it lies.
import type { Environment } from "../folders.ts";
import { readNamed } from "../named-file.ts";
import type { ServiceContext } from "./ask-service.ts";
import { AWS_KMS, awsKmsSigner } from "./aws-kms.ts";
import { type AskPassword, localSigner, readPrivateKey } from "./private-key.ts";
import type { Signer } from "./signer.ts";
import { VAULT, vaultSigner } from "./vault.ts";

export interface SignerContext extends ServiceContext {
  readonly env: Environment;
  readonly password: AskPassword;
}

const KEY_BYTES_MAX = 1 << 20;

/**
 * Opens a key: a file, `awskms://…` or `hashivault://…`.
 *
 * @throws {AppError} `not-found`, `unreadable`, `key-invalid`, `usage`, `signing-failed`, `offline`.
 */
export async function openSigner(reference: string, context: SignerContext): Promise<Signer> {
  if (reference.startsWith(AWS_KMS)) return awsKmsSigner(reference, context.env, context);
  if (reference.startsWith(VAULT)) return vaultSigner(reference, context.env, context);
  const { bytes } = await readNamed("key", reference, KEY_BYTES_MAX);
  const key = await readPrivateKey(bytes.toString("utf8"), reference, context.password);
  return localSigner(key, reference);
}
