import type { Container } from "../../model/container.ts";
import type { ExecutableFile, Process } from "../../model/event.ts";
import type { Frame } from "./frame.ts";
import { CLONE, EXEC, FILE, HEAD } from "./layout.ts";

/** What is known of a process, and changes as frames are read; to everybody else it is a {@link Process}. */
export interface ProcessState extends Process {
  pid: number;
  vpid: number;
  pgid: number;
  vpgid: number;
  sid: number;
  parent: ProcessState | null;
  parentPid: number;
  name: string;
  exe: string;
  exePath: string;
  arguments: readonly string[];
  environment: readonly string[];
  cwd: string;
  tty: number;
  uid: number;
  gid: number;
  loginUid: number;
  effective: bigint;
  permitted: bigint;
  inheritable: bigint;
  file: ExecutableFile;
  startedAt: number;
  container: Container | null;
  /** Of its last event; 0 before the first. */
  cgroup: number;
  /** How many ancestors are kept. */
  depth: number;
  version: number;
}

/** What the stream cannot know by itself. */
export interface Beyond {
  /** What the host itself knows of a process that began before the stream, or whose beginning was lost; null for none. */
  readonly find: (pid: number) => ProcessState | null;
  /** The container of a cgroup; null for one of the host. */
  readonly containerOf: (cgroup: number, pid: number) => Container | null;
  /** Nanoseconds between 1970 and the start of the machine. */
  readonly bootedAt: number;
}

const NO_FILE: ExecutableFile = {
  device: 0,
  inode: 0,
  changedAt: 0,
  modifiedAt: 0,
  isUpperLayer: false,
  isLowerLayer: false,
  isMemory: false,
  isWritable: false,
  isDeleted: false,
  isOfHost: false,
};

/** One of which nothing but its number is known. */
export function unseenProcess(pid: number): ProcessState {
  return {
    pid,
    vpid: 0,
    pgid: 0,
    vpgid: 0,
    sid: 0,
    parent: null,
    parentPid: 0,
    name: "",
    exe: "",
    exePath: "",
    arguments: [],
    environment: [],
    cwd: "",
    tty: 0,
    uid: 0,
    gid: 0,
    loginUid: -1,
    effective: 0n,
    permitted: 0n,
    inheritable: 0n,
    file: NO_FILE,
    startedAt: 0,
    container: null,
    cgroup: 0,
    depth: 0,
    version: 0,
  };
}

/** Of all tables, so that no version is of two processes. */
let versions = 0;

function changed(process: ProcessState): void {
  versions += 1;
  process.version = versions;
}

/** Ancestors that are kept: a daemon that forks away from itself for ever must not be kept for ever. */
const ANCESTORS_MAX = 128;

/** More processes than a host has; those that ended unseen are looked for beyond it. */
const PROCESSES_MAX = 131_072;

/**
 * The processes of a host, as the frames tell of them. A parent stays known to its children after its end, also where the
 * kernel gave them to another, so that who forks away from its parent is still told by it.
 */
export class ProcessTable {
  readonly #processes = new Map<number, ProcessState>();
  readonly #beyond: Beyond;

  constructor(beyond: Beyond) {
    this.#beyond = beyond;
  }

  get size(): number {
    return this.#processes.size;
  }

  /** One that was there before the stream began. */
  add(process: ProcessState): void {
    changed(process);
    this.#processes.set(process.pid, process);
  }

  /** Gives those that were there their parents, when all are added. */
  link(): void {
    for (const process of this.#processes.values()) {
      if (process.parent !== null || process.parentPid === process.pid) continue;
      process.parent = this.#processes.get(process.parentPid) ?? null;
    }
  }

  /** The process that a frame is about, in its container of now. */
  of(frame: Frame): ProcessState {
    const pid = frame.u32(HEAD.pid);
    const process = this.#processes.get(pid) ?? this.#meet(pid);
    const cgroup = frame.u64(HEAD.cgroup);
    // A container of which nothing was found yet is asked for again: its runtime may have been met meanwhile.
    const isKnown = process.container !== null && process.container.problems.length === 0;
    if (process.cgroup !== cgroup || !isKnown) {
      process.cgroup = cgroup;
      const container = this.#beyond.containerOf(cgroup, pid);
      if (process.container !== container) changed(process);
      process.container = container;
    }
    const uid = frame.u32(HEAD.uid);
    const gid = frame.u32(HEAD.gid);
    if (process.uid !== uid || process.gid !== gid) changed(process);
    process.uid = uid;
    process.gid = gid;
    return process;
  }

