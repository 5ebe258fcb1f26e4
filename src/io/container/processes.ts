// The processes of a container, and the files that they run, as the kernel shows them: through doors of /proc that lead to the file
// itself, so that neither names nor links inside the container can point elsewhere.
import { closeSync, readdirSync, readFileSync, readlinkSync, readSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { interpretedBy } from "../../formats/proc/interpreted.ts";
import { type ExecutableMapping, executableMappings } from "../../formats/proc/maps.ts";
import { type Mount, parseMountinfo } from "../../formats/proc/mountinfo.ts";
import { baseName } from "../../kit/path.ts";
import { printable } from "../../kit/text.ts";
import type {
  FilePlace,
  FileUse,
  ObservedFile,
  RunningFile,
  RunningProcess,
} from "../../model/drift.ts";
import { codeOf } from "../error-code.ts";
import { isSameFile, type OpenedInside, openDoor, openFolder, openInside } from "./open-inside.ts";
import type { FileReader } from "./read-file.ts";
import { WHYS } from "./walk-written.ts";

/** A container whose processes are looked for. */
export interface ProcessesOf {
  /** Its first process, on this host. */
  readonly pid: number;
  /** As the engine has it: it stands in the name of its cgroup. */
  readonly id: string;
}

/** What runs, and what could not be seen. */
export interface RunningNow {
  readonly running: readonly RunningFile[];
  readonly processes: number;
  readonly missed: readonly { readonly what: string; readonly why: string }[];
}

const PROCESSES_MAX = 20_000;
/** Between the end of an engine's helper and the beginning of what it was to start lies a moment. */
const ENTERED_WITHIN_MS = 50;
const COMMAND_MAX = 200;
/** Of one file; more say nothing new. */
const USERS_MAX = 20;

/**
 * Looks at everything that runs in a container at this moment: executables, libraries and what interpreters were given. Each file
 * is read once.
 *
 * @throws the signal's reason.
 */
export async function runningNow(container: ProcessesOf, reader: FileReader): Promise<RunningNow> {
  const pids = processesOf(container);
  const look = new ProcessLook(reader, new Set(pids));
  for (const pid of pids.slice(0, PROCESSES_MAX)) await look.at(pid);
  await look.atLate();
  if (pids.length > PROCESSES_MAX)
    look.missed.push({
      what: "processes",
      why: `there are more than ${PROCESSES_MAX}, and no more were looked at`,
    });
  return { running: look.running(), processes: look.processes, missed: look.missed };
}

/** The mounts that a process sees. @throws as `readFileSync`; `ESRCH` for one that is about to be gone, too. */
export function mountsOf(pid: number): Mount[] {
  try {
    return parseMountinfo(readFileSync(`/proc/${pid}/mountinfo`, "utf8"));
  } catch (error) {
    // Of a process that has left its namespaces on its way out the kernel says so.
    if (codeOf(error) === "EINVAL")
      throw Object.assign(new Error("it has ended"), { code: "ESRCH" });
    throw error;
  }
}

/** By cgroup, and by the namespace of process numbers where the container has its own. Also what was started by `exec`. */
export function processesOf({ pid, id }: ProcessesOf): number[] {
  const namespace = linkOf(`/proc/${pid}/ns/pid`);
  const isOwn = namespace !== "" && namespace !== linkOf("/proc/self/ns/pid");
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return all.filter(
    (one) =>
      one === pid ||
      (isOwn && linkOf(`/proc/${one}/ns/pid`) === namespace) ||
      isInCgroup(textOf(`/proc/${one}/cgroup`) ?? "", id),
  );
}

/** Podman's monitor of a container has a cgroup whose name also ends in the container's id. */
function isInCgroup(text: string, id: string): boolean {
  return text.split("\n").some((line) => line.includes(id) && !line.includes(`conmon-${id}`));
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

/** A process while it is looked at. */
interface Looked {
  readonly process: RunningProcess;
  readonly args: readonly string[];
  readonly mounts: readonly Mount[];
}

/** A file that runs, while its users are gathered. */
interface Gathered {
  readonly file: ObservedFile;
  readonly use: FileUse;
  readonly processes: RunningProcess[];
}

class ProcessLook {
  readonly missed: { readonly what: string; readonly why: string }[] = [];
  readonly #reader: FileReader;
  /** The processes of the container. */
  readonly #inside: ReadonlySet<number>;
  readonly #files = new Map<string, Gathered>();
  /** Those that may still be on their way in. */
  readonly #late: number[] = [];
  processes = 0;

  constructor(reader: FileReader, inside: ReadonlySet<number>) {
    this.#reader = reader;
    this.#inside = inside;
  }

  running(): RunningFile[] {
    return [...this.#files.values()];
  }

  /** Once for all of them: a container may have as many as it likes. */
  async atLate(): Promise<void> {
    if (this.#late.length === 0) return;
    await sleep(ENTERED_WITHIN_MS);
    for (const pid of this.#late) await this.at(pid, true);
  }

  async at(pid: number, isLate = false): Promise<void> {
    const before = textOf(`/proc/${pid}/status`);
    // Zombies run nothing any more, and what has ended was not there.
    if (before === null || /^State:\s+[ZX]/m.test(before)) return;
    try {
      const way = await this.#wayOf(pid, before);
      if (way === "entering") return;
      if (way === "unknown" && !isLate) {
        this.#late.push(pid);
        return;
      }
      const status = textOf(`/proc/${pid}/status`) ?? before;
      this.processes += 1;
      const args = argumentsOf(pid);
      const process = {
        pid,
        name: nameOf(status),
        command: printable(args.join(" "), COMMAND_MAX),
      };
      const looked = { process, args, mounts: mountsOf(pid) };
      await this.#executable(looked);
      for (const mapping of executableMappings(readFileSync(`/proc/${pid}/maps`, "utf8")))
        await this.#mapped(looked, mapping);
    } catch (error) {
      this.#failed(`process ${pid}`, pid, error);
    }
  }

  /**
   * Whether it is the engine on its way into the container (`docker exec`, a health check): it runs what its parent runs, which is
   * outside. What it will become is looked at the next time. It may end before what it began has become what was asked for; until
   * then that runs something without a name here, and so it is not known.
   */
  async #wayOf(pid: number, status: string): Promise<"entering" | "inside" | "unknown"> {
    const parent = Number(/^PPid:\t(\d+)$/m.exec(status)?.[1] ?? 0);
    if (parent === 0 || this.#inside.has(parent)) return "inside";
    const outside = await this.#contentOf(parent);
    if (outside !== null && outside === (await this.#contentOf(pid))) return "entering";
    return hasNoName(pid) ? "unknown" : "inside";
  }

  async #contentOf(pid: number): Promise<string | null> {
    let fd: number | null = null;
    try {
      fd = openDoor(`/proc/${pid}/exe`);
      return (await this.#reader.read(fd, "")).sha256;
    } catch (error) {
      if (codeOf(error) === "") throw error;
      return null;
    } finally {
      if (fd !== null) closeSync(fd);
    }
  }

  async #executable(looked: Looked): Promise<void> {
    const { pid } = looked.process;
    const door = `/proc/${pid}/exe`;
    const path = readlinkSync(door);
    const file = await this.#read(looked, { use: "executed", path, open: () => openDoor(door) });
    if (file !== null) await this.#script(looked, file);
  }

  async #mapped(looked: Looked, { range, path }: ExecutableMapping): Promise<void> {
    const { pid } = looked.process;
    // Mappings of the kernel's own (`anon_inode:`, `/dev/zero`) are no files; `/memfd:` and deleted ones are.
    if (!path.startsWith("/") || path.startsWith("/anon_hugepage") || path.startsWith("/SYSV"))
      return;
    const open = (): number => openDoor(`/proc/${pid}/map_files/${range}`);
    await this.#read(looked, { use: "mapped", path: path.replaceAll("\\012", "\n"), open });
  }

  async #script(looked: Looked, executable: ObservedFile): Promise<void> {
    const { process, args } = looked;
    const told =
      interpretedBy(baseName(executable.path), args) ??
      interpretedBy(baseName(args[0] ?? "").replace(/^-/, ""), args);
    if (told?.kind !== "file" && told?.kind !== "input") return;
    const path = told.kind === "input" ? "/dev/stdin" : told.path;
    try {
      const opened = openScript(process.pid, path);
      if (opened === null) return;
      const open = (): number => opened.fd;
      await this.#read(looked, { use: "interpreted", path: `/${opened.path}`, open });
    } catch (error) {
      // Arguments are what a process says of itself: without such a file they mean something else.
      if (!["ENOENT", "ENOTDIR", "EISDIR", "ENODEV"].includes(codeOf(error)))
        this.#failed(`/${path}`, process.pid, error);
    }
  }

  async #read(
    { process, mounts }: Looked,
    { use, path, open }: { readonly use: FileUse; readonly path: string; open(): number },
  ): Promise<ObservedFile | null> {
    let fd: number | null = null;
    try {
      fd = open();
      const seen = seenPath(path);
      // What compilers write into memory at run time is no file that anybody could have had.
      const wants = (read: Pick<ObservedFile, "content">): boolean =>
        seen.memory === null || use !== "mapped" || read.content !== "other";
      const { unread, ...read } = await this.#reader.read(fd, seen.name, wants);
      if (unread !== null) this.missed.push({ what: path, why: unread });
      const isGone = read.isGone || (seen.isMarked && !isNamed(fd, process.pid, path));
      const file = placed({ ...seen, written: path }, { ...read, isGone }, mounts);
      this.#gather(file, use, process);
      return file;
    } catch (error) {
      this.#failed(path, process.pid, error);
      return null;
    } finally {
      if (fd !== null) closeSync(fd);
    }
  }

  #gather(file: ObservedFile, use: FileUse, process: RunningProcess): void {
    const key = `${file.path}\0${file.sha256 ?? ""}\0${file.isGone}\0${file.place}`;
    // An executable is mapped, too.
    const executed = this.#files.get(`executed\0${key}`);
    if (use === "mapped" && executed?.processes.some(({ pid }) => pid === process.pid) === true)
      return;
    const known = this.#files.get(`${use}\0${key}`);
    if (known === undefined) this.#files.set(`${use}\0${key}`, { file, use, processes: [process] });
    else if (known.processes.length < USERS_MAX && known.processes.at(-1)?.pid !== process.pid)
      known.processes.push(process);
  }

  /** A process that has ended meanwhile hides nothing that still runs. */
  #failed(what: string, pid: number, error: unknown): void {
    const code = codeOf(error);
    if (code === "") throw error;
    if (code === "ESRCH" || (code === "ENOENT" && linkOf(`/proc/${pid}/exe`) === "")) return;
    if (code === "ENOENT" && what.startsWith("/")) return;
    this.missed.push({ what, why: WHYS[code] ?? code });
  }
}

/** What the kernel says of a file by its path. Files may be named so as well: the file itself decides. */
export interface SeenPath {
  readonly bare: string;
  /** The last name. */
  readonly name: string;
  /** Its name in memory; null for what is none. */
  readonly memory: string | null;
  /** It ends in ` (deleted)`. */
  readonly isMarked: boolean;
}

export function seenPath(path: string): SeenPath {
  const bare = path.replace(/ \(deleted\)$/, "");
  const isMarked = bare !== path;
  const memory = isMarked && bare.startsWith("/memfd:") ? bare.slice("/memfd:".length) : null;
  return { bare, name: memory ?? baseName(bare), memory, isMarked };
}

export function placed(
  { bare, memory, written }: SeenPath & { readonly written: string },
  read: Omit<ObservedFile, "path" | "place">,
  mounts: readonly Mount[],
): ObservedFile {
  if (memory !== null && read.isGone) return { path: `memfd:${memory}`, place: "memory", ...read };
  const path = read.isGone ? bare : written;
  return { path: path.replace(/^\//, ""), place: placeOf(path, mounts), ...read };
}

/** Whether a file still has the name that the kernel says it had: of a lower layer's, the count of names stays as it was. */
function isNamed(fd: number, pid: number, path: string): boolean {
  let root: number | null = null;
  let named: number | null = null;
  try {
    root = openFolder(`/proc/${pid}/root/.`);
    named = openInside(root, path).fd;
    return isSameFile(fd, named);
  } catch {
    return false;
  } finally {
    if (named !== null) closeSync(named);
    if (root !== null) closeSync(root);
  }
}

/** Whether what a process runs lies nowhere in its own root. */
function hasNoName(pid: number): boolean {
  const door = `/proc/${pid}/exe`;
  const fd = openDoor(door);
  try {
    return !isNamed(fd, pid, readlinkSync(door));
  } finally {
    closeSync(fd);
  }
}

/** Names are cut by the kernel; its own escapes stay. */
function nameOf(status: string): string {
  return printable(/^Name:\t(.*)$/m.exec(status)?.[1] ?? "", 64);
}

const ARGUMENTS_BYTES_MAX = 128 << 10;

function argumentsOf(pid: number): string[] {
  const fd = openDoor(`/proc/${pid}/cmdline`);
  try {
    const buffer = Buffer.alloc(ARGUMENTS_BYTES_MAX);
    const text = buffer.toString("utf8", 0, readSync(fd, buffer, 0, buffer.length, 0));
    return text.replace(/\0$/, "").split("\0");
  } finally {
    closeSync(fd);
  }
}

/**
 * What an interpreter was given: a path from its working folder inside its root, or one of its own open files, which is how a script
 * without a name is run.
 */
export function openScript(pid: number, written: string): OpenedInside | null {
  const own =
    written === "/dev/stdin"
      ? "0"
      : /^\/(?:dev|proc\/(?:self|thread-self|\d+))\/fd\/(\d+)$/.exec(written)?.[1];
  if (own !== undefined) {
    const door = `/proc/${pid}/fd/${own}`;
    const path = readlinkSync(door);
    return statSync(door).isFile() ? { fd: openDoor(door), path: path.slice(1) } : null;
  }
  const root = openFolder(`/proc/${pid}/root/.`);
  try {
    const folder = written.startsWith("/") ? "" : readlinkSync(`/proc/${pid}/cwd`);
    return openInside(root, `${folder}/${written}`);
  } finally {
    closeSync(root);
  }
}

/** Where a path lies: by the mount with the longest point above it, of equals the last. */
export function placeOf(path: string, mounts: readonly Mount[]): FilePlace {
  let found: Mount | null = null;
  for (const mount of mounts) {
    const isAbove =
      mount.point === "/" || path === mount.point || path.startsWith(`${mount.point}/`);
    if (isAbove && mount.point.length >= (found?.point.length ?? 0)) found = mount;
  }
  if (found === null || found.point === "/") return "root";
  return found.type === "tmpfs" || found.type === "ramfs" || found.type === "devtmpfs"
    ? "tmpfs"
    : "volume";
}
