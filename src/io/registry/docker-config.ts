// Credentials as `docker login` and `podman login` leave them.
// @see https://docs.docker.com/reference/cli/docker/login/ and containers-auth.json(5)
import { homedir } from "node:os";
import { join } from "node:path";
import { type JsonPlace, member, optionalText, parseJson } from "../../formats/json-shape.ts";
import { AppError } from "../../kit/error.ts";
import type { Environment } from "../folders.ts";
import { readOptional } from "../named-file.ts";
import type { Credential } from "./credential.ts";

const TEXT_MAX = 64 << 10;
/** Docker Hub's key, from its first protocol; its tools have kept it. */
export const DOCKER_HUB_SERVER = "https://index.docker.io/v1/";

/** What one file says about one registry. */
export interface ConfigEntry {
  /** Written in the file itself. */
  readonly credential: Credential | null;
  /** The helper to be asked, and by which name. */
  readonly helper: { readonly name: string; readonly server: string } | null;
}

/** The files in which credentials may lie, in the order in which they count. */
export function authFiles(env: Environment): string[] {
  const home = env["HOME"] || homedir();
  const runtime = env["XDG_RUNTIME_DIR"] || "";
  const files = [
    env["REGISTRY_AUTH_FILE"] || "",
    join(env["DOCKER_CONFIG"] || join(home, ".docker"), "config.json"),
    runtime === "" ? "" : join(runtime, "containers/auth.json"),
    join(env["XDG_CONFIG_HOME"] || join(home, ".config"), "containers/auth.json"),
  ];
  return [...new Set(files.filter((file) => file !== ""))];
}

/**
 * What a file says about a registry and repository: the entry with the longest fitting name.
 *
 * @returns null when there is no such file.
 * @throws {AppError} `config-invalid`, `unreadable`.
 */
export async function readAuthFile(
  path: string,
  target: { readonly registry: string; readonly repository: string },
): Promise<ConfigEntry | null> {
  const file = await readOptional(path);
  if (file === null) return null;
  const what = `registry credentials ${JSON.stringify(path)}`;
  // Docker itself takes an empty file for one without entries.
  if (file.bytes.length === 0) return { credential: null, helper: null };
  const top = parseJson(file.bytes, { what, code: "config-invalid" });
  const names = namesOf(target);
  return { credential: writtenIn(member(top, "auths"), names), helper: helperOf(top, names) };
}

/** The names under which something for a repository may be filed, the most special first. */
function namesOf({ registry, repository }: { registry: string; repository: string }): string[] {
  const parts = repository.split("/");
  const nested = parts.map((_, i) => `${registry}/${parts.slice(0, parts.length - i).join("/")}`);
  const hosts = registry === "docker.io" ? ["docker.io", "index.docker.io"] : [registry];
  return [...nested, ...hosts];
}

/** Keys are hosts, addresses (`https://host/v1/`) or, for podman, hosts with a namespace. */
function normalKey(key: string): string {
  const bare = key.replace(/^https?:\/\//, "").replace(/\/+$/, "");
  const slash = bare.indexOf("/");
  if (slash === -1) return bare.toLowerCase();
  const host = bare.slice(0, slash).toLowerCase();
  const path = bare.slice(slash + 1);
  return /^v[12]$/.test(path) || key.includes("://") ? host : `${host}/${path}`;
}

function writtenIn(auths: JsonPlace, names: readonly string[]): Credential | null {
  if (auths.value === undefined) return null;
  const byName = new Map<string, JsonPlace>();
  for (const key of Object.keys(Object(auths.value))) {
    byName.set(normalKey(key), member(auths, key));
  }
  for (const name of names) {
    const entry = byName.get(name);
    const credential = entry?.value === undefined ? null : credentialOf(entry);
    if (credential !== null) return credential;
  }
  return null;
}

function credentialOf(entry: JsonPlace): Credential | null {
  const read = (name: string): string => optionalText(member(entry, name), TEXT_MAX) ?? "";
  const identity = read("identitytoken");
  if (identity !== "") return { kind: "identity", token: identity };
  const bearer = read("registrytoken");
  if (bearer !== "") return { kind: "bearer", token: bearer };
  const [username, password] = userOf(entry, read("auth")) ?? [read("username"), read("password")];
  return password === "" ? null : { kind: "password", username, password };
}

function userOf(entry: JsonPlace, auth: string): readonly [string, string] | null {
  if (auth === "") return null;
  const text = Buffer.from(auth, "base64").toString("utf8");
  const colon = text.indexOf(":");
  // The value is not quoted: it is a secret.
  if (colon === -1) {
    throw new AppError(
      "config-invalid",
      `cannot read ${entry.document.what}: ${entry.at}.auth is not user:password in base64`,
    );
  }
  // Old versions of Docker filled up with zeros.
  return [text.slice(0, colon), text.slice(colon + 1).replace(/\0+$/, "")];
}

function helperOf(top: JsonPlace, names: readonly string[]): ConfigEntry["helper"] {
  const helpers = member(top, "credHelpers");
  const last = names[names.length - 1] ?? "";
  const server = last === "index.docker.io" ? DOCKER_HUB_SERVER : last;
  for (const key of helpers.value === undefined ? [] : Object.keys(Object(helpers.value))) {
    if (!names.includes(normalKey(key))) continue;
    const name = optionalText(member(helpers, key), TEXT_MAX) ?? "";
    if (name !== "") return { name, server };
  }
  const store = optionalText(member(top, "credsStore"), TEXT_MAX) ?? "";
  return store === "" ? null : { name: store, server };
}
