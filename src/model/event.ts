// What the sensor observes: one fact an event, without judgement. Times are nanoseconds; names are those of the system calls.
import type { Container } from "./container.ts";

/**
 * The kinds of events by their code, which is their place here: also in the frames of the sensor (sensor/PROTOCOL.md), so kinds
 * are added at the end and never moved. Names are those of Falco's `evt.type`.
 */
export const EVENT_TYPES = [
  "unknown",
  "execve",
  "execveat",
  "clone",
  "procexit",
  "open",
  "openat",
  "openat2",
  "creat",
  "open_by_handle_at",
  "connect",
  "accept",
  "accept4",
  "listen",
  "bind",
  "socket",
  "sendto",
  "sendmsg",
  "recvfrom",
  "recvmsg",
  "rename",
  "renameat",
  "renameat2",
  "unlink",
  "unlinkat",
  "rmdir",
  "mkdir",
  "mkdirat",
  "symlink",
  "symlinkat",
  "link",
  "linkat",
  "chmod",
  "fchmod",
  "fchmodat",
  "ptrace",
  "setns",
  "unshare",
  "setuid",
  "bpf",
  "init_module",
  "finit_module",
  "userfaultfd",
  "dup",
  "dup2",
  "dup3",
  "chdir",
  "fchdir",
  "chroot",
  "mmap",
  "mount",
  "io_uring",
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** The value of a parameter (`evt.arg.flags`): numbers as the kernel has them, paths as the caller wrote them. */
export type Parameter = string | number | bigint;

/**
 * One event. It is read out of its frame when asked, and **valid until the next one**: whoever keeps something of it copies it.
 * `null` is what the sensor does not know or what does not apply; a rule's condition on it is false.
 */
export interface SensorEvent {
  /** An index of {@link EVENT_TYPES}. */
  readonly code: number;
  /** Counted from 1 since the sensor began (`evt.num`). */
  readonly number: number;
  /** Since 1970, UTC. */
  readonly seconds: number;
  /** Of that second. */
  readonly nanoseconds: number;
  /** The thread that did it. */
  readonly tid: number;
  /** The process of that thread, as it was at the event. */
  readonly process: Process;
  /** What the call gave back: a negative error number, or 0 and more; null for what is no call. */
  readonly result: number | null;
  /** The descriptor it used or made; null for one without. */
  readonly descriptor: Descriptor | null;
  /** By Falco's name (`flags`, `oldpath`, `name`); null when this kind has none of that name. */
  parameter(name: string): Parameter | null;
}

/** What a process is, as far as it was seen. */
export interface Process {
  readonly pid: number;
  /** In its own pid namespace; 0 when not known. */
  readonly vpid: number;
  readonly pgid: number;
  readonly vpgid: number;
  readonly sid: number;
  /** Its parent as the kernel had it at the fork; null for the first, and for one that was not seen. */
  readonly parent: Process | null;
  readonly parentPid: number;
  /** At most 15 bytes, as the kernel keeps it (`proc.name`). */
  readonly name: string;
  /** The first word of the command line (`proc.exe`), "" when none was given. */
  readonly exe: string;
  /** Where the executable lies, seen from the process (`proc.exepath`); "" when not known. */
  readonly exePath: string;
  /** The words after the first. */
  readonly arguments: readonly string[];
  /** `NAME=value`, what was kept of it (4 KB). */
  readonly environment: readonly string[];
  readonly cwd: string;
  /** The number of its terminal's device; 0 without one. */
  readonly tty: number;
  readonly uid: number;
  readonly gid: number;
  /** Who logged in; -1 when nobody did. */
  readonly loginUid: number;
  /** One bit a capability, by number. */
  readonly effective: bigint;
  readonly permitted: bigint;
  readonly inheritable: bigint;
  /** The file that was executed. */
  readonly file: ExecutableFile;
  /** When it began, nanoseconds since 1970. */
  readonly startedAt: number;
  /** Null on the host itself. */
  readonly container: Container | null;
  /** Another number whenever anything of it changes, the ancestors aside; no other process ever has it. 0 or missing: not known. */
  readonly version?: number;
}

/** The executable of a process as the kernel had it when it began. */
export interface ExecutableFile {
  readonly device: number;
  readonly inode: number;
  /** Nanoseconds since 1970. */
  readonly changedAt: number;
  readonly modifiedAt: number;
  /** In the writable layer of an overlay: it was made or touched after the container began. */
  readonly isUpperLayer: boolean;
  readonly isLowerLayer: boolean;
  /** It exists in memory only (memfd_create). */
  readonly isMemory: boolean;
  /** The user it runs as may write it. */
  readonly isWritable: boolean;
  /** It had no name any more. */
  readonly isDeleted: boolean;
  /**
   * The process began it outside of any container or among the mounts of the host: a runtime that sets a container up, until the
   * container's own program begins. A container cannot make it so, wherever the file lies and whatever it is called.
   */
  readonly isOfHost: boolean;
}

/** Falco's `fd.typechar`: file, directory, IPv4, IPv6, unix socket, pipe, event, memfd and others. */
export type DescriptorKind = "f" | "d" | "4" | "6" | "u" | "p" | "e" | "m" | "b" | "?" | "o";

/** The bytes of a text where they lie, valid until the next event. */
export interface TextBytes {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
}

/** A descriptor at the time of an event. */
export interface Descriptor {
  readonly number: number;
  readonly kind: DescriptorKind;
  /** `fd.name`: of a file the path as the caller said it, made absolute; of a socket `from:port->to:port`. */
  readonly name: string;
  /**
   * The same as bytes, from which empty names, `.` and `..` are still to be taken out. Null or missing: `name` is to be asked for.
   */
  readonly nameBytes?: TextBytes | null;
  /** Of a file: as the caller said it, `fd.nameraw`. */
  readonly rawName: string;
  /** The same as bytes. Null or missing: `rawName` is to be asked for. */
  readonly rawNameBytes?: TextBytes | null;
  /** Of a file: where it really lies, links resolved by the kernel; "" when not known. */
  readonly realPath: string;
  readonly device: number;
  readonly inode: number;
  readonly isUpperLayer: boolean;
  readonly isLowerLayer: boolean;
  /** Of a socket; null for anything else. */
  readonly socket: Socket | null;
}

/** A socket at the time of an event. Addresses are text (`10.0.0.1`, `::1`). */
export interface Socket {
  readonly protocol: "tcp" | "udp" | "icmp" | "raw" | "none";
  /** "" for unix sockets and for those without an address yet. */
  readonly localAddress: string;
  readonly localPort: number;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** This side accepted the connection, or listens. */
  readonly isServer: boolean;
  readonly isConnected: boolean;
  /** Its name (addresses) is not what the event before this one on it had. */
  readonly isNameChanged: boolean;
  /** Of a unix socket. */
  readonly path: string;
}
