// What an event says about how a container behaves.
import type { Container } from "../../model/container.ts";
import {
  type Descriptor,
  EVENT_TYPES,
  type EventType,
  type Process,
  type SensorEvent,
} from "../../model/event.ts";
import type { Deed } from "./behaviour.ts";
import { ENGINE_FILES } from "./places.data.ts";

/** Kinds that are asked of the sensor to learn. */
export const LEARNED_TYPES: readonly EventType[] = [
  "open",
  "openat",
  "openat2",
  "creat",
  "connect",
  "accept",
  "accept4",
  "listen",
  "bind",
  "sendto",
  "sendmsg",
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
];

/** Ports of datagrams at which a container waits: what it sends from there is an answer. */
export type DatagramPorts = Set<number>;

/**
 * What one event comes to: nothing, mostly.
 *
 * @param ports Of its container; added to.
 */
export function deedsOf(
  event: SensorEvent,
  container: Container,
  ports: DatagramPorts,
): readonly Deed[] {
  const type = EVENT_TYPES[event.code] as EventType;
  if (type === "execve" || type === "execveat") return executed(event);
  if (type.startsWith("open") || type === "creat") return opened(event, container);
  const { descriptor } = event;
  if (descriptor?.socket != null) return connected(type, event, descriptor, ports);
  const isNamed = /^(?:rename|unlink|rmdir|mkdir|symlink|link|f?chmod)/.test(type);
  return isNamed && (event.result ?? 0) >= 0 ? changed(event, container) : [];
}

function executed({ process }: SensorEvent): readonly Deed[] {
  const { exePath } = process;
  if (!exePath.startsWith("/")) return [];
  return [{ kind: "execute", path: exePath, arguments: process.arguments }];
}

/**
 * Whether it is the program by which a runtime enters a container: it is executed once more inside (`runc init`), so that nobody
 * there can write to the host's. What a container begins is none, whatever it is called and wherever it lies.
 */
export function isRuntime({ exePath, arguments: [first], file }: Process): boolean {
  return first === "init" && file.isOfHost && /(?:^|[/:])(?:runc|crun|youki)/.test(exePath);
}

/** O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, as the kernel has them. */
const WRITING = 0o1 | 0o2 | 0o100 | 0o1000;

function opened(event: SensorEvent, container: Container): readonly Deed[] {
  const { descriptor } = event;
  if (descriptor === null || (event.result ?? -1) < 0 || descriptor.kind !== "f") return [];
  const path = descriptor.realPath || descriptor.name;
  if (!isOwn(path, container)) return [];
  const flags = type(event) === "creat" ? WRITING : Number(event.parameter("flags") ?? 0);
  return [{ kind: (flags & WRITING) === 0 ? "read" : "write", path }];
}

const type = (event: SensorEvent): string | undefined => EVENT_TYPES[event.code];

/** Parameters that name what is changed. */
const CHANGED = ["path", "name", "oldpath", "newpath", "linkpath", "filename"];

function changed(event: SensorEvent, container: Container): readonly Deed[] {
  const named = CHANGED.map((name) => event.parameter(name)).filter(
    (value) => typeof value === "string",
  );
  const paths = event.descriptor === null ? named : [event.descriptor.realPath, ...named];
  return paths
    .map((path) => absolute(event.process.cwd, path))
    .filter((path) => isOwn(path, container))
    .map((path) => ({ kind: "write", path }));
}

function absolute(folder: string, path: string): string {
  return path.startsWith("/") || path === "" ? path : `${folder === "/" ? "" : folder}/${path}`;
}

/** Of the kernel, not of the container. */
const KERNEL = /^\/(?:proc|sys|dev)(?:\/|$)/;

/** Whether a file lies below the container's own root, and not in something that is mounted into it. */
function isOwn(path: string, { mounts }: Container): boolean {
  if (!path.startsWith("/") || KERNEL.test(path) || ENGINE_FILES.has(path.slice(1))) return false;
  return !(mounts ?? []).some(
    ({ destination }) => path === destination || path.startsWith(`${destination}/`),
  );
}

const IN_PROGRESS = -115;
const DNS = 53;
/** Linux, net.ipv4.ip_local_port_range. */
const EPHEMERAL_MIN = 32_768;

function connected(
  call: EventType,
  event: SensorEvent,
  { socket }: Descriptor,
  ports: DatagramPorts,
): readonly Deed[] {
  if (socket === null || !isTold(socket.protocol, event.result ?? 0)) return [];
  const protocol = socket.protocol === "tcp" ? "TCP" : "UDP";
  if (call === "listen" || call === "bind") return waiting(call, protocol, socket.localPort, ports);
  if (!isElsewhere(socket.remoteAddress)) return [];
  // To find the best of several addresses, programs connect datagram sockets and send nothing (RFC 6724).
  if (call === "connect" && protocol === "UDP" && socket.remotePort !== DNS) return [];
  const isCalled = call.startsWith("accept") || (protocol === "UDP" && ports.has(socket.localPort));
  const port = isCalled ? socket.localPort : socket.remotePort;
  const peer = { kind: "address", address: socket.remoteAddress } as const;
  if (port === 0) return [];
  return [{ kind: "flow", direction: isCalled ? "ingress" : "egress", protocol, port, peer }];
}

function isTold(protocol: string, result: number): boolean {
  return (protocol === "tcp" || protocol === "udp") && (result >= 0 || result === IN_PROGRESS);
}

/** A stream waits when it listens, a datagram socket when it has a port. */
function waiting(
  call: "listen" | "bind",
  protocol: "TCP" | "UDP",
  port: number,
  ports: DatagramPorts,
): readonly Deed[] {
  if (port === 0 || (protocol === "TCP") !== (call === "listen")) return [];
  // The kernel gives such a port to whoever asks for any: nobody waits there to be called.
  if (protocol === "UDP" && port >= EPHEMERAL_MIN) return [];
  if (protocol === "UDP") ports.add(port);
  return [{ kind: "listen", protocol, port }];
}

/** Not in the container itself: no policy looks at that. */
function isElsewhere(address: string): boolean {
  return address !== "" && !/^(?:127\.|0\.0\.0\.0$|::1?$)/.test(address);
}
