// The file that a process of a container used a moment ago: looked for where it should be, and known again by its number.
import { closeSync, existsSync, fstatSync, lstatSync, readFileSync, readlinkSync } from "node:fs";
import { executableMappings } from "../../formats/proc/maps.ts";
import type { Mount } from "../../formats/proc/mountinfo.ts";
import { baseName } from "../../kit/path.ts";
import type { ObservedFile, WrittenEntry } from "../../model/drift.ts";
import type { Sighting } from "../../model/sighting.ts";
import { codeOf } from "../error-code.ts";
import { deviceOf } from "../sensor/proc.ts";
import { openDoor, openFolder, openInside } from "./open-inside.ts";
import { mountsOf, openScript, placeOf } from "./processes.ts";
import type { FileReader } from "./read-file.ts";

/** What became of looking for a file. */
export type SightedFile =
  | { readonly kind: "read"; readonly file: ObservedFile }
  /** It is there, and was changed since it was used: what was used is not known any more. */
  | { readonly kind: "changed"; readonly file: ObservedFile }
  /** It is gone, or another is there. */
  | { readonly kind: "gone" }
  /** It is no file, and so nothing that an interpreter was given. */
  | { readonly kind: "none" }
  | { readonly kind: "unread"; readonly why: string };

/** The kernel's clock for files stands still for so long. */
const CLOCK_NS = 1e7;
/** As exactly as a number holds nanoseconds since 1970. */
const EXACT_NS = 1024;

/**
 * Reads the file of a sighting.
 *
 * @param first A process of the container that lasts, by whose root it is looked for when the one that used it has ended.
 */
export async function readSighted(
  sighting: Sighting,
  first: number,
  reader: FileReader,
): Promise<SightedFile> {
  let opened: Opened | null = null;
  try {
    opened = openSighted(sighting, first);
    if (opened === null) return { kind: sighting.path === "/dev/stdin" ? "none" : "gone" };
    const { fd, path, place, isNamed } = opened;
    const { unread, ...read } = await reader.read(fd, baseName(path));
    if (unread === "it is no file") return { kind: "none" };
    const isGone = read.isGone || !isNamed;
    const file: ObservedFile = { path, place, ...read, isGone };
    if (unread !== null) return { kind: "unread", why: unread };
    return { kind: isChanged(fd, sighting) ? "changed" : "read", file };
  } catch (error) {
    const code = codeOf(error);
    if (code === "") throw error;
    return MEANS_NONE.has(code) ? { kind: "none" } : { kind: "unread", why: code };
  } finally {
    if (opened !== null) closeSync(opened.fd);
  }
}

const MEANS_NONE: ReadonlySet<string> = new Set(["EISDIR", "ENODEV", "ENXIO"]);

interface Opened extends Pick<ObservedFile, "path" | "place"> {
  readonly fd: number;
  /** It lies where it is looked for by its path. */
  readonly isNamed: boolean;
}

