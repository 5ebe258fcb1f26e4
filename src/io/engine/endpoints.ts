// Where the engines of this machine listen. What the user set comes first and alone: guessing on would ask another engine.
import { hash } from "node:crypto";
import { readFile, realpath, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { asObject, type JsonObject, object, text } from "../../formats/json-object.ts";
import { AppError } from "../../kit/error.ts";
import { printable } from "../../kit/text.ts";
import type { Environment } from "../folders.ts";
import type { SocketEndpoint, SocketTls } from "../http/socket.ts";
import { readNamed } from "../named-file.ts";

export type EngineName = "docker" | "podman";

/** How an engine can be reached, or that it cannot be found. */
export interface FoundEndpoint {
  readonly endpoint: SocketEndpoint;
  /** The socket's real path, to tell engines apart; the address when it is no socket. */
  readonly identity: string;
  /** The variable or file that named it; null when it was found at its usual place. */
  readonly namedBy: string | null;
}

/**
 * Finds an engine.
 *
 * @returns null when nothing names it and no usual place has a socket.
 * @throws {AppError} `engine-unavailable` when it is named in a way that we cannot follow, or its certificates cannot be read.
 */
export async function findEndpoint(
  engine: EngineName,
  env: Environment,
): Promise<FoundEndpoint | null> {
  const named = engine === "docker" ? await namedDocker(env) : namedPodman(env);
  if (named !== null) {
    const endpoint = await endpointOf(named.address, named.namedBy, env);
    return { endpoint, identity: await identityOf(endpoint), namedBy: named.namedBy };
  }
  for (const path of usualPlaces(engine, env)) {
    const found = await stat(path).catch(() => null);
    if (found?.isSocket() !== true) continue;
    const endpoint = unixEndpoint(path);
    return { endpoint, identity: await identityOf(endpoint), namedBy: null };
  }
  return null;
}

/** Where an engine's socket would be looked for, in order. */
export function usualPlaces(engine: EngineName, env: Environment): string[] {
  const home = env["HOME"] || homedir();
  const uid = process.getuid?.() ?? 0;
  const run = env["XDG_RUNTIME_DIR"] || `/run/user/${uid}`;
  if (engine === "docker") {
    return [
      "/var/run/docker.sock",
      join(run, "docker.sock"),
      join(home, ".docker/run/docker.sock"),
      join(home, ".docker/desktop/docker.sock"),
      join(home, ".colima/default/docker.sock"),
      join(home, ".rd/docker.sock"),
    ];
  }
  const own = join(run, "podman/podman.sock");
  const system = "/run/podman/podman.sock";
  const machine = join(home, ".local/share/containers/podman/machine/podman.sock");
  return uid === 0 ? [system, own, machine] : [own, machine, system];
}

interface Named {
  readonly address: string;
  readonly namedBy: string;
}

function namedPodman(env: Environment): Named | null {
  const address = env["CONTAINER_HOST"] || "";
  return address === "" ? null : { address, namedBy: "CONTAINER_HOST" };
}

async function namedDocker(env: Environment): Promise<Named | null> {
  const address = env["DOCKER_HOST"] || "";
  if (address !== "") return { address, namedBy: "DOCKER_HOST" };
  return contextAddress(env);
}

/** The context that `docker context use` has chosen. Docker keeps contexts in folders named by the digest of their name. */
async function contextAddress(env: Environment): Promise<Named | null> {
  const folder = env["DOCKER_CONFIG"] || join(env["HOME"] || homedir(), ".docker");
  const config = await readJson(join(folder, "config.json"));
  const context = env["DOCKER_CONTEXT"] || text(config, "currentContext") || "default";
  if (context === "default") return null;
  const path = join(folder, "contexts/meta", hash("sha256", context), "meta.json");
  const meta = await readJson(path);
  const host = text(object(object(meta, "Endpoints"), "docker"), "Host");
  const shown = printable(context, 100);
  if (host !== "") return { address: host, namedBy: `context ${shown}` };
  throw unavailable(`docker context ${JSON.stringify(shown)} has no address`, {
    hint: "look at docker context ls",
  });
}

async function readJson(path: string): Promise<JsonObject | null> {
  try {
    return asObject(JSON.parse(await readFile(path, "utf8")));
  } catch {
    return null;
  }
}

async function endpointOf(
  address: string,
  namedBy: string,
  env: Environment,
): Promise<SocketEndpoint> {
  if (address.startsWith("unix://")) return unixEndpoint(address.slice("unix://".length));
  if (address.startsWith("/")) return unixEndpoint(address);
  const url = URL.canParse(address) ? new URL(address) : null;
  const scheme = url?.protocol ?? "";
  // Every port is written out by Docker; without one it means these.
  if (url !== null && ["tcp:", "http:", "https:"].includes(scheme)) {
    const tls = scheme === "https:" || wantsTls(env) ? await tlsOf(env) : null;
    const port = Number(url.port || (tls === null ? 2375 : 2376));
    const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
    return { address: `tcp://${url.hostname}:${port}`, at: { kind: "tcp", host, port, tls } };
  }
  const shown = url === null ? printable(address, 100) : `${scheme}//${url.host}`;
  throw unavailable(`${namedBy} is ${JSON.stringify(shown)}, which is no address we can reach`, {
    hint:
      scheme === "ssh:"
        ? "forward the engine's socket over ssh, and name that: unix:///path/to/socket"
        : "write it like unix:///var/run/docker.sock or tcp://127.0.0.1:2376",
  });
}

function unixEndpoint(path: string): SocketEndpoint {
  return { address: `unix://${path}`, at: { kind: "unix", path } };
}

async function identityOf({ address, at }: SocketEndpoint): Promise<string> {
  if (at.kind === "tcp") return address;
  return realpath(at.path).catch(() => at.path);
}

/** @see https://docs.docker.com/engine/security/protect-access, "Secure by default" */
function wantsTls(env: Environment): boolean {
  return (env["DOCKER_TLS_VERIFY"] || env["DOCKER_TLS"] || env["DOCKER_CERT_PATH"] || "") !== "";
}

async function tlsOf(env: Environment): Promise<SocketTls> {
  const folder = env["DOCKER_CERT_PATH"] || join(env["HOME"] || homedir(), ".docker");
  const [ca, cert, key] = await Promise.all(
    ["ca.pem", "cert.pem", "key.pem"].map((name) => pem(join(folder, name))),
  );
  // Docker checks the engine only when DOCKER_TLS_VERIFY is set; we do whenever there is something to check it by.
  const isVerified = ca !== null || (env["DOCKER_TLS_VERIFY"] ?? "") !== "";
  return { ca: ca ?? null, cert: cert ?? null, key: key ?? null, isVerified };
}

async function pem(path: string): Promise<Buffer | null> {
  try {
    return (await readNamed("certificate", path, 1 << 20)).bytes;
  } catch (error) {
    if (error instanceof AppError && error.code === "not-found") return null;
    throw error;
  }
}

/** What an engine that cannot be asked becomes. */
export function unavailable(
  state: string,
  facts: { readonly hint?: string; readonly cause?: unknown } = {},
): AppError {
  return new AppError("engine-unavailable", `cannot reach container engine: ${state}`, facts);
}
