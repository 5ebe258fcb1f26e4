import type { EventType, Parameter } from "../../model/event.ts";
import type { Frame } from "./frame.ts";
import { type Body, CALL, CLONE, DESCRIPTOR, EXEC, HEAD, NAMES, OPEN, SOCKET } from "./layout.ts";

type Read = (frame: Frame) => Parameter;
type Reads = Readonly<Record<string, Read>>;

interface Kind {
  readonly name: EventType;
  readonly body: Body;
  readonly parameters: Reads;
}

const result: Read = (frame) => frame.i64(HEAD.result);
const name1: Read = (frame) => frame.text(NAMES.strings);
const name2: Read = (frame) => frame.text(frame.after(frame.after(NAMES.strings)));
const folder: Read = (frame) => frame.i32(NAMES.folder);
const folder2: Read = (frame) => frame.i32(NAMES.folder2);
const namesFlags: Read = (frame) => frame.u32(NAMES.flags);
const namesMode: Read = (frame) => frame.u32(NAMES.mode);
/** Of the call's arguments, by place; 32 bits of each are enough for what has a name. */
const argument =
  (place: number): Read =>
  (frame) =>
    frame.u32(CALL.arguments + 8 * place);
const address =
  (place: number): Read =>
  (frame) =>
    frame.bits(CALL.arguments + 8 * place);
const signedArgument =
  (place: number): Read =>
  (frame) =>
    frame.i32(CALL.arguments + 8 * place);

const OPENS: Reads = {
  fd: result,
  dirfd: (frame) => frame.i32(OPEN.folder),
  name: (frame) => frame.text(OPEN.strings),
  flags: (frame) => frame.u32(OPEN.flags),
  mode: (frame) => frame.u32(OPEN.mode),
  dev: (frame) => frame.u32(OPEN.device),
  ino: (frame) => frame.u64(OPEN.inode),
};

const EXECS: Reads = {
  res: result,
  exe: (frame) => frame.command(wordsOf(frame)).exe,
  args: (frame) => frame.command(wordsOf(frame)).arguments.join(" "),
  pid: (frame) => frame.u32(HEAD.pid),
  tid: (frame) => frame.u32(HEAD.tid),
  ptid: (frame) => frame.u32(EXEC.parent),
  cwd: (frame) => frame.path(cwdOf(frame)) || "/",
  comm: (frame) => frame.text(EXEC.strings),
  env: (frame) => frame.environment(frame.after(wordsOf(frame))).join(" "),
  tty: (frame) => frame.u32(EXEC.tty),
  vpgid: (frame) => frame.u32(EXEC.vpgid),
  pgid: (frame) => frame.u32(EXEC.pgid),
  loginuid: (frame) => frame.i32(EXEC.loginUid),
  flags: (frame) => frame.u32(EXEC.fileFlags),
  cap_inheritable: (frame) => frame.bits(EXEC.inheritable),
  cap_permitted: (frame) => frame.bits(EXEC.permitted),
  cap_effective: (frame) => frame.bits(EXEC.effective),
  exe_ino: (frame) => frame.u64(EXEC.inode),
  uid: (frame) => frame.u32(HEAD.uid),
  gid: (frame) => frame.u32(HEAD.gid),
  trusted_exepath: (frame) => frame.path(frame.after(frame.after(EXEC.strings))),
  filename: (frame) => frame.text(frame.after(EXEC.strings)),
};

const cwdOf = (frame: Frame): number => frame.after(frame.after(frame.after(EXEC.strings)));
const wordsOf = (frame: Frame): number => frame.after(cwdOf(frame));

const SOCKETS: Reads = { res: result, fd: (frame) => frame.i32(SOCKET.descriptor) };
const ACCEPTS: Reads = { fd: result };
const DUPS: Reads = { res: result };
const oldOfDup: Read = (frame) => frame.i32(isSocketFrame(frame) ? SOCKET.extra : DESCRIPTOR.old);
const flagsOfDup: Read = (frame) =>
  frame.u32(isSocketFrame(frame) ? SOCKET.extra2 : DESCRIPTOR.flags);

/** A flag of heads: what stands in the frame is a socket. */
const IS_SOCKET = 2;

/** Whether a frame of dup(2) tells of a socket; else of a file. */
export function isSocketFrame(frame: Frame): boolean {
  return (frame.u16(HEAD.flags) & IS_SOCKET) !== 0;
}

const path = { res: result, path: name1 };
const filename = { res: result, filename: name1 };
const descriptorOf: Read = (frame) => frame.i32(DESCRIPTOR.descriptor);
const descriptorFlags: Read = (frame) => frame.u32(DESCRIPTOR.flags);