function openSighted(sighting: Sighting, first: number): Opened | null {
  const { use, path, layer, process } = sighting;
  if (use === "interpreted") return openedScript(sighting, first);
  if (layer === "memory") {
    const fd = tried(() => openDoor(doorOf(sighting)));
    return fd === null ? null : known({ fd, path, place: "memory", isNamed: true }, sighting);
  }
  for (const pid of [process.pid, first]) {
    const found = tried(() => byPath(pid, path));
    const same = found === null ? null : known(found, sighting);
    if (same !== null) return same;
  }
  // Without a name, as long as somebody runs it.
  const fd = tried(() => openDoor(doorOf(sighting)));
  const place = tried(() => placeOf(path, mountsOf(process.pid))) ?? "root";
  return fd === null
    ? null
    : known({ fd, path: path.replace(/^\//, ""), place, isNamed: false }, sighting);
}

/** Where the kernel shows the file itself, without a name. */
function doorOf({ use, path, process }: Sighting): string {
  if (use === "executed") return `/proc/${process.pid}/exe`;
  const mappings = executableMappings(readFileSync(`/proc/${process.pid}/maps`, "utf8"));
  const bare = path.replace(/^memfd:/, "/memfd:");
  const mapping = mappings.find((one) => one.path.replace(/ \(deleted\)$/, "") === bare);
  return `/proc/${process.pid}/map_files/${mapping?.range ?? "none"}`;
}

function byPath(pid: number, path: string): Opened {
  const mounts: readonly Mount[] = mountsOf(pid);
  const root = openFolder(`/proc/${pid}/root/.`);
  try {
    const opened = openInside(root, path);
    return { ...opened, place: placeOf(`/${opened.path}`, mounts), isNamed: true };
  } finally {
    closeSync(root);
  }
}

function openedScript({ path, process }: Sighting, first: number): Opened | null {
  for (const pid of path === "/dev/stdin" ? [process.pid] : [process.pid, first]) {
    const opened = tried(() => openScript(pid, path));
    if (opened === null) continue;
    const place = tried(() => placeOf(`/${opened.path}`, mountsOf(pid))) ?? "root";
    return { ...opened, place, isNamed: true };
  }
  return null;
}

/** null, closed, for another file of the same name. Where a file system numbers in two ways, its name has to do. */
function known(opened: Opened, { device, inode }: Sighting): Opened | null {
  const stats = fstatSync(opened.fd, { bigint: true });
  const isOther = deviceOf(Number(stats.dev)) === device && Number(stats.ino) !== inode;
  if (inode === 0 || !isOther) return opened;
  closeSync(opened.fd);
  return null;
}

/** The kernel's clock for files is coarse: what was changed at nearly the same time is told by the time that it had when used. */
function isChanged(fd: number, { at, changedAt }: Sighting): boolean {
  const now = Number(fstatSync(fd, { bigint: true }).ctimeNs);
  if (now <= at - CLOCK_NS) return false;
  return changedAt === null ? now > at + CLOCK_NS : Math.abs(now - changedAt) > EXACT_NS;
}

/** What a process that has ended cannot show, and what is not there any more. */
function tried<T>(open: () => T): T | null {
  try {
    return open();
  } catch (error) {
    if (["ENOENT", "ESRCH", "ENOTDIR", "EACCES", "ELOOP"].includes(codeOf(error))) return null;
    throw error;
  }
}

/** What lies now where something was written; null for a folder, and for what is none of the container's. */
export async function readWritten(
  path: string,
  first: number,
  reader: FileReader,
): Promise<WrittenEntry | null> {
  const bare = path.replace(/^\//, "");
  const root = tried(() => openFolder(`/proc/${first}/root/.`));
  if (root === null) return null;
  let fd: number | null = null;
  try {
    // A link is told as one, and not what it leads to.
    const slash = bare.lastIndexOf("/");
    const folder = openInside(root, bare.slice(0, Math.max(slash, 0)));
    try {
      const here = `/proc/self/fd/${folder.fd}/${baseName(bare)}`;
      const real = folder.path === "" ? baseName(bare) : `${folder.path}/${baseName(bare)}`;
      const stats = tried(() => lstatSync(here));
      if (stats === null) return { kind: "removed", path: real };
      if (stats.isSymbolicLink()) return { kind: "link", path: real, target: readlinkSync(here) };
    } finally {
      closeSync(folder.fd);
    }
    const opened = openInside(root, bare);
    fd = opened.fd;
    const { unread, ...read } = await reader.read(fd, baseName(bare));
    if (unread !== null) return null;
    const place = placeOf(`/${opened.path}`, mountsOf(first));
    return { kind: "file", file: { path: opened.path, place, ...read } };
  } catch (error) {
    if (codeOf(error) === "") throw error;
    return null;
  } finally {
    closeSync(root);
    if (fd !== null) closeSync(fd);
  }
}

/** Whether a process is still there. */
export function isProcess(pid: number): boolean {
  return existsSync(`/proc/${pid}/root`);
}
