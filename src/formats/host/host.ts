// From what was seen of a host to its normal form.
import { unknown } from "../../kit/fact.ts";
import type { Host, Unit } from "../../model/host.ts";
import type { HostRecord } from "../../model/host-record.ts";
import { readTomlDocument } from "../toml-document.ts";
import { accountsOf } from "./accounts.ts";
import { daemonsOf } from "./docker-daemon.ts";
import { KUBELET_UNIT } from "./node-files.ts";
import { podmanOf } from "./podman-settings.ts";
import { namesIn, seenFile } from "./record-file.ts";
import { settingsOf } from "./settings-file.ts";
import { UNIT_FOLDERS, unitOf } from "./systemd-unit.ts";

export const UNITS: readonly string[] = [
  "docker.service",
  "docker.socket",
  // So called by the many instructions that open a port for a daemon that systemd starts.
  "docker-tcp.socket",
  "docker-tls-tcp.socket",
  "containerd.service",
  "podman.service",
  "podman.socket",
  KUBELET_UNIT,
];
const ENGINE_SERVICES: ReadonlySet<string> = new Set(["docker.service", "podman.service"]);
const SOCKETS_MAX = 500;

/** Sockets by other names than the usual ones: any may be an engine's, whose service it names. */
export function socketNames(record: HostRecord): string[] {
  const all = UNIT_FOLDERS.flatMap((folder) => namesIn(record, folder));
  const others = all.filter((name) => name.endsWith(".socket") && !UNITS.includes(name));
  return [...new Set(others)].sort().slice(0, SOCKETS_MAX);
}

export const CONTAINERD_CONFIG = "/etc/containerd/config.toml";

/** The normal form. Never throws, whatever the files hold. */
export function hostOf(record: HostRecord): Host {
  const units = new Map<string, Unit>();
  for (const name of UNITS) {
    const unit = unitOf(record, name);
    if (unit !== null) units.set(name, unit);
  }
  for (const name of socketNames(record)) {
    const unit = unitOf(record, name);
    const service = unit?.settings.get("Socket.Service")?.at(-1)?.value ?? "";
    if (unit !== null && ENGINE_SERVICES.has(service)) units.set(name, unit);
  }
  return {
    form: "host",
    platform: "host",
    kind: "host",
    name: record.name,
    namespace: null,
    gaps: [],
    record,
    daemons: daemonsOf(record, units.get("docker.service") ?? null),
    containerd: containerdOf(record),
    podman: podmanOf(record),
    units,
    accounts: accountsOf(record),
    flaws: unknown("", "no advisory data was asked"),
  };
}

function containerdOf(record: HostRecord): Host["containerd"] {
  const isInstalled = CONTAINERD_PROGRAMS.some((path) => seenFile(record, path) !== null);
  const files = containerdConfigs(record);
  if (files.length === 0 && !isInstalled) return null;
  const paths = files.length === 0 ? [CONTAINERD_CONFIG] : files;
  const settings = settingsOf(record, paths, { read: readTomlDocument, depth: 6 });
  const imports = settings.values.get("imports");
  if (imports?.state !== "known" || settings.rest !== null) return settings;
  const why = "containerd's configuration imports other files, which are not read";
  return { ...settings, rest: unknown(imports.at, why) };
}

/** The files that the processes of containerd read. */
export function containerdConfigs({ processes }: HostRecord): string[] {
  return (processes ?? []).flatMap(({ args, root }) => {
    if (!/(?:^|\/)containerd$/.test(args[0] ?? "")) return [];
    const flag = args.findIndex((word) => word === "--config" || word === "-c");
    const joined = args.find((word) => word.startsWith("--config="))?.slice("--config=".length);
    const path = joined ?? (flag < 0 ? CONTAINERD_CONFIG : (args[flag + 1] ?? CONTAINERD_CONFIG));
    return [`${root}${path}`];
  });
}

const CONTAINERD_PROGRAMS: readonly string[] = ["/usr/bin/containerd", "/usr/local/bin/containerd"];
