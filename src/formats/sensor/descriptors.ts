import type { Descriptor, DescriptorKind, Socket, TextBytes } from "../../model/event.ts";
import type { Ends } from "./ends.ts";
import type { Frame } from "./frame.ts";
import { DESCRIPTOR, FILE, HEAD, OPEN, SOCKET } from "./layout.ts";

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

/** The file of a frame, which is read when it is asked for: of most files nobody asks more than one thing. */
abstract class FileDescriptor implements Descriptor {
  protected readonly frame: Frame;
  readonly #places: typeof OPEN | typeof DESCRIPTOR;
  readonly socket = null;

  constructor(frame: Frame, places: typeof OPEN | typeof DESCRIPTOR) {
    this.frame = frame;
    this.#places = places;
  }

  abstract get number(): number;
  abstract get name(): string;
  abstract get rawName(): string;
  abstract get realPath(): string;

  get kind(): DescriptorKind {
    return kindOfFile(this.frame.u32(this.#places.fileMode), this.#flags);
  }

  get device(): number {
    return this.frame.u32(this.#places.device);
  }

  get inode(): number {
    return this.frame.u64(this.#places.inode);
  }

  get isUpperLayer(): boolean {
    return (this.#flags & FILE.upper) !== 0;
  }

  get isLowerLayer(): boolean {
    return (this.#flags & FILE.lower) !== 0;
  }

  get #flags(): number {
    return this.frame.u32(this.#places.fileFlags);
  }
}

/** Of open(2) and its kind; its number is an error when the call failed. */
export class OpenedFile extends FileDescriptor {
  #name: string | null = null;

  constructor(frame: Frame) {
    super(frame, OPEN);
  }

  /** Another frame is looked at. */
  again(): this {
    this.#name = null;
    return this;
  }

  get number(): number {
    return this.frame.i64(HEAD.result);
  }

  get name(): string {
    this.#name ??=
      this.frame.u16(OPEN.strings) === 0 ? this.realPath : this.frame.absolute(OPEN.strings);
    return this.#name;
  }

  get nameBytes(): TextBytes | null {
    return this.frame.absoluteBytes(OPEN.strings);
  }

  get rawName(): string {
    return this.frame.text(OPEN.strings);
  }

  get rawNameBytes(): TextBytes | null {
    return this.frame.textBytes(OPEN.strings);
  }

  get realPath(): string {
    return this.frame.path(this.frame.after(this.frame.after(OPEN.strings)));
  }
}

/** Of a call on a descriptor that is no socket. */
export class UsedFile extends FileDescriptor {
  constructor(frame: Frame) {
    super(frame, DESCRIPTOR);
  }

  get number(): number {
    return this.frame.i32(DESCRIPTOR.descriptor);
  }

  get name(): string {
    return this.realPath;
  }

  get rawName(): string {
    return this.realPath;
  }

  get realPath(): string {
    return this.frame.path(DESCRIPTOR.strings);
  }
}

/** Of TCP (net/tcp_states.h); a datagram socket that was connected has the first, too. */
const ESTABLISHED = 1;

/** Sockets that were seen, by inode: what the last event on each joined. Bounded. */
class SeenSockets {
  readonly #joined = new Map<number, Ends | string>();

  /** Whether it joins other ends, or has another path, than at the event before. */
  changes(inode: number, joined: Ends | string): boolean {
    const before = this.#joined.get(inode);
    if (before === joined) return false;
    const areEnds = typeof before === "object" && typeof joined === "object";
    if (areEnds && before.joinsTheSame(joined)) return false;
    this.#joined.set(inode, joined);
    if (this.#joined.size > SOCKETS_MAX) {
      for (const oldest of this.#joined.keys()) {
        this.#joined.delete(oldest);
        break;
      }
    }
    return true;
  }
}

const SOCKETS_MAX = 65_536;

/** The socket of a call, which is its own {@link Socket}. */
export class UsedSocket implements Descriptor, Socket {
  readonly #frame: Frame;
  readonly #seen = new SeenSockets();
  #ends!: Ends;
  path = "";
  isServer = false;
  isNameChanged = false;
  readonly realPath = "";
  readonly device = 0;
  readonly isUpperLayer = false;
  readonly isLowerLayer = false;

  constructor(frame: Frame) {
    this.#frame = frame;
  }

  /** Another frame is looked at; `isServer` where its call says so. */
  again(isServer: boolean): this {
    const ends = this.#frame.ends();
    this.#ends = ends;
    this.isServer = isServer;
    this.path = ends.kind === "u" ? this.#frame.text(SOCKET.strings).replaceAll("\0", "@") : "";
    this.isNameChanged = this.#seen.changes(this.inode, ends.kind === "u" ? this.path : ends);
    return this;
  }

  get socket(): Socket {
    return this;
  }

  get number(): number {
    return this.#frame.i32(SOCKET.descriptor);
  }

  get kind(): DescriptorKind {
    return this.#ends.kind;
  }

  get name(): string {
    return this.#ends.kind === "u" ? this.path : this.#ends.name(this.isServer);
  }

  get rawName(): string {
    return this.name;
  }

  get inode(): number {
    return this.#frame.u64(SOCKET.inode);
  }

  get protocol(): Socket["protocol"] {
    return this.#ends.protocol;
  }

  get localAddress(): string {
    return this.#ends.local;
  }

  get localPort(): number {
    return this.#ends.localPort;
  }

  get remoteAddress(): string {
    return this.#ends.remote;
  }

  get remotePort(): number {
    return this.#ends.remotePort;
  }

  get isConnected(): boolean {
    return this.#frame.u32(SOCKET.state) === ESTABLISHED;
  }
}
