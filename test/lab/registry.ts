// A real registry (Debian's docker-registry) on a port of its own, with TLS, with or without a password, that ends with the
// test. It has no referrers API, so that the fallback tag is what is tested against it.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Programs that a test which starts a registry needs. */
export const REGISTRY_PROGRAMS = ["docker-registry", "htpasswd", "openssl", "skopeo"] as const;

export interface LabRegistry {
  /** `localhost:12345` */
  readonly host: string;
  /** A folder of this registry alone, removed with it. */
  readonly folder: string;
  /** The certificate of its authority; null when it speaks HTTP without TLS. */
  readonly authority: string | null;
  readonly username: string;
  readonly password: string;
  /** What it has logged so far. */
  log(): string;
  /** Copies an image into it with skopeo: `oci:DIR:TAG`, `docker-archive:FILE`. Returns the reference. */
  push(source: string, name: string, ...options: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** Starts one. To be stopped by who started it. */
export async function startRegistry(
  wanted: { readonly tls?: boolean; readonly auth?: boolean } = {},
): Promise<LabRegistry> {
  const { tls = true, auth = true } = wanted;
  const folder = await mkdtemp(join(tmpdir(), "bulwark-registry-"));
  const [username, password] = ["tester", "s3cret:with:colons"];
  const authority = tls ? await certificates(folder) : null;
  const port = await freePort();
  const lines = [
    "version: 0.1",
    "log: {level: info, accesslog: {disabled: false}}",
    `storage: {filesystem: {rootdirectory: ${folder}/data}, delete: {enabled: true}}`,
    "http:",
    `  addr: 127.0.0.1:${port}`,
    ...(tls ? [`  tls: {certificate: ${folder}/tls.crt, key: ${folder}/tls.key}`] : []),
  ];
  if (auth) {
    const { stdout } = await run("htpasswd", ["-Bbn", username, password]);
    await writeFile(join(folder, "htpasswd"), stdout);
    lines.push("auth:", `  htpasswd: {realm: lab, path: ${folder}/htpasswd}`);
  }
  await writeFile(join(folder, "config.yml"), `${lines.join("\n")}\n`);
  const child = spawn("docker-registry", ["serve", join(folder, "config.yml")], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let logged = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (piece: Buffer) => {
      logged += piece.toString("utf8");
    });
  }
  await listening(child, port, () => logged);
  const host = `localhost:${port}`;
  const stop = async (): Promise<void> => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    if (child.exitCode === null && child.kill()) await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const push = async (
    source: string,
    name: string,
    ...options: readonly string[]
  ): Promise<string> => {
    const credentials = auth ? [`--dest-creds=${username}:${password}`] : [];
    const verify = ["--dest-tls-verify=false", "--insecure-policy", ...credentials, ...options];
    const verbs = ["copy", "-q", ...verify.filter((o) => o !== "--insecure-policy")];
    await run("skopeo", ["--insecure-policy", ...verbs, source, `docker://${host}/${name}`]);
    return `${host}/${name}`;
  };
  return { host, folder, authority, username, password, log: () => logged, push, stop };
}

/** An authority and a certificate for localhost, made by openssl. */
async function certificates(folder: string): Promise<string> {
  const at = (name: string): string => join(folder, name);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  await run("openssl", [
    ...["req", "-x509", ...key, "-keyout", at("ca.key"), "-out", at("ca.crt"), "-days", "2"],
    ...["-subj", "/CN=lab authority"],
  ]);
  await run("openssl", [
    ...["req", ...key, "-keyout", at("tls.key"), "-out", at("tls.csr"), "-subj", "/CN=localhost"],
  ]);
  await writeFile(at("san"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
  await run("openssl", [
    ...["x509", "-req", "-in", at("tls.csr"), "-CA", at("ca.crt"), "-CAkey", at("ca.key")],
    ...["-CAcreateserial", "-out", at("tls.crt"), "-days", "2", "-extfile", at("san")],
  ]);
  return at("ca.crt");
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function listening(child: ChildProcess, port: number, log: () => string): Promise<void> {
  for (let waitedMs = 0; waitedMs < 15_000; waitedMs += 50) {
    if (log().includes("listening on")) return;
    if (child.exitCode !== null) break;
    await sleep(50);
  }
  child.kill();
  throw new Error(`docker-registry did not start on port ${port}: ${log().slice(-500)}`);
}

/** Makes a home folder whose Docker configuration has the registry's password and trusts its authority. */
export async function homeFor(registry: LabRegistry, name = "home"): Promise<string> {
  const home = join(registry.folder, name);
  const certs = join(home, ".docker/certs.d", registry.host);
  await mkdir(certs, { recursive: true });
  const auth = Buffer.from(`${registry.username}:${registry.password}`).toString("base64");
  const config = { auths: { [registry.host]: { auth } } };
  await writeFile(join(home, ".docker/config.json"), JSON.stringify(config));
  if (registry.authority !== null) {
    const { readFile } = await import("node:fs/promises");
    await writeFile(join(certs, "ca.crt"), await readFile(registry.authority));
  }
  return home;
}
