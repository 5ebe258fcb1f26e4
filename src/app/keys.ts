// Keys of our own: made, taken over, shown.

import type { AskPassword, KeyKind } from "../io/keys/private-key.ts";
import { AppError } from "../kit/error.ts";

export type { AskPassword, KeyKind } from "../io/keys/private-key.ts";

/** What can be told of a key without its private half. */
export interface KeyFacts {
  /** `P-256`, `RSA 3072`, `Ed25519` */
  readonly kind: string;
  /** sha256 of the public key in SPKI form, hex. */
  readonly fingerprint: string;
  /** The public key in PEM. */
  readonly pem: string;
}

export interface NewKey extends KeyFacts {
  readonly privatePath: string;
  readonly publicPath: string;
}

/**
 * Makes a pair of keys and writes `PREFIX.key` (encrypted, for its owner only) and `PREFIX.pub`.
 *
 * @throws {AppError} `output-unwritable` also when one of the files exists: a key is never written over.
 */
export async function generateKeys(
  { kind, prefix }: { readonly kind: KeyKind; readonly prefix: string },
  password: AskPassword,
): Promise<NewKey> {
  const { generateKey } = await import("../io/keys/private-key.ts");
  return store(generateKey(kind), prefix, password);
}

/** Takes over a private key in PEM. @throws {AppError} `key-invalid`, `not-found`, `output-unwritable`. */
export async function importKey(
  { path, prefix }: { readonly path: string; readonly prefix: string },
  passwords: { readonly old: AskPassword; readonly new: AskPassword },
): Promise<NewKey> {
  const { readPrivateKey } = await import("../io/keys/private-key.ts");
  const key = await readPrivateKey(await textOf(path), path, passwords.old);
  return store(key, prefix, passwords.new);
}

type PrivateKey = Awaited<ReturnType<typeof import("../io/keys/private-key.ts")["readPrivateKey"]>>;

async function store(key: PrivateKey, prefix: string, password: AskPassword): Promise<NewKey> {
  const [{ encryptKey, localSigner }, { writeNew }, { readOptional }] = await Promise.all([
    import("../io/keys/private-key.ts"),
    import("../io/write-whole.ts"),
    import("../io/named-file.ts"),
  ]);
  const facts = await factsOf(localSigner(key, prefix).publicKey);
  const [privatePath, publicPath] = [`${prefix}.key`, `${prefix}.pub`];
  if ((await readOptional(publicPath)) !== null) throw exists(publicPath);
  const encrypted = await encryptKey(key, await password());
  if (!(await writeNew(privatePath, encrypted, 0o600))) throw exists(privatePath);
  if (!(await writeNew(publicPath, facts.pem))) throw exists(publicPath);
  return { ...facts, privatePath, publicPath };
}

function exists(path: string): AppError {
  return new AppError(
    "output-unwritable",
    `cannot write key ${JSON.stringify(path)}: there is a file already`,
    { hint: "name another with --output; keys are never written over", subject: path },
  );
}

/** A key of a file, private or public; of a private one that is encrypted only with its password. */
export async function describeKey(path: string, password: AskPassword): Promise<KeyFacts> {
  const text = await textOf(path);
  if (!text.includes("PRIVATE KEY")) {
    const { readPublicKey } = await import("../io/trust/public-key.ts");
    return factsOf((await readPublicKey(text, path)).key);
  }
  const { localSigner, readPrivateKey } = await import("../io/keys/private-key.ts");
  return factsOf(localSigner(await readPrivateKey(text, path, password), path).publicKey);
}

async function factsOf(key: PrivateKey): Promise<KeyFacts> {
  const { fingerprintOf, kindOf } = await import("../io/trust/public-key.ts");
  return {
    kind: kindOf(key),
    fingerprint: fingerprintOf(key),
    pem: key.export({ type: "spki", format: "pem" }).toString(),
  };
}

async function textOf(path: string): Promise<string> {
  const { readNamed } = await import("../io/named-file.ts");
  return (await readNamed("key", path, KEY_BYTES_MAX)).bytes.toString("utf8");
}

const KEY_BYTES_MAX = 1 << 20;
