// Frames as the sensor writes them (sensor/PROTOCOL.md), for tests and benches that need none of a kernel.
import { CLONE, EXEC, HEAD, NAMES, OPEN, SOCKET } from "../src/formats/sensor/layout.ts";
import { EVENT_TYPES, type EventType } from "../src/model/event.ts";

/** What every frame has; what is left out is 0. */
export interface FrameHead {
  readonly type: EventType;
  readonly pid: number;
  readonly cgroup?: number;
  readonly result?: number;
  readonly uid?: number;
}

/** Texts of a frame have their length before them. */
export function frameText(value: string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function words(values: readonly string[]): Buffer {
  return frameText(values.map((word) => `${word}\0`).join(""));
}

/** The last name first, as the sensor has paths. */
function pathOf(value: string): Buffer {
  return words(
    value
      .split("/")
      .filter((name) => name !== "")
      .reverse(),
  );
}

function frameOf(
  { type, pid, cgroup = 0, result = 0, uid = 0 }: FrameHead,
  size: number,
  strings: readonly Buffer[],
): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(size), ...strings]);
  bytes.writeUInt32LE(bytes.length, HEAD.length);
  bytes.writeUInt16LE(EVENT_TYPES.indexOf(type), HEAD.code);
  bytes.writeUInt32LE(pid, HEAD.pid);
  bytes.writeUInt32LE(pid, HEAD.tid);
  bytes.writeUInt32LE(cgroup, HEAD.cgroup);
  bytes.writeBigInt64LE(BigInt(result), HEAD.result);
  bytes.writeUInt32LE(uid, HEAD.uid);
  return bytes;
}

export interface Program {
  readonly name: string;
  readonly path: string;
  readonly cwd: string;
  readonly words: readonly string[];
  readonly environment: readonly string[];
  readonly parent: number;
  /** FILE of layout.ts. */
  readonly fileFlags: number;
  readonly capabilities?: bigint;
  readonly tty?: number;
  readonly vpid?: number;
}

export function execFrame(head: FrameHead, program: Program): Buffer {
  const { name, path, cwd, words: line, environment, parent, fileFlags } = program;
  const strings = [
    frameText(name),
    frameText(path),
    pathOf(path),
    pathOf(cwd),
    words(line),
    words(environment),
  ];
  const bytes = frameOf(head, EXEC.strings, strings);
  bytes.writeUInt32LE(parent, EXEC.parent);
  bytes.writeUInt32LE(fileFlags, EXEC.fileFlags);
  bytes.writeUInt32LE(program.tty ?? 0, EXEC.tty);
  bytes.writeUInt32LE(program.vpid ?? 0, EXEC.vpid);
  for (const place of [EXEC.inheritable, EXEC.permitted, EXEC.effective])
    bytes.writeBigUInt64LE(program.capabilities ?? 0n, place);
  return bytes;
}

export function forkFrame(head: FrameHead, child: number, name: string): Buffer {
  const bytes = frameOf(head, CLONE.strings, [frameText(name)]);
  bytes.writeUInt32LE(child, CLONE.child);
  return bytes;
}

export function exitFrame(head: FrameHead): Buffer {
  return frameOf(head, HEAD.size, []);
}

export interface Opening {
  /** As the caller said it, below `folder` when it is relative. */
  readonly name: string;
  readonly folder: string;
  readonly realPath: string;
  readonly flags: number;
  /** stat(2). */
  readonly mode: number;
}

export function openFrame(
  head: FrameHead,
  { name, folder, realPath, flags, mode }: Opening,
): Buffer {
  const strings = [frameText(name), pathOf(folder), pathOf(realPath)];
  const bytes = frameOf(head, OPEN.strings, strings);
  bytes.writeUInt32LE(flags, OPEN.flags);
  bytes.writeUInt32LE(mode, OPEN.fileMode);
  return bytes;
}

export interface Ends {
  /** socket(2), protocols(5). */
  readonly family: number;
  readonly type: number;
  readonly protocol: number;
  readonly local: readonly number[];
  readonly localPort: number;
  readonly remote: readonly number[];
  readonly remotePort: number;
  /** Of a unix socket. */
  readonly path: string;
  readonly inode: number;
}

export function socketFrame(head: FrameHead, ends: Ends): Buffer {
  const bytes = frameOf(head, SOCKET.strings, [frameText(ends.path)]);
  bytes.writeInt32LE(9, SOCKET.descriptor);
  bytes.writeUInt16LE(ends.family, SOCKET.family);
  bytes.writeUInt8(ends.type, SOCKET.type);
  bytes.writeUInt8(ends.protocol, SOCKET.protocol);
  bytes.set(ends.local, SOCKET.local);
  bytes.set(ends.remote, SOCKET.remote);
  bytes.writeUInt16LE(ends.localPort, SOCKET.localPort);
  bytes.writeUInt16LE(ends.remotePort, SOCKET.remotePort);
  bytes.writeUInt32LE(ends.inode, SOCKET.inode);
  return bytes;
}

/** Of calls about one or two names. */
export function namesFrame(head: FrameHead, names: readonly string[], folder: string): Buffer {
  return frameOf(
    head,
    NAMES.strings,
    names.flatMap((name) => [frameText(name), pathOf(folder)]),
  );
}
