import { wordOf } from "../../../formats/host/option-texts.ts";
import { namesIn, pointerToFile } from "../../../formats/host/record-file.ts";
import { type Host, optionOf } from "../../../model/host.ts";
import type { SeenFile } from "../../../model/host-record.ts";
import type { RequirementOf } from "../../../stages/check/contract.ts";
import { type HostSaid, lookedAt, octal } from "../shared/host-said.ts";

type Number = RequirementOf<"cis-docker-1.6">;

/** Files of one kind, and the requirements of the benchmark on them. */
export interface OwnedFile {
  readonly what: string;
  readonly owner: Number;
  readonly mode: Number;
  /** The permissions that it may have at most. */
  readonly most: number;
  readonly paths: (host: Host) => readonly string[];
}

const unit =
  (name: string) =>
  (host: Host): string[] => {
    const found = host.units.get(name);
    return found === undefined ? [] : [found.path];
  };

/** The file that an option of the daemons names. */
const named =
  (option: string) =>
  (host: Host): string[] =>
    host.daemons.flatMap((daemon) => {
      const fact = optionOf(daemon, option);
      return fact.state === "known" ? [`${daemon.root}${wordOf(fact.value)}`] : [];
    });

export const FILES: readonly OwnedFile[] = [
  { what: "service", owner: "3.1", mode: "3.2", most: 0o644, paths: unit("docker.service") },
  { what: "socket-unit", owner: "3.3", mode: "3.4", most: 0o644, paths: unit("docker.socket") },
  { what: "folder", owner: "3.5", mode: "3.6", most: 0o755, paths: () => ["/etc/docker"] },
  { what: "registry-certificates", owner: "3.7", mode: "3.8", most: 0o444, paths: registryFiles },
  { what: "ca", owner: "3.9", mode: "3.10", most: 0o444, paths: named("tlscacert") },
  { what: "certificate", owner: "3.11", mode: "3.12", most: 0o444, paths: named("tlscert") },
  { what: "key", owner: "3.13", mode: "3.14", most: 0o400, paths: named("tlskey") },
  {
    what: "configuration",
    owner: "3.17",
    mode: "3.18",
    most: 0o644,
    paths: ({ daemons }) => daemons.map(({ configFile }) => configFile),
  },
  {
    what: "defaults",
    owner: "3.19",
    mode: "3.20",
    most: 0o644,
    paths: () => ["/etc/default/docker"],
  },
  {
    what: "sysconfig",
    owner: "3.22",
    mode: "3.21",
    most: 0o644,
    paths: () => ["/etc/sysconfig/docker"],
  },
];

function registryFiles({ record }: Host): string[] {
  const top = "/etc/docker/certs.d";
  return namesIn(record, top).flatMap((registry) =>
    namesIn(record, `${top}/${registry}`).map((name) => `${top}/${registry}/${name}`),
  );
}

/** Files of the daemon that runs without root belong to its user. */
export function sayFile(host: Host, { what, paths, most }: OwnedFile, said: HostSaid): void {
  const [owner, mode] = [`${what}-owner`, `${what}-mode`];
  const all = [...new Set(paths(host))];
  if (all.length === 0) {
    said.without(owner, mode);
    return;
  }
  const isOurs = new Set(paths({ ...host, daemons: host.daemons.filter((one) => one.isTrusted) }));
  for (const path of all) {
    const seen = lookedAt(host, path, said, owner, mode);
    if (seen === null) continue;
    sayOwner(host, { path, seen, aspect: owner, isOurs: isOurs.has(path) }, said);
    if ((seen.mode & ~most) === 0) continue;
    said.fault(
      pointerToFile(path),
      `${path} has mode ${octal(seen.mode)}, where ${octal(most)} is the most`,
      {
        aspect: mode,
        value: octal(seen.mode),
        ...(isOurs.has(path) ? { steps: [{ kind: "mode", path, mode: seen.mode & most }] } : {}),
      },
    );
  }
}

function sayOwner(
  { accounts, daemons }: Host,
  {
    path,
    seen,
    aspect,
    isOurs,
  }: {
    readonly path: string;
    readonly seen: SeenFile;
    readonly aspect: string;
    readonly isOurs: boolean;
  },
  said: HostSaid,
): void {
  const own = daemons.find(({ configFile, uid }) => configFile === path && uid !== 0);
  if (own !== undefined ? seen.uid === own.uid : seen.uid === 0 && seen.gid === 0) return;
  const user = accounts.users.get(seen.uid) ?? String(seen.uid);
  const group = accounts.groups.get(seen.gid) ?? String(seen.gid);
  said.fault(pointerToFile(path), `${path} belongs to ${user} and group ${group}`, {
    aspect,
    ...(isOurs ? { steps: [{ kind: "owner", path, user: "root", group: "root" }] } : {}),
  });
}
