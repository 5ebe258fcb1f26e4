// Where a process waits for connections of TCP, by its open sockets. @see proc(5), /proc/PID/net/tcp
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

const DESCRIPTORS_MAX = 100_000;
const LINES_MAX = 200_000;
/** Of `st`: waits for connections. */
const LISTEN = "0A";

/** Addresses as `0.0.0.0:2375` and `[::]:2375`, sorted; null where one may not look. */
export function listensOf(pid: number): string[] | null {
  const inodes = new Set<string>();
  try {
    for (const name of readdirSync(`/proc/${pid}/fd`).slice(0, DESCRIPTORS_MAX)) {
      const inode = inodeOf(`/proc/${pid}/fd/${name}`);
      if (inode !== null) inodes.add(inode);
    }
  } catch {
    return null;
  }
  if (inodes.size === 0) return [];
  const tables = ["tcp", "tcp6"].map((name) => tableOf(`/proc/${pid}/net/${name}`));
  if (tables.every((table) => table === null)) return null;
  const found = tables
    .flatMap((table) => (table ?? "").split("\n", LINES_MAX).slice(1))
    .flatMap((line) => {
      const [, local = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
      return state === LISTEN && inodes.has(inode) ? addressOf(local) : [];
    });
  return [...new Set(found)].sort();
}

function inodeOf(link: string): string | null {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(link))?.[1] ?? null;
  } catch {
    // It was closed meanwhile.
    return null;
  }
}

function tableOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

/** `0100007F:0947`: words of 32 bits in the order of this machine, which is that of all that engines run on, and a port. */
export function addressOf(local: string): string[] {
  const [, address = "", port = ""] =
    /^([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4})$/.exec(local) ?? [];
  if (address === "") return [];
  const bytes = (address.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16)),
  );
  const number = Number.parseInt(port, 16);
  if (bytes.length === 4) return [`${bytes.join(".")}:${number}`];
  if (bytes.every((byte) => byte === 0)) return [`[::]:${number}`];
  const isMapped =
    bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  if (isMapped) return [`${bytes.slice(12).join(".")}:${number}`];
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16),
  );
  return [`[${groups.join(":").replace(/(?:^|:)(?:0:){2,}/, "::")}]:${number}`];
}
