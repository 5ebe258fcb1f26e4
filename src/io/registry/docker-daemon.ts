// What the engine's own configuration says about registries. @see https://docs.docker.com/reference/cli/dockerd/
import { homedir } from "node:os";
import { join } from "node:path";
import { items, member, parseJson, text } from "../../formats/json-shape.ts";
import { AppError } from "../../kit/error.ts";
import type { Environment } from "../folders.ts";
import { readOptional } from "../named-file.ts";

export interface DockerDaemon {
  /** For Docker Hub. */
  readonly mirrors: readonly { readonly registry: string; readonly isInsecure: boolean }[];
  /** Hosts, hosts with a port, or networks. */
  readonly insecure: readonly string[];
}

const ENTRIES_MAX = 1000;
const TEXT_MAX = 1000;

/** Reads the first `daemon.json` that is there and may be read. @throws {AppError} `config-invalid`. */
export async function dockerDaemon(env: Environment): Promise<DockerDaemon> {
  const home = env["HOME"] || homedir();
  const paths = [
    join(home, ".config/docker/daemon.json"),
    join(home, ".docker/daemon.json"),
    "/etc/docker/daemon.json",
  ];
  for (const path of paths) {
    const bytes = await readable(path);
    if (bytes !== null) return daemonOf(bytes, path);
  }
  return { mirrors: [], insecure: [] };
}

async function readable(path: string): Promise<Buffer | null> {
  try {
    return (await readOptional(path))?.bytes ?? null;
  } catch (error) {
    // It is the engine's file, not the user's: whoever may not read it does without.
    if (error instanceof AppError && error.code === "unreadable") return null;
    throw error;
  }
}

function daemonOf(bytes: Buffer, path: string): DockerDaemon {
  if (bytes.length === 0) return { mirrors: [], insecure: [] };
  const what = `Docker's configuration ${JSON.stringify(path)}`;
  const top = parseJson(bytes, { what, code: "config-invalid" });
  const texts = (name: string): string[] =>
    items(member(top, name), ENTRIES_MAX).map((item) => text(item, TEXT_MAX));
  return {
    mirrors: texts("registry-mirrors").flatMap(mirrorOf),
    insecure: texts("insecure-registries"),
  };
}

function mirrorOf(address: string): { registry: string; isInsecure: boolean }[] {
  const url = URL.canParse(address) ? new URL(address) : null;
  // Docker refuses mirrors with a path; so its users have none.
  if (url === null || url.host === "" || !/^https?:$/.test(url.protocol)) return [];
  const port = url.port === "" && url.protocol === "http:" ? ":80" : "";
  return [{ registry: `${url.host}${port}`, isInsecure: url.protocol === "http:" }];
}
