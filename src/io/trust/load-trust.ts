// Whom to believe, read from files and made ready.
import { X509Certificate } from "node:crypto";
import { dirname, resolve } from "node:path";
import {
  type Inline,
  PUBLIC_ROOT_NAME,
  parseTrustFile,
  type TrustFile,
  type TrustFileCertificate,
  type TrustFileKey,
} from "../../formats/trust-file.ts";
import { parseTrustedRoot } from "../../formats/trusted-root.ts";
import { AppError } from "../../kit/error.ts";
import type { RootDemands } from "../../model/trust.ts";
import { readNamed } from "../named-file.ts";
import type { LoadedCertificate, LoadedKey, LoadedTrust } from "./examination.ts";
import { readPublicKey } from "./public-key.ts";
import { type LoadedRoot, loadRoot } from "./roots.ts";

/** The root of the public instance, which is built in. */
export async function publicRoot(): Promise<LoadedRoot> {
  const bytes = Buffer.from(await publicRootText(), "utf8");
  return loadRoot(PUBLIC_ROOT_NAME, parseTrustedRoot(bytes, PUBLIC_ROOT_NAME));
}

/** The same as JSON. */
export async function publicRootText(): Promise<string> {
  const { PUBLIC_ROOT } = await import("./public-root.data.ts");
  return JSON.stringify(PUBLIC_ROOT, null, 2);
}

/** A root that the user names. @throws {AppError} `not-found`, `unreadable`, `config-invalid`. */
export async function rootFromFile(path: string, name: string = path): Promise<LoadedRoot> {
  const { bytes } = await readNamed("trusted root", path);
  return loadRoot(name, parseTrustedRoot(bytes, path));
}

/**
 * Reads a trust file, and the files that it names into it; their names are relative to it.
 *
 * @throws {AppError} `not-found`, `unreadable`, `config-invalid`.
 */
export async function readTrustFile(path: string): Promise<WholeTrustFile> {
  const { bytes } = await readNamed("trust file", path);
  return wholeTrustFile(parseTrustFile(bytes, path), dirname(path));
}

/** The same, made ready. @throws {AppError} as {@link readTrustFile} and {@link loadTrust}. */
export async function loadTrustFile(path: string): Promise<LoadedTrust> {
  return loadTrust(await readTrustFile(path));
}

/** The same of a file that is read already. @param folder Where the names of files begin. */
export async function wholeTrustFile(file: TrustFile, folder: string): Promise<WholeTrustFile> {
  const [keys, certificates, roots] = await Promise.all([
    Promise.all(
      file.keys.map(async (entry) => {
        return { ...entry, key: await contentOf("public key", entry.key, folder) };
      }),
    ),
    Promise.all(
      file.certificates.map(async (entry) => {
        return { ...entry, certificate: await pemOf(entry, folder) };
      }),
    ),
    Promise.all(
      file.roots.map(async ({ name, root, demands }) => {
        const content = await contentOf("trusted root", root, folder);
        return { name, demands, root: { ...content, path: "file" in root ? root.file : name } };
      }),
    ),
  ]);
  return { keys, certificates, roots, identities: file.identities };
}

/** A trust file that names no other. */
export interface WholeTrustFile {
  readonly keys: readonly (TrustFileKey & { readonly key: Content })[];
  readonly identities: TrustFile["identities"];
  readonly certificates: readonly (TrustFileCertificate & { readonly certificate: Content })[];
  /** With where each was read, for messages. */
  readonly roots: readonly {
    readonly name: string;
    readonly root: Content & { readonly path: string };
    readonly demands: RootDemands;
  }[];
}

interface Content {
  readonly text: string;
}

/**
 * Makes ready what a trust file says. The root of the public instance is there unless the file has another of its name.
 *
 * @throws {AppError} `config-invalid`, `key-invalid`.
 */
export async function loadTrust(file: WholeTrustFile): Promise<LoadedTrust> {
  const keys = await Promise.all(
    file.keys.map(async ({ key: { text: pem }, ...facts }): Promise<LoadedKey> => {
      return { ...facts, pem, ...(await readPublicKey(pem, facts.id)) };
    }),
  );
  const certificates = file.certificates.map(certificateOf);
  const roots = file.roots.map(({ name, root: { text, path }, demands }) =>
    loadRoot(name, parseTrustedRoot(Buffer.from(text, "utf8"), path), demands),
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

async function contentOf(what: string, content: Inline, folder: string): Promise<Content> {
  if ("text" in content) return content;
  const { bytes } = await readNamed(what, resolve(folder, content.file));
  return { text: bytes.toString("utf8") };
}

/** Certificates may lie there in DER, too; here they are PEM. */
async function pemOf({ id, certificate }: TrustFileCertificate, folder: string): Promise<Content> {
  if ("text" in certificate) return certificate;
  const { bytes } = await readNamed("certificate", resolve(folder, certificate.file));
  return { text: readCertificate(bytes, id).toString() };
}

function certificateOf({
  certificate: { text: pem },
  ...facts
}: WholeTrustFile["certificates"][number]): LoadedCertificate {
  return { ...facts, pem, certificate: readCertificate(pem, facts.id) };
}

function readCertificate(content: Buffer | string, id: string): X509Certificate {
  try {
    return new X509Certificate(content);
  } catch (cause) {
    throw new AppError(
      "config-invalid",
      `cannot use certificate ${JSON.stringify(id)}: it is not a certificate in PEM or DER form`,
      { subject: id, cause },
    );
  }
}
