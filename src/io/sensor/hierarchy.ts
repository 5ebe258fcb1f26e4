import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { cgroupPathOf } from "./proc.ts";

/** Which of the host's hierarchies of cgroups tells containers apart. */
export interface Hierarchy {
  /** The kernel's index of the subsystem whose hierarchy it is; -1 for version 2. */
  readonly subsystem: number;
  /** The kernel's number of the hierarchy; 0 for version 2. */
  readonly number: number;
  /** Where it is mounted. */
  readonly root: string;
  readonly version: 1 | 2;
}

/** Of version 1, in this order: every runtime puts containers into these. */
const SUBSYSTEMS = ["memory", "pids", "cpu", "devices", "freezer"];

/**
 * Version 2 where it is all there is; on a hybrid host a hierarchy of version 1, because not every runtime makes cgroups of
 * version 2 there.
 */
export function hostHierarchy(root = "/sys/fs/cgroup", table = "/proc/cgroups"): Hierarchy | null {
  if (existsSync(join(root, "cgroup.controllers"))) {
    return { subsystem: -1, number: 0, root, version: 2 };
  }
  const rows = textOf(table)
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.split("\t"));
  for (const name of SUBSYSTEMS) {
    const subsystem = rows.findIndex((row) => row[0] === name);
    const number = Number(rows[subsystem]?.[1] ?? 0);
    if (number > 0 && existsSync(join(root, name))) {
      return { subsystem, number, root: join(root, name), version: 1 };
    }
  }
  return null;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** The kernel's number of the cgroup of that path; null where none is. */
export function cgroupAt(root: string, path: string): number | null {
  return statSync(join(root, path), { throwIfNoEntry: false })?.ino ?? null;
}

const CGROUPS_MAX = 65_536;

/** The cgroups that are there, by the kernel's number of each; paths begin at the hierarchy's root. */
export function cgroupsBelow(root: string): Map<number, string> {
  const found = new Map<number, string>();
  const walk = (folder: string, path: string): void => {
    if (found.size >= CGROUPS_MAX) return;
    try {
      found.set(lstatSync(folder).ino, path);
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        if (entry.isDirectory()) walk(join(folder, entry.name), `${path}/${entry.name}`);
      }
    } catch {
      // It is gone already: nothing runs in it.
    }
  };
  walk(root, "");
  return found;
}

/** The folder of a process's cgroup; null when that is gone, or is not told from where we are. */
export function cgroupFolder(pid: number): string | null {
  const hierarchy = hostHierarchy();
  if (hierarchy === null) return null;
  const subsystem = hierarchy.version === 2 ? null : (hierarchy.root.split("/").at(-1) ?? null);
  const path = cgroupPathOf(pid, subsystem);
  const folder = join(hierarchy.root, path);
  // One that has ended counts, in version 1, as in the outermost, until somebody asks how it ended.
  return path !== "" && processesIn(folder).includes(pid) ? folder : null;
}

/** The processes of a cgroup without those below it, by their numbers; none of one that is gone. */
export function processesIn(folder: string): readonly number[] {
  return textOf(join(folder, "cgroup.procs")).split("\n").filter(Boolean).map(Number);
}
