// Who may ask the engines of a host that run as root: members of the socket's group, whoever its mode lets in, whoever reaches a
// port without certificates.
// Source: https://docs.docker.com/engine/security/#docker-daemon-attack-surface
import { type Unknown, unknown } from "../../kit/fact.ts";
import type { EngineAccess } from "../../model/engine-access.ts";
import type { Daemon, Host } from "../../model/host.ts";
import type { SeenFile } from "../../model/host-record.ts";
import type { Pointer } from "../../model/workload.ts";
import { openListeners } from "./open-listeners.ts";
import { optionIn, textsIn, wordOf } from "./option-texts.ts";
import { contentOf, fileOf, pointerToFile, pointerToLine, seenFile } from "./record-file.ts";

const SOCKET = "/var/run/docker.sock";
const GROUP = "docker";

/** Who is let in, and what cannot be told of it. */
export function engineAccessOf(host: Host): { access: EngineAccess[]; gaps: Unknown[] } {
  const gaps: Unknown[] = [];
  const rootful = host.daemons.filter(({ uid }) => uid === 0);
  const access = rootful.flatMap((daemon) => [
    ...ofSocket(host, daemon),
    ...ofGroup(host, groupOf(host, daemon), ""),
  ]);
  const isGroup = host.accounts.members.has(GROUP);
  // Where nothing of an engine is seen, the group says that there was one.
  if (host.daemons.length === 0 && isGroup) access.push(...ofGroup(host, GROUP, ENGINE_SUPPOSED));
  if (host.accounts.rest !== null && (rootful.length > 0 || isGroup)) gaps.push(host.accounts.rest);
  for (const daemon of rootful) {
    const hosts = optionIn(daemon, "hosts");
    if (hosts.state === "unknown")
      gaps.push(unknown(hosts.at, `where ${daemon.name} listens: ${hosts.why}`));
  }
  return { access: [...access, ...ofListeners(host)], gaps };
}

const ENGINE_SUPPOSED = "Docker's engine runs there as root, with its socket for this group";

/** The group of the socket as it is; else as it would be made. */
function groupOf({ record, units, accounts }: Host, daemon: Daemon): string {
  const socket = socketOf(record, daemon);
  const own = socket === null ? undefined : accounts.groups.get(socket.file.gid);
  if (own !== undefined) return own;
  const unit = units.get("docker.socket")?.settings.get("Socket.SocketGroup")?.at(-1);
  const option = optionIn(daemon, "group");
  if (option.state === "known") return wordOf(option.value);
  return unit?.value || GROUP;
}

function socketOf(
  record: Host["record"],
  daemon: Daemon,
): { readonly path: string; readonly file: SeenFile } | null {
  const [first] = textsIn(optionIn(daemon, "hosts"))
    .filter((one) => one.startsWith("unix://"))
    .map((one) => `${daemon.root}${one.slice("unix://".length)}`);
  const path = first ?? SOCKET;
  const file = seenFile(record, path);
  return file?.kind === "socket" ? { path, file } : null;
}

const OTHERS_WRITE = 0o002;
const OWNER_WRITES = 0o200;

function ofSocket({ record, accounts }: Host, daemon: Daemon): EngineAccess[] {
  const socket = socketOf(record, daemon);
  if (socket === null) return [];
  const { path, file } = socket;
  const at = pointerToFile(path);
  const found: EngineAccess[] = [];
  if ((file.mode & OTHERS_WRITE) !== 0) {
    const fix = `take the socket ${path} from everybody: chmod 660`;
    found.push({ who: { kind: "local" }, group: null, at, fix, supposed: "" });
  }
  if (file.uid !== 0 && (file.mode & OWNER_WRITES) !== 0) {
    const name = accounts.users.get(file.uid) ?? `${file.uid}`;
    const fix = `give the socket ${path} to root, and not to ${name}`;
    found.push({ who: { kind: "user", name }, group: null, at, fix, supposed: "" });
  }
  return found;
}

/** Nobody needs to be a member of root's own group to be root. */
function ofGroup({ record, accounts }: Host, group: string, supposed: string): EngineAccess[] {
  const members = accounts.members.get(group) ?? [];
  return members
    .filter((name) => name !== "root")
    .map((name) => ({
      who: { kind: "user", name },
      group,
      at: lineWith(record, name, group),
      fix: `take ${name} out of the group ${group}`,
      supposed,
    }));
}

/** Of the group with its members; of the account, where the group is its own one. */
function lineWith(record: Host["record"], name: string, group: string): Pointer {
  const [groups, users] = ["/etc/group", "/etc/passwd"].map((path) => {
    const text = contentOf(record, path);
    return text.state === "known" ? text.value.split("\n") : [];
  });
  const own = (groups ?? []).findIndex((line) => line.startsWith(`${group}:`));
  const listed = (groups?.[own] ?? "").split(":")[3]?.trim().split(",") ?? [];
  if (listed.includes(name)) return pointerToLine("/etc/group", own + 1);
  const account = (users ?? []).findIndex((line) => line.startsWith(`${name}:`));
  return account < 0 ? pointerToFile("/etc/group") : pointerToLine("/etc/passwd", account + 1);
}

function ofListeners(host: Host): EngineAccess[] {
  return openListeners(host)
    .filter(({ uid }) => uid === 0)
    .map(({ at, address, of, how, reach }) => ({
      who: { kind: "remote", address, reach },
      group: null,
      at,
      fix: `have ${of} listen at ${address} for clients with certificates only (tlsverify), or not at all`,
      supposed: SUPPOSED[reach] === "" ? "" : `${SUPPOSED[reach]} (it listens ${how})`,
    }));
}

const SUPPOSED = {
  host: "",
  network: "no firewall stands before it",
  everywhere: "no firewall stands between the internet and it",
} as const;

/** Whether a folder has anything by which to tell who may do what on a host. */
export function hasAccounts(host: Host): boolean {
  const file = fileOf(host.record, "/etc/group");
  return file !== null && file.kind !== "absent";
}
