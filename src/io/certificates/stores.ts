// Where a server's certificates lie: in a folder, or in a Secret that several replicas share.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../kit/error.ts";
import type { ClusterApi } from "../kubernetes/api.ts";
import { makeFolder } from "../make-folder.ts";
import { outputError, writeWhole } from "../write-whole.ts";
import { CERTIFICATE_FILES, type CertificateFiles, renewedCertificates } from "./renew.ts";

export interface CertificateStore {
  /** @returns null files when there are none; the version is for {@link write}. */
  read(): Promise<{ readonly files: CertificateFiles | null; readonly version: unknown }>;
  /** false when somebody else wrote meanwhile. */
  write(files: CertificateFiles, version: unknown): Promise<boolean>;
}

const ATTEMPTS = 10;

/**
 * The certificates that are to be used now; new ones are made and stored when it is time.
 *
 * @throws {AppError} `output-unwritable`, `cluster-failed`.
 */
export async function currentCertificates(
  store: CertificateStore,
  names: readonly string[],
  now: Date,
): Promise<CertificateFiles> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { files, version } = await store.read();
    const wanted = renewedCertificates(files, names, now);
    if (wanted === files || (await store.write(wanted, version))) return wanted;
  }
  throw new AppError(
    "cluster-failed",
    "cannot store certificates: others change them all the time",
  );
}

/** @param folder Is made when it is not there; nobody else can read what is in it. */
export function folderStore(folder: string): CertificateStore {
  return {
    read: async () => {
      const texts = await Promise.all(
        CERTIFICATE_FILES.map((name) => readFile(join(folder, name), "utf8").catch(() => null)),
      );
      return { files: filesOf(texts), version: null };
    },
    write: async (files) => {
      try {
        makeFolder(folder, 0o700);
        for (const name of CERTIFICATE_FILES) {
          const mode = name.endsWith(".key") ? 0o600 : 0o644;
          await writeWhole(join(folder, name), Buffer.from(files[name]), mode);
        }
      } catch (error) {
        throw outputError("certificates", folder, error);
      }
      return true;
    },
  };
}

/** A Secret of the namespace in which we run. */
export function secretStore(api: ClusterApi, name: string): CertificateStore {
  const all = `/api/v1/namespaces/${api.namespace}/secrets`;
  const path = `${all}/${name}`;
  return {
    read: async () => {
      const secret = await api.read(path);
      const data = (secret?.["data"] ?? {}) as Readonly<Record<string, unknown>>;
      const texts = CERTIFICATE_FILES.map((file) => {
        const text = data[file];
        return typeof text === "string" ? Buffer.from(text, "base64").toString("utf8") : null;
      });
      return { files: filesOf(texts), version: secret };
    },
    write: async (files, version) => {
      const data = Object.fromEntries(
        CERTIFICATE_FILES.map((file) => [file, Buffer.from(files[file]).toString("base64")]),
      );
      if (version !== null)
        return (await api.replace(path, { ...(version as object), data })) === "changed";
      const secret = { apiVersion: "v1", kind: "Secret", metadata: { name }, type: "Opaque", data };
      return (await api.create(all, secret)) === "changed";
    },
  };
}

function filesOf(texts: readonly (string | null)[]): CertificateFiles | null {
  if (texts.every((text) => text === null)) return null;
  const entries = CERTIFICATE_FILES.map((name, i) => [name, texts[i] ?? ""] as const);
  return Object.fromEntries(entries) as unknown as CertificateFiles;
}
