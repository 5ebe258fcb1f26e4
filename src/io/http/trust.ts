// Whom we believe that they are who they say: authorities of this machine, and those that are named for one host.
import { readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import { AppError } from "../../kit/error.ts";
import type { Environment } from "../folders.ts";
import { openError } from "../open-error.ts";

/** Where systems keep the authorities that their administrators trust; the first that is there counts. */
const BUNDLES = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

const FILES_MAX = 100;
const BYTES_MAX = 8 << 20;

/** Certificates for connections, read once a host. */
export class Trust {
  readonly #env: Environment;
  readonly #contexts = new Map<string, Promise<SecureContext>>();
  #common: Promise<readonly string[]> | null = null;

  constructor(env: Environment) {
    this.#env = env;
  }

  /**
   * For a host as references write it, with its port if that is not 443.
   *
   * @throws {AppError} `unreadable`, `not-found` or `config-invalid`, naming the file.
   */
  contextFor(host: string): Promise<SecureContext> {
    const known = this.#contexts.get(host);
    if (known !== undefined) return known;
    const made = this.#context(host);
    this.#contexts.set(host, made);
    return made;
  }

  async #context(host: string): Promise<SecureContext> {
    this.#common ??= commonAuthorities(this.#env);
    const [common, own] = await Promise.all([this.#common, hostFiles(host, this.#env)]);
    try {
      return createSecureContext({
        ca: [...common, ...own.authorities],
        ...(own.client === null ? {} : own.client),
      });
    } catch (error) {
      throw new AppError("config-invalid", `cannot use certificates for ${host}: not PEM`, {
        cause: error,
        hint: `look at ${own.folders.join(", ") || "the file in SSL_CERT_FILE"}`,
      });
    }
  }
}

async function commonAuthorities(env: Environment): Promise<readonly string[]> {
  const named = env["SSL_CERT_FILE"] || "";
  const extra = env["NODE_EXTRA_CA_CERTS"] || "";
  const base = named === "" ? await systemAuthorities() : [await pem(named)];
  // Node itself heeds this variable only where no authorities are named.
  return extra === "" ? base : [...base, await pem(extra)];
}

async function systemAuthorities(): Promise<readonly string[]> {
  for (const path of BUNDLES) {
    const text = await readFile(path, "latin1").catch(() => "");
    if (text !== "") return [text];
  }
  return rootCertificates;
}

async function pem(path: string): Promise<string> {
  try {
    const text = await readFile(path, "latin1");
    if (text.length <= BYTES_MAX && text.includes("-----BEGIN CERTIFICATE-----")) return text;
  } catch (error) {
    throw openError("certificates", path, error);
  }
  throw new AppError("config-invalid", `cannot use certificates ${JSON.stringify(path)}: not PEM`, {
    subject: path,
  });
}

interface HostFiles {
  readonly authorities: readonly string[];
  readonly client: { readonly cert: string; readonly key: string } | null;
  readonly folders: readonly string[];
}

/**
 * Docker's `certs.d/HOST`: `*.crt` are authorities, `*.cert` and `*.key` of one name say who we are.
 *
 * @see https://docs.docker.com/engine/security/certificates/
 */
async function hostFiles(host: string, env: Environment): Promise<HostFiles> {
  const home = env["HOME"] || homedir();
  const bases = [
    join(home, ".docker"),
    join(home, ".config/docker"),
    join(home, ".config/containers"),
    "/etc/docker",
    "/etc/containers",
  ];
  const authorities: string[] = [];
  const folders: string[] = [];
  let client: HostFiles["client"] = null;
  for (const base of bases) {
    const folder = join(base, "certs.d", host);
    const names = await readdir(folder).catch((): string[] => []);
    if (names.length > 0) folders.push(folder);
    for (const name of names.sort().slice(0, FILES_MAX)) {
      if (name.endsWith(".crt")) authorities.push(await pem(join(folder, name)));
      const key = `${name.slice(0, -".cert".length)}.key`;
      if (!name.endsWith(".cert") || !names.includes(key)) continue;
      client ??= { cert: await pem(join(folder, name)), key: await keyText(join(folder, key)) };
    }
  }
  return { authorities, client, folders };
}

async function keyText(path: string): Promise<string> {
  try {
    return await readFile(path, "latin1");
  } catch (error) {
    throw openError("key", path, error);
  }
}