  #meet(pid: number): ProcessState {
    const process = this.#beyond.find(pid) ?? unseenProcess(pid);
    if (process.parent === null && process.parentPid > 0 && process.parentPid !== pid) {
      process.parent = this.#processes.get(process.parentPid) ?? null;
    }
    if (this.#processes.size >= PROCESSES_MAX) this.#forgetOldest();
    this.#processes.set(pid, process);
    changed(process);
    return process;
  }

  #forgetOldest(): void {
    for (const pid of this.#processes.keys()) {
      this.#processes.delete(pid);
      if (this.#processes.size < PROCESSES_MAX / 2) return;
    }
  }

  /** A child, which has what its parent had. */
  fork(frame: Frame, parent: ProcessState): ProcessState {
    const pid = frame.u32(CLONE.child);
    const child: ProcessState = {
      pid,
      vpid: frame.u32(CLONE.vpid),
      pgid: frame.u32(CLONE.pgid),
      vpgid: parent.vpgid,
      sid: frame.u32(CLONE.sid),
      parent,
      parentPid: parent.pid,
      name: frame.text(CLONE.strings),
      exe: parent.exe,
      exePath: parent.exePath,
      arguments: parent.arguments,
      environment: parent.environment,
      cwd: parent.cwd,
      tty: parent.tty,
      uid: parent.uid,
      gid: parent.gid,
      loginUid: parent.loginUid,
      effective: parent.effective,
      permitted: parent.permitted,
      inheritable: parent.inheritable,
      file: parent.file,
      startedAt: frame.u64(CLONE.started) + this.#beyond.bootedAt,
      container: parent.container,
      cgroup: parent.cgroup,
      depth: parent.depth + 1,
      version: 0,
    };
    changed(child);
    if (child.depth > ANCESTORS_MAX) cutAncestors(child);
    if (this.#processes.size >= PROCESSES_MAX) this.#forgetOldest();
    this.#processes.set(pid, child);
    return child;
  }

  /** Another program in the same process. */
  exec(frame: Frame, process: ProcessState): void {
    const filename = frame.after(EXEC.strings);
    const path = frame.after(filename);
    const cwd = frame.after(path);
    const words = frame.after(cwd);
    const command = frame.command(words);
    const flags = frame.u32(EXEC.fileFlags);
    process.name = frame.text(EXEC.strings);
    process.exePath = (flags & FILE.memory) !== 0 ? frame.path(path).slice(1) : frame.path(path);
    process.cwd = frame.path(cwd) || "/";
    process.exe = command.exe;
    process.arguments = command.arguments;
    process.environment = frame.environment(frame.after(words));
    process.vpid = frame.u32(EXEC.vpid);
    process.pgid = frame.u32(EXEC.pgid);
    process.vpgid = frame.u32(EXEC.vpgid);
    process.sid = frame.u32(EXEC.sid);
    process.tty = frame.u32(EXEC.tty);
    process.loginUid = frame.i32(EXEC.loginUid);
    const capabilities = frame.capabilities(EXEC.inheritable);
    process.inheritable = capabilities.inheritable;
    process.permitted = capabilities.permitted;
    process.effective = capabilities.effective;
    process.startedAt = frame.u64(HEAD.time) + this.#beyond.bootedAt;
    process.file = {
      device: frame.u32(EXEC.device),
      inode: frame.u64(EXEC.inode),
      changedAt: frame.u64(EXEC.changed),
      modifiedAt: frame.u64(EXEC.modified),
      isUpperLayer: (flags & FILE.upper) !== 0,
      isLowerLayer: (flags & FILE.lower) !== 0,
      isMemory: (flags & FILE.memory) !== 0,
      isWritable: (flags & FILE.writable) !== 0,
      isDeleted: (flags & FILE.deleted) !== 0,
      isOfHost: process.container === null || (flags & FILE.ofHost) !== 0,
    };
    this.#adopt(process, frame.u32(EXEC.parent));
    changed(process);
  }

  /** A parent that was not seen when the process was met. */
  #adopt(process: ProcessState, parentPid: number): void {
    if (process.parent !== null || parentPid === 0 || parentPid === process.pid) return;
    process.parentPid = parentPid;
    process.parent = this.#processes.get(parentPid) ?? this.#meet(parentPid);
    process.depth = process.parent.depth + 1;
  }

  exit(process: ProcessState): void {
    this.#processes.delete(process.pid);
  }
}

function cutAncestors(child: ProcessState): void {
  let at: ProcessState | null = child;
  for (let kept = 0; at !== null && kept < ANCESTORS_MAX / 2; kept += 1) {
    at.depth = ANCESTORS_MAX / 2 - kept;
    if (kept === ANCESTORS_MAX / 2 - 1) at.parent = null;
    at = at.parent;
  }
}
