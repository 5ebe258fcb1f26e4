import type { DescriptorKind, Socket } from "../../model/event.ts";
import { holdsIpv4, ipv4At, ipv6At } from "./addresses.ts";
import { Interner } from "./interner.ts";
import { SOCKET } from "./layout.ts";

/** What a socket is and what it joins: all that stands between {@link ENDS_FROM} and {@link ENDS_TO} of a frame. */
export class Ends {
  readonly kind: DescriptorKind;
  readonly protocol: Socket["protocol"];
  readonly local: string;
  readonly localPort: number;
  readonly remote: string;
  readonly remotePort: number;
  #name: string | null = null;
  #isOfServer = false;

  constructor(
    kind: DescriptorKind,
    protocol: Socket["protocol"],
    { local, localPort, remote, remotePort }: Pair = NO_PAIR,
  ) {
    this.kind = kind;
    this.protocol = protocol;
    this.local = local;
    this.localPort = localPort;
    this.remote = remote;
    this.remotePort = remotePort;
  }

  /** `from:port->to:port`, the client named first, as Falco does; "" for what has no addresses. */
  name(isServer: boolean): string {
    if (this.#name === null || this.#isOfServer !== isServer) {
      this.#isOfServer = isServer;
      this.#name = this.#written(isServer);
    }
    return this.#name;
  }

  #written(isServer: boolean): string {
    if (this.kind !== "4" && this.kind !== "6") return "";
    const here = `${this.local}:${this.localPort}`;
    // One that nobody talks to has one end.
    if (this.remotePort === 0 && this.protocol !== "icmp") return here;
    const there = `${this.remote}:${this.remotePort}`;
    return isServer ? `${there}->${here}` : `${here}->${there}`;
  }

  joinsTheSame(other: Ends): boolean {
    return (
      this === other ||
      (this.localPort === other.localPort &&
        this.remotePort === other.remotePort &&
        this.local === other.local &&
        this.remote === other.remote)
    );
  }
}

type Pair = Pick<Ends, "local" | "localPort" | "remote" | "remotePort">;
const NO_PAIR: Pair = { local: "", localPort: 0, remote: "", remotePort: 0 };

export const ENDS_FROM: number = SOCKET.family;
export const ENDS_TO: number = SOCKET.state;

const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;

/** Reads ends. Addresses come again with other ports, and are remembered for themselves. */
export function endsReader(): (bytes: Buffer, from: number, to: number, view: DataView) => Ends {
  const kept = { slots: 1024, bytesMax: 4 };
  const addresses = new Interner(ipv4At, kept);
  return (bytes, from, to, view) => {
    if (to - from < ENDS_TO - ENDS_FROM) return new Ends("?", "none");
    const at = (place: number): number => from + place - ENDS_FROM;
    const family = bytes.readUInt16LE(from);
    const protocol = protocolOf(bytes[at(SOCKET.protocol)], bytes[at(SOCKET.type)]);
    if (family === AF_UNIX) return new Ends("u", protocol);
    if (family !== AF_INET && family !== AF_INET6) return new Ends("?", protocol);
    const here = at(SOCKET.local);
    const there = at(SOCKET.remote);
    const ipv4 = (place: number): string => addresses.of(bytes, view, place, place + 4);
    const localPort = bytes.readUInt16LE(at(SOCKET.localPort));
    const remotePort = bytes.readUInt16LE(at(SOCKET.remotePort));
    if (family === AF_INET) {
      const pair = { local: ipv4(here), localPort, remote: ipv4(there), remotePort };
      return new Ends("4", protocol, pair);
    }
    if (holdsIpv4(bytes, there)) {
      const local = holdsIpv4(bytes, here) ? ipv4(here + 12) : "0.0.0.0";
      return new Ends("4", protocol, { local, localPort, remote: ipv4(there + 12), remotePort });
    }
    const pair = { local: ipv6At(bytes, here), remote: ipv6At(bytes, there) };
    return new Ends("6", protocol, { ...pair, localPort, remotePort });
  };
}

/** By their numbers (protocols(5)). */
function protocolOf(protocol: number | undefined, type: number | undefined): Socket["protocol"] {
  if (protocol === 6) return "tcp";
  if (protocol === 17) return "udp";
  if (protocol === 1 || protocol === 58) return "icmp";
  if (type === 3) return "raw";
  return "none";
}
