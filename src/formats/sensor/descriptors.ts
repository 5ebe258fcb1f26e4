import type { Descriptor, DescriptorKind, Socket } from "../../model/event.ts";
import { holdsIpv4, ipv4At, ipv6At } from "./addresses.ts";
import type { Frame } from "./frame.ts";
import { DESCRIPTOR, FILE, HEAD, OPEN, SOCKET } from "./layout.ts";

/** What a name is relative to, and the name: absolute, without `.` and `..`, links as they are (Falco's `fd.name`). */
export function absolute(folder: string, name: string): string {
  if (name === "") return folder;
  const whole = name.startsWith("/") ? name : `${folder}/${name}`;
  if (!/\/(?:\.{0,2}\/|\.{1,2}$)|\/$/.test(whole)) return whole;
  const parts: string[] = [];
  for (const part of whole.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

const TYPE_BITS = 0o170000;

/** By the type in its mode (inode(7)); what has none is an object of the kernel. */
function kindOfFile(mode: number, flags: number): DescriptorKind {
  if ((flags & FILE.memory) !== 0) return "m";
  const type = mode & TYPE_BITS;
  if (type === 0o040000) return "d";
  if (type === 0o010000) return "p";
  if (type === 0o140000) return "u";
  return type === 0 ? "o" : "f";
}

/** The folder is read for a relative name only: most are absolute. */
function nameOf(rawName: string, realPath: string, folder: () => string): string {
  if (rawName === "") return realPath;
  return absolute(rawName.startsWith("/") ? "" : folder(), rawName);
}

/** The descriptor of open(2) and its kind; null when the call failed without one. */
export function openedFile(frame: Frame): Descriptor {
  const name = OPEN.strings;
  const folder = frame.after(name);
  const rawName = frame.text(name);
  const realPath = frame.path(frame.after(folder));
  const flags = frame.u32(OPEN.fileFlags);
  return {
    number: frame.i64(HEAD.result),
    kind: kindOfFile(frame.u32(OPEN.fileMode), flags),
    name: nameOf(rawName, realPath, () => frame.path(folder)),
    rawName,
    realPath,
    device: frame.u32(OPEN.device),
    inode: frame.u64(OPEN.inode),
    isUpperLayer: (flags & FILE.upper) !== 0,
    isLowerLayer: (flags & FILE.lower) !== 0,
    socket: null,
  };
}

/** Of a call on a descriptor that is no socket. */
export function usedFile(frame: Frame): Descriptor {
  const realPath = frame.path(DESCRIPTOR.strings);
  const flags = frame.u32(DESCRIPTOR.fileFlags);
  return {
    number: frame.i32(DESCRIPTOR.descriptor),
    kind: kindOfFile(frame.u32(DESCRIPTOR.fileMode), flags),
    name: realPath,
    rawName: realPath,
    realPath,
    device: frame.u32(DESCRIPTOR.device),
    inode: frame.u64(DESCRIPTOR.inode),
    isUpperLayer: (flags & FILE.upper) !== 0,
    isLowerLayer: (flags & FILE.lower) !== 0,
    socket: null,
  };
}

const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;

/** By their numbers (protocols(5)). */
function protocolOf(protocol: number, type: number): Socket["protocol"] {
  if (protocol === 6) return "tcp";
  if (protocol === 17) return "udp";
  if (protocol === 1 || protocol === 58) return "icmp";
  if (type === 3) return "raw";
  return "none";
}

/** Of TCP (net/tcp_states.h); a datagram socket that was connected has the first, too. */
const ESTABLISHED = 1;

/** Sockets that were seen, by inode: the name of the last event on each. Bounded. */
export class SocketNames {
  readonly #names = new Map<number, string>();

  /** Whether the name differs from that of the event before. */
  changes(inode: number, name: string): boolean {
    const before = this.#names.get(inode);
    if (before === name) return false;
    this.#names.delete(inode);
    this.#names.set(inode, name);
    if (this.#names.size > SOCKETS_MAX) {
      for (const oldest of this.#names.keys()) {
        this.#names.delete(oldest);
        break;
      }
    }
    return true;
  }
}

const SOCKETS_MAX = 65_536;

/** The socket of a call; `isServer` where the call says so. */
export function socketOf(frame: Frame, isServer: boolean, names: SocketNames): Descriptor {
  const family = frame.u16(SOCKET.family);
  const inode = frame.u64(SOCKET.inode);
  const number = frame.i32(SOCKET.descriptor);
  const protocol = protocolOf(frame.u8(SOCKET.protocol), frame.u8(SOCKET.type));
  const isConnected = frame.u32(SOCKET.state) === ESTABLISHED;
  const ends = family === AF_INET || family === AF_INET6 ? endsOf(frame, family) : NO_ENDS;
  const path = family === AF_UNIX ? frame.text(SOCKET.strings).replaceAll("\0", "@") : "";
  const name = family === AF_UNIX ? path : tuple(ends, isServer, protocol);
  return {
    number,
    kind: family === AF_UNIX ? "u" : ends.kind,
    name,
    rawName: name,
    realPath: "",
    device: 0,
    inode,
    isUpperLayer: false,
    isLowerLayer: false,
    socket: {
      protocol,
      localAddress: ends.local,
      localPort: ends.localPort,
      remoteAddress: ends.remote,
      remotePort: ends.remotePort,
      isServer,
      isConnected,
      isNameChanged: names.changes(inode, name),
      path,
    },
  };
}

interface Ends {
  readonly kind: DescriptorKind;
  readonly local: string;
  readonly localPort: number;
  readonly remote: string;
  readonly remotePort: number;
}

const NO_ENDS: Ends = { kind: "?", local: "", localPort: 0, remote: "", remotePort: 0 };

function endsOf(frame: Frame, family: number): Ends {
  const localPort = frame.u16(SOCKET.localPort);
  const remotePort = frame.u16(SOCKET.remotePort);
  if (family === AF_INET) {
    const local = ipv4At(frame, SOCKET.local);
    return { kind: "4", local, localPort, remote: ipv4At(frame, SOCKET.remote), remotePort };
  }
  if (holdsIpv4(frame, SOCKET.remote)) {
    const local = holdsIpv4(frame, SOCKET.local) ? ipv4At(frame, SOCKET.local + 12) : "0.0.0.0";
    const remote = ipv4At(frame, SOCKET.remote + 12);
    return { kind: "4", local, localPort, remote, remotePort };
  }
  const local = ipv6At(frame, SOCKET.local);
  return { kind: "6", local, localPort, remote: ipv6At(frame, SOCKET.remote), remotePort };
}

/** The client is named first, as Falco does: `10.0.0.2:40000->10.0.0.1:80`. One that nobody talks to has one end. */
function tuple(ends: Ends, isServer: boolean, protocol: Socket["protocol"]): string {
  if (ends.kind === "?") return "";
  const local = `${ends.local}:${ends.localPort}`;
  if (ends.remotePort === 0 && protocol !== "icmp") return local;
  const remote = `${ends.remote}:${ends.remotePort}`;
  return isServer ? `${remote}->${local}` : `${local}->${remote}`;
}