/** By code: the order of EVENT_TYPES, which a test compares. Parameters have Falco's names. */
const KINDS: readonly (Kind | null)[] = [
  null,
  { name: "execve", body: "exec", parameters: EXECS },
  { name: "execveat", body: "exec", parameters: EXECS },
  {
    name: "clone",
    body: "clone",
    parameters: { res: (frame) => frame.u32(CLONE.child), vpid: (frame) => frame.u32(CLONE.vpid) },
  },
  { name: "procexit", body: "exit", parameters: { status: result } },
  { name: "open", body: "open", parameters: OPENS },
  { name: "openat", body: "open", parameters: OPENS },
  { name: "openat2", body: "open", parameters: OPENS },
  { name: "creat", body: "open", parameters: OPENS },
  { name: "open_by_handle_at", body: "open", parameters: OPENS },
  { name: "connect", body: "socket", parameters: SOCKETS },
  { name: "accept", body: "socket", parameters: ACCEPTS },
  {
    name: "accept4",
    body: "socket",
    parameters: { ...ACCEPTS, flags: (frame) => frame.u32(SOCKET.extra2) },
  },
  {
    name: "listen",
    body: "socket",
    parameters: { ...SOCKETS, backlog: (frame) => frame.i32(SOCKET.extra) },
  },
  { name: "bind", body: "socket", parameters: SOCKETS },
  {
    name: "socket",
    body: "call",
    parameters: {
      fd: result,
      domain: argument(0),
      type: argument(1),
      proto: argument(2),
    },
  },
  { name: "sendto", body: "socket", parameters: SOCKETS },
  { name: "sendmsg", body: "socket", parameters: SOCKETS },
  { name: "recvfrom", body: "socket", parameters: SOCKETS },
  { name: "recvmsg", body: "socket", parameters: SOCKETS },
  { name: "rename", body: "names", parameters: { res: result, oldpath: name1, newpath: name2 } },
  {
    name: "renameat",
    body: "names",
    parameters: {
      res: result,
      olddirfd: folder,
      oldpath: name1,
      newdirfd: folder2,
      newpath: name2,
    },
  },
  {
    name: "renameat2",
    body: "names",
    parameters: {
      res: result,
      olddirfd: folder,
      oldpath: name1,
      newdirfd: folder2,
      newpath: name2,
      flags: namesFlags,
    },
  },
  { name: "unlink", body: "names", parameters: path },
  {
    name: "unlinkat",
    body: "names",
    parameters: { res: result, dirfd: folder, name: name1, flags: namesFlags },
  },
  { name: "rmdir", body: "names", parameters: path },
  { name: "mkdir", body: "names", parameters: { ...path, mode: namesMode } },
  { name: "mkdirat", body: "names", parameters: { ...path, dirfd: folder, mode: namesMode } },
  { name: "symlink", body: "names", parameters: { res: result, target: name2, linkpath: name1 } },
  {
    name: "symlinkat",
    body: "names",
    parameters: { res: result, target: name2, linkdirfd: folder, linkpath: name1 },
  },
  { name: "link", body: "names", parameters: { res: result, oldpath: name1, newpath: name2 } },
  {
    name: "linkat",
    body: "names",
    parameters: {
      res: result,
      olddir: folder,
      oldpath: name1,
      newdir: folder2,
      newpath: name2,
      flags: namesFlags,
    },
  },
  { name: "chmod", body: "names", parameters: { ...filename, mode: namesMode } },
  {
    name: "fchmod",
    body: "descriptor",
    parameters: { res: result, fd: descriptorOf, mode: descriptorFlags },
  },
  { name: "fchmodat", body: "names", parameters: { ...filename, dirfd: folder, mode: namesMode } },
  {
    name: "ptrace",
    body: "call",
    parameters: {
      res: result,
      request: argument(0),
      pid: signedArgument(1),
      addr: address(2),
      data: address(3),
    },
  },
  {
    name: "setns",
    body: "call",
    parameters: { res: result, fd: signedArgument(0), nstype: argument(1) },
  },
  { name: "unshare", body: "call", parameters: { res: result, flags: argument(0) } },
  { name: "setuid", body: "call", parameters: { res: result, uid: argument(0) } },
  { name: "bpf", body: "call", parameters: { fd: result, cmd: argument(0) } },
  {
    name: "init_module",
    body: "call",
    parameters: {
      res: result,
      img: address(0),
      length: address(1),
      uargs: (frame) => frame.text(CALL.strings),
    },
  },
  {
    name: "finit_module",
    body: "descriptor",
    parameters: { res: result, fd: descriptorOf, flags: descriptorFlags },
  },
  { name: "userfaultfd", body: "call", parameters: { res: result, flags: argument(0) } },
  { name: "dup", body: "dup", parameters: { ...DUPS, oldfd: oldOfDup } },
  { name: "dup2", body: "dup", parameters: { ...DUPS, oldfd: oldOfDup, newfd: result } },
  {
    name: "dup3",
    body: "dup",
    parameters: { ...DUPS, oldfd: oldOfDup, newfd: result, flags: flagsOfDup },
  },
  { name: "chdir", body: "names", parameters: path },
  { name: "fchdir", body: "descriptor", parameters: { res: result, fd: descriptorOf } },
  { name: "chroot", body: "names", parameters: path },
  {
    name: "mmap",
    body: "descriptor",
    parameters: { res: result, fd: descriptorOf, prot: descriptorFlags },
  },
  {
    name: "mount",
    body: "call",
    parameters: { res: result, flags: argument(3), dir: (frame) => frame.text(CALL.strings) },
  },
  { name: "io_uring", body: "call", parameters: { opcode: argument(0) } },
];

/** What is in frames of a code; null for a code that is no event. */
export function bodyOf(code: number): Body | null {
  return KINDS[code]?.body ?? null;
}

/** Names by code, for the comparison with EVENT_TYPES. */
export const NAMES_BY_CODE: readonly (string | null)[] = KINDS.map((kind) => kind?.name ?? null);

/** By code, then by name. */
export const PARAMETERS: readonly Reads[] = KINDS.map((kind) => kind?.parameters ?? {});
