// The host's files, seen from wherever we are: in a container that sees its processes, or in a service with a view of its own.
import { openSync, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";

/** O_RDONLY | O_DIRECTORY | O_CLOEXEC of Linux. */
const FOLDER = 0o2200000;

let known: string | null = null;

/**
 * Before a path of the host: empty where we see its files as it does, and else the way through a process of it. Nothing of the
 * host need be mounted for that. The folder stays open until we end, because that process may end before.
 */
export function hostRoot(): string {
  known ??= rootOf(hostMounts());
  return known;
}

/** The number of the host's mount namespace; null where nobody tells. */
export function hostMounts(): number | null {
  // Not every root may look at the first process. Threads of the kernel stay where the system began, and the second is theirs.
  return mountsOf(1) ?? (nameOf(2) === "kthreadd" ? mountsOf(2) : null);
}

function rootOf(mounts: number | null): string {
  if (mounts === null || mounts === mountsOf("self")) return "";
  for (const pid of processes()) {
    const root = mountsOf(pid) === mounts ? openRoot(pid) : null;
    if (root !== null) return root;
  }
  return "";
}

function openRoot(pid: number): string | null {
  try {
    // Threads of the kernel have none; what they see as root may be what the system began with.
    readlinkSync(`/proc/${pid}/exe`);
    return `/proc/self/fd/${openSync(`/proc/${pid}/root`, FOLDER)}`;
  } catch {
    return null;
  }
}

function mountsOf(pid: number | "self"): number | null {
  try {
    return statSync(`/proc/${pid}/ns/mnt`).ino;
  } catch {
    return null;
  }
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "";
  }
}

function processes(): number[] {
  try {
    return readdirSync("/proc")
      .map(Number)
      .filter((pid) => pid > 0);
  } catch {
    return [];
  }
}
