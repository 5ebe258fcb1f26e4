// Where things stand in a frame of the sensor: sensor/PROTOCOL.md in numbers, sensor/frame.h in C. All little-endian.

/** Of the head, which every frame has. */
export const HEAD = {
  length: 0,
  code: 4,
  flags: 6,
  time: 8,
  cgroup: 16,
  tid: 24,
  pid: 28,
  result: 32,
  uid: 40,
  gid: 44,
  size: 48,
} as const;

/** Of a head: enforcement ended the process. */
export const KILLED = 1;
export const IN_MEMORY = 4;

/** A frame is never longer than this. */
export const FRAME_BYTES_MAX = 0x8000;

/** Bodies begin after the head, and their strings after them. Places here count from the head's beginning. */
export const EXEC = {
  parent: 48,
  vpid: 52,
  pgid: 56,
  vpgid: 60,
  sid: 64,
  tty: 68,
  loginUid: 72,
  fileFlags: 76,
  inheritable: 80,
  permitted: 88,
  effective: 96,
  started: 104,
  inode: 112,
  changed: 120,
  modified: 128,
  device: 136,
  mode: 140,
  strings: 144,
} as const;

export const CLONE = { child: 48, vpid: 52, pgid: 56, sid: 60, started: 64, strings: 72 } as const;

export const OPEN = {
  flags: 48,
  mode: 52,
  inode: 56,
  device: 64,
  fileFlags: 68,
  folder: 72,
  fileMode: 76,
  strings: 80,
} as const;

export const SOCKET = {
  descriptor: 48,
  family: 52,
  type: 54,
  protocol: 55,
  local: 56,
  remote: 72,
  localPort: 88,
  remotePort: 90,
  state: 92,
  inode: 96,
  extra: 104,
  extra2: 108,
  strings: 112,
} as const;

export const NAMES = { folder: 48, folder2: 52, flags: 60, mode: 64, strings: 72 } as const;

export const CALL = { arguments: 48, strings: 88 } as const;

export const DESCRIPTOR = {
  descriptor: 48,
  old: 52,
  flags: 56,
  device: 60,
  inode: 64,
  fileFlags: 72,
  fileMode: 76,
  strings: 80,
} as const;

export const CGROUP = { id: 48, strings: 56 } as const;

/** What is in a frame, by its code. */
export type Body =
  | "exec"
  | "clone"
  | "exit"
  | "open"
  | "socket"
  | "names"
  | "call"
  | "descriptor"
  | "dup";

/** Codes that are not in EVENT_TYPES: what the stream says about itself. */
export const CGROUP_MADE = 200;
export const CGROUP_GONE = 201;

/** The place of `execve` in EVENT_TYPES. */
export const EXECVE = 1;

/** What a frame is about, without reading the rest of it: of a frame about a cgroup that cgroup. */
export function headAt(
  bytes: Buffer,
  at: number,
): { readonly code: number; readonly cgroup: number; readonly pid: number } {
  const code = bytes.readUInt16LE(at + HEAD.code);
  const place = at + (code < CGROUP_MADE ? HEAD.cgroup : CGROUP.id);
  const cgroup = bytes.readUInt32LE(place) + bytes.readUInt32LE(place + 4) * 0x1_0000_0000;
  return { code, cgroup, pid: bytes.readUInt32LE(at + HEAD.pid) };
}

/** Flags of files and executables. */
export const FILE = {
  upper: 1,
  lower: 2,
  memory: 4,
  writable: 8,
  deleted: 16,
  ofHost: 32,
} as const;
