import { textsIn, wordOf } from "../../../formats/host/option-texts.ts";
import { pointerToFile } from "../../../formats/host/record-file.ts";
import { type Daemon, type Host, optionOf } from "../../../model/host.ts";
import type { HostStep } from "../../../model/host-step.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { dockerHost } from "../shared/host-examples.ts";
import { HostSaid, lookedAt, octal } from "../shared/host-said.ts";
import { controls } from "../shared/said.ts";

const socket = (
  gid: number,
  mode: number,
): { kind: "socket"; uid: number; gid: number; mode: number } => ({
  kind: "socket",
  uid: 0,
  gid,
  mode,
});

export const engineSocketGuarded: Check = {
  id: "engine-socket-guarded",
  title: "the sockets of engines belong to root and are open to nobody else",
  severity: "high",
  why: "whoever may write to the socket starts a container with the host's files in it, and so is root on the host",
  fix: "give the socket to root, its group to docker, and take the permissions of all others away; a unit's SocketMode and SocketGroup keep it so",
  controls: controls({ attack: ["T1611"] }),
  aspects: {
    "docker-owner": { controls: controls({ "cis-docker-1.6": ["3.15"] }) },
    "docker-mode": { controls: controls({ "cis-docker-1.6": ["3.16"] }) },
    "containerd-owner": { controls: controls({ "cis-docker-1.6": ["3.23"] }) },
    "containerd-mode": { controls: controls({ "cis-docker-1.6": ["3.24"] }) },
    podman: {},
  },
  needs: [],
  state: "stable",
  appliesTo: "host",
  examples: {
    bad: [
      dockerHost({}, { files: { "/var/run/docker.sock": socket(100, 0o666) } }),
      dockerHost({}, { files: { "/run/containerd/containerd.sock": socket(100, 0o660) } }),
      dockerHost({}, { files: { "/run/podman/podman.sock": socket(0, 0o662) } }),
    ],
    good: [
      dockerHost({}, { files: { "/var/run/docker.sock": socket(100, 0o660) } }),
      dockerHost(
        { hosts: ["unix:///srv/engine.sock"] },
        { files: { "/srv/engine.sock": socket(0, 0o600) } },
      ),
    ],
  },
  versions: [
    {
      from: 0,
      run: (subject) => {
        const said = new HostSaid();
        const guarded = [
          ...subject.daemons.flatMap((daemon) => dockerSockets(daemon)),
          {
            path: "/run/containerd/containerd.sock",
            groups: ["root"],
            what: "containerd",
            uid: 0,
            isOurs: true,
          },
        ];
        for (const one of guarded) saySocket(subject, one, said);
        sayPodman(subject, said);
        const isSeen = said.all.some(({ kind }) => kind !== "inapplicable");
        return isSeen || isAnyThere(subject, guarded) ? said.all : "not-applicable";
      },
    },
  ],
};

interface Guarded {
  readonly path: string;
  readonly groups: readonly string[];
  /** `docker`, `containerd`. */
  readonly what: string;
  readonly uid: number;
  /** Whether a script may change it. */
  readonly isOurs: boolean;
}

const PODMAN_SOCKET = "/run/podman/podman.sock";

function isAnyThere({ record }: Host, guarded: readonly Guarded[]): boolean {
  const paths = [...guarded.map(({ path }) => path), PODMAN_SOCKET];
  return paths.some((path) => record.files[path]?.kind === "socket");
}

function dockerSockets(daemon: Daemon): Guarded[] {
  const hosts = optionOf(daemon, "hosts");
  const listed = hosts.state === "known" ? textsIn(hosts) : ["fd://"];
  const group = optionOf(daemon, "group");
  const groups = ["root", group.state === "known" ? wordOf(group.value) : "docker"];
  return listed.flatMap((address): Guarded[] => {
    const path = address.startsWith("fd:")
      ? "/var/run/docker.sock"
      : /^unix:\/\/(\/.+)$/.exec(address)?.[1];
    if (path === undefined) return [];
    const { root, uid, isTrusted: isOurs } = daemon;
    return [{ path: `${root}${path}`, groups, what: "docker", uid, isOurs }];
  });
}

function saySocket(subject: Host, one: Guarded, said: HostSaid): void {
  const { path, groups, what, uid, isOurs } = one;
  const [owner, mode] = [`${what}-owner`, `${what}-mode`];
  const seen = lookedAt(subject, path, said, owner, mode);
  if (seen?.kind !== "socket") return;
  const at = pointerToFile(path);
  const { users, groups: names } = subject.accounts;
  const group = names.get(seen.gid) ?? String(seen.gid);
  const isOwn = uid !== 0;
  if (seen.uid !== uid || (!isOwn && seen.gid !== 0 && !groups.includes(group))) {
    const user = users.get(seen.uid) ?? String(seen.uid);
    const step: HostStep = {
      kind: "owner",
      path,
      user: users.get(uid) ?? "root",
      group: groups.at(-1) ?? "root",
    };
    said.fault(at, `${path} belongs to ${user} and group ${group}`, {
      aspect: owner,
      ...(isOurs ? { steps: [step] } : {}),
    });
  }
  sayMode({ path, at, mode: seen.mode, aspect: mode, isOurs }, said);
}

function sayMode(
  {
    path,
    at,
    mode,
    aspect,
    isOurs,
  }: { path: string; at: string; mode: number; aspect: string; isOurs: boolean },
  said: HostSaid,
): void {
  if ((mode & 0o007) === 0) return;
  said.fault(at, `${path} has mode ${octal(mode)}, so that others may use it`, {
    aspect,
    value: octal(mode),
    ...(isOurs ? { steps: [{ kind: "mode", path, mode: mode & 0o660 }] } : {}),
  });
}

function sayPodman(subject: Host, said: HostSaid): void {
  const seen = lookedAt(subject, PODMAN_SOCKET, said, "podman");
  const at = pointerToFile(PODMAN_SOCKET);
  if (seen === null) return;
  if (seen.uid !== 0 || seen.gid !== 0)
    said.fault(at, `${PODMAN_SOCKET} does not belong to root alone`, { aspect: "podman" });
  sayMode({ path: PODMAN_SOCKET, at, mode: seen.mode, aspect: "podman", isOurs: true }, said);
}
