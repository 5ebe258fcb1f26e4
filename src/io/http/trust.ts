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

/** PEM texts; null for the authorities that Node brings along. */
type Authorities = readonly string[] | null;

/** Where authorities come from; read when their turn comes. */
type Source = () => Promise<Authorities>;

/**
 * Certificates for connections. There are several sets of authorities, tried one after the other, because the system's takes
 * longer to read than a small image, and most registries are vouched for by those that Node brings along.
 */
export class Trust {
  readonly #env: Environment;
  readonly #hosts = new Map<string, Promise<HostFiles>>();
  readonly #contexts = new Map<string, Promise<SecureContext>>();

  constructor(env: Environment) {
    this.#env = env;
  }

  /**
   * For a host as references write it, with its port if that is not 443.
   *
   * @param turn Which set of authorities, from 0.
   * @returns null when there is no such set.
   * @throws {AppError} `unreadable`, `not-found` or `config-invalid`, naming the file.
   */
  async contextFor(host: string, turn: number): Promise<SecureContext | null> {
    const own = await this.#filesOf(host);
    const sources = this.#sources(own);
    const source = sources[turn];
    if (source === undefined) return null;
    // What has nothing of the host's own is the same for all hosts.
    const isShared = own.authorities.length === 0 && own.client === null;
    if (isShared) return sharedContext(`${turn} ${this.#named} ${this.#extra}`, host, source);
    const key = `${turn} ${host}`;
    const known = this.#contexts.get(key);
    if (known !== undefined) return known;
    const made = contextOf(host, await source(), own);
    this.#contexts.set(key, made);
    return made;
  }

  /** For a proxy, which is asked once: with the largest set. */
  async lastContextFor(host: string): Promise<SecureContext | null> {
    const own = await this.#filesOf(host);
    return this.contextFor(host, this.#sources(own).length - 1);
  }

  get #named(): string {
    return this.#env["SSL_CERT_FILE"] || "";
  }

  get #extra(): string {
    return this.#env["NODE_EXTRA_CA_CERTS"] || "";
  }

  #filesOf(host: string): Promise<HostFiles> {
    const files = this.#hosts.get(host) ?? hostFiles(host, this.#env);
    this.#hosts.set(host, files);
    return files;
  }

  #sources(own: HostFiles): readonly Source[] {
    const [named, extra] = [this.#named, this.#extra];
    const withExtra = async (texts: readonly string[]): Promise<Authorities> =>
      // Node itself heeds this variable only where no authorities are named.
      extra === "" ? texts : [...texts, await pem(extra)];
    const common: readonly Source[] =
      named === ""
        ? [async () => null, async () => withExtra(await systemAuthorities())]
        : [async () => withExtra([await pem(named)])];
    return own.authorities.length === 0 ? common : [async () => own.authorities, ...common];
  }
}

/** What many clients of one process have in common: reading a system's authorities takes longer than asking with them. */
const SHARED = new Map<
  string,
  { readonly context: Promise<SecureContext>; readonly until: number }
>();
/** Who lives long hears of other authorities after this time. */
const SHARED_MS = 600_000;

function sharedContext(key: string, host: string, source: Source): Promise<SecureContext> {
  const known = SHARED.get(key);
  const at = performance.now();
  if (known !== undefined && at < known.until) return known.context;
  const context = source().then((authorities) => contextOf(host, authorities, NOTHING_OWN));
  SHARED.set(key, { context, until: at + SHARED_MS });
  // What failed is tried again by the next one.
  context.catch(() => SHARED.delete(key));
  return context;
}

async function contextOf(
  host: string,
  authorities: Authorities,
  { client, folders }: HostFiles,
): Promise<SecureContext> {
  try {
    return createSecureContext({
      ...(authorities === null ? {} : { ca: [...authorities] }),
      ...(client === null ? {} : client),
    });
  } catch (error) {
    throw new AppError("config-invalid", `cannot use certificates for ${host}: not PEM`, {
      cause: error,
      hint: `look at ${folders.join(", ") || "the file in SSL_CERT_FILE"}`,
    });
  }
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

const NOTHING_OWN: HostFiles = { authorities: [], client: null, folders: [] };

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
