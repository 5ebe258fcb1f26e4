// Other containers of whose namespaces or volumes one takes part (`--network container:x`, `--volumes-from x`): what such words
// mean is written in those. Only names spelt as the documentation has them are replaced; of all others, nobody can tell what they
// mean, and their reader says so.
import { isPlain } from "./facts.ts";

type Members = Readonly<Record<string, unknown>>;

/** Modes that may say `container:NAME`. @see https://docs.docker.com/reference/api/engine, `HostConfig` */
const MODES = ["NetworkMode", "PidMode", "IpcMode"] as const;

/**
 * The names and ids of those that a container, or the body of a request for one, takes part of, each once.
 *
 * @param document As `JSON.parse` gives it; may be anything.
 */
export function joinedBy(document: unknown): readonly string[] {
  const host = hostOf(document);
  const volumes = volumesFrom(host).map(({ id }) => id);
  const all = [...MODES.map((mode) => joinedIn(host[mode])), ...volumes];
  return [...new Set(all)].filter((id) => id !== "");
}

/**
 * The same document with what those have, where they are known: their modes instead of their names, and their mounts among its own.
 *
 * @param others Inspections by name or id, with what they join in them already.
 */
export function withJoined(document: unknown, others: ReadonlyMap<string, unknown>): unknown {
  if (!isPlain(document)) return document;
  const host: Record<string, unknown> = { ...hostOf(document) };
  for (const mode of MODES) {
    const other = others.get(joinedIn(host[mode]));
    if (other !== undefined) host[mode] = hostOf(other)[mode] ?? "";
  }
  const mounts: unknown[] = [];
  const unfollowed: string[] = [];
  const from = volumesFrom(host);
  for (const { id, isReadOnly } of from) {
    const found = mountsOf(others.get(id), isReadOnly);
    if (found === null) unfollowed.push(id);
    else mounts.push(...found);
  }
  if (from.length > 0) {
    host["VolumesFrom"] = unfollowed;
    host["Mounts"] = [...listOf(host["Mounts"]), ...mounts];
  }
  return isPlain(document["HostConfig"])
    ? { ...document, HostConfig: host }
    : { ...document, ...host };
}

/** Up to version 24, engines read the members from the top where there is no `HostConfig`. */
function hostOf(document: unknown): Members {
  if (!isPlain(document)) return {};
  const host = document["HostConfig"];
  return isPlain(host) ? host : document;
}

/** The name in `container:NAME`; empty for every other mode. */
function joinedIn(mode: unknown): string {
  return typeof mode === "string" && mode.startsWith("container:")
    ? mode.slice("container:".length)
    : "";
}

/** `NAME` or `NAME:MODE`. */
function volumesFrom(host: Members): { readonly id: string; readonly isReadOnly: boolean }[] {
  return listOf(host["VolumesFrom"]).map((item) => {
    const [id = "", mode = ""] = String(item).split(":", 2);
    return { id, isReadOnly: mode.split(",").includes("ro") };
  });
}

/** What is mounted in a container, as a request asks for it; null where that cannot be told. */
function mountsOf(other: unknown, isReadOnly: boolean): Members[] | null {
  const found = isPlain(other) ? other["Mounts"] : null;
  if (!Array.isArray(found) || !found.every(isPlain)) return null;
  return found.map((mount) => ({
    Type: mount["Type"],
    Source: mount["Type"] === "volume" ? mount["Name"] : mount["Source"],
    Target: mount["Destination"],
    ReadOnly: isReadOnly || mount["RW"] === false,
    BindOptions: { Propagation: mount["Propagation"] },
  }));
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
