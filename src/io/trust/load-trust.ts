// Whom to believe, read from files and made ready.
import { X509Certificate } from "node:crypto";
import { dirname, resolve } from "node:path";
import {
  type Inline,
  PUBLIC_ROOT_NAME,
  parseTrustFile,
  type TrustFile,
  type TrustFileCertificate,
} from "../../formats/trust-file.ts";
import { parseTrustedRoot } from "../../formats/trusted-root.ts";
import { AppError } from "../../kit/error.ts";
import { readNamed } from "../named-file.ts";
import type { LoadedCertificate, LoadedKey, LoadedTrust } from "./examination.ts";
import { readPublicKey } from "./public-key.ts";
import { type LoadedRoot, loadRoot } from "./roots.ts";

/** The root of the public instance, which is built in. */
export async function publicRoot(): Promise<LoadedRoot> {
  const { PUBLIC_ROOT } = await import("./public-root.data.ts");
  const bytes = Buffer.from(JSON.stringify(PUBLIC_ROOT), "utf8");
  return loadRoot(PUBLIC_ROOT_NAME, parseTrustedRoot(bytes, PUBLIC_ROOT_NAME));
}

/** A root that the user names. @throws {AppError} `not-found`, `unreadable`, `config-invalid`. */
export async function rootFromFile(path: string, name: string = path): Promise<LoadedRoot> {
  const { bytes } = await readNamed("trusted root", path);
  return loadRoot(name, parseTrustedRoot(bytes, path));
}

/**
 * Reads a trust file and what it names; names of files are relative to it.
 *
 * @throws {AppError} `not-found`, `unreadable`, `config-invalid`, `key-invalid`.
 */
export async function loadTrustFile(path: string): Promise<LoadedTrust> {
  const { bytes } = await readNamed("trust file", path);
  return loadTrust(parseTrustFile(bytes, path), dirname(path));
}

/** The same of a file that is read already. @param folder Where the names of files begin. */
export async function loadTrust(file: TrustFile, folder: string): Promise<LoadedTrust> {
  const keys = await Promise.all(
    file.keys.map(async ({ key, ...facts }): Promise<LoadedKey> => {
      const pem = await contentOf("public key", key, folder);
      return { ...facts, pem, ...(await readPublicKey(pem, facts.id)) };
    }),
  );
  const certificates = await Promise.all(
    file.certificates.map((entry) => certificateOf(entry, folder)),
  );
  const roots = await Promise.all(
    file.roots.map(async ({ name, root }) => {
      const text = await contentOf("trusted root", root, folder);
      return loadRoot(name, parseTrustedRoot(Buffer.from(text, "utf8"), name));
    }),
  );
  if (!roots.some(({ name }) => name === PUBLIC_ROOT_NAME)) roots.push(await publicRoot());
  for (const { id, root } of file.identities)
    if (!roots.some(({ name }) => name === root))
      throw new AppError(
        "config-invalid",
        `cannot use identity ${JSON.stringify(id)}: there is no trusted root ${JSON.stringify(root)}`,
        { hint: "name it under roots" },
      );
  return { keys, identities: file.identities, certificates, roots };
}

async function contentOf(what: string, content: Inline, folder: string): Promise<string> {
  return (await bytesOf(what, content, folder)).toString("utf8");
}

async function bytesOf(what: string, content: Inline, folder: string): Promise<Buffer> {
  if ("text" in content) return Buffer.from(content.text, "utf8");
  return (await readNamed(what, resolve(folder, content.file))).bytes;
}

async function certificateOf(
  { certificate: stated, ...facts }: TrustFileCertificate,
  folder: string,
): Promise<LoadedCertificate> {
  const bytes = await bytesOf("certificate", stated, folder);
  try {
    const certificate = new X509Certificate(bytes);
    return { ...facts, pem: certificate.toString(), certificate };
  } catch (cause) {
    throw new AppError(
      "config-invalid",
      `cannot use certificate ${JSON.stringify(facts.id)}: it is not a certificate in PEM or DER form`,
      { subject: facts.id, cause },
    );
  }
}
