// Fields of the descriptor that an event used or made: `fd.*`.
import { recalled } from "../../../kit/recall.ts";
import type { Descriptor, DescriptorKind, SensorEvent, Socket } from "../../../model/event.ts";
import type { Field, TextFields } from "../contract.ts";
import { address, described, ends, flag, network, number, text } from "../field.ts";
import { containerIdOf } from "./container-fields.ts";

type F = Field<SensorEvent>;

const TYPES: Readonly<Record<DescriptorKind, string | null>> = {
  f: "file",
  d: "directory",
  "4": "ipv4",
  "6": "ipv6",
  u: "unix",
  p: "pipe",
  e: "event",
  m: "memfd",
  b: "bpf",
  o: "other",
  "?": null,
};

function of<V>(read: (descriptor: Descriptor) => V | null): (event: SensorEvent) => V | null {
  return ({ descriptor }) => (descriptor === null ? null : read(descriptor));
}

function ofSocket<V>(read: (socket: Socket) => V | null): (event: SensorEvent) => V | null {
  return ({ descriptor }) => (descriptor?.socket ? read(descriptor.socket) : null);
}

/** Of a connection over IP. */
function ofConnection<V>(read: (socket: Socket) => V | null): (event: SensorEvent) => V | null {
  return ({ descriptor }) =>
    descriptor?.socket && descriptor.kind !== "u" ? read(descriptor.socket) : null;
}

function given(value: string): string | null {
  return value === "" ? null : value;
}

const local = (one: Socket): string | null => given(one.localAddress);
const remote = (one: Socket): string | null => given(one.remoteAddress);
const client = (one: Socket): string | null => (one.isServer ? remote(one) : local(one));
const server = (one: Socket): string | null => (one.isServer ? local(one) : remote(one));
const clientPort = (one: Socket): number => (one.isServer ? one.remotePort : one.localPort);
const serverPort = (one: Socket): number => (one.isServer ? one.localPort : one.remotePort);

function bothAddresses(one: Socket): string[] {
  return [one.localAddress, one.remoteAddress].filter((value) => value !== "");
}

/** What a call that failed has instead of a descriptor. */
const NO_DESCRIPTOR = -1;

/** What could not be opened was meant to be a file, as Falco has it. */
function kindOf({ kind, number: fd, socket }: Descriptor): DescriptorKind {
  return kind === "o" && fd < 0 && socket === null ? "f" : kind;
}

function isFile({ kind }: Descriptor): boolean {
  return kind === "f" || kind === "d";
}

/** The directory of a file; a directory itself. */
function directoryOf(descriptor: Descriptor): string | null {
  if (!isFile(descriptor)) return null;
  const { kind, name } = descriptor;
  return kind === "d" ? name : above(name);
}

const above: (path: string) => string = recalled((path) => {
  const slash = path.lastIndexOf("/");
  return slash === -1 ? path : path.slice(0, slash);
});
const lastName: (path: string) => string = recalled((path) =>
  path.slice(path.lastIndexOf("/") + 1),
);

function fileName({ kind, name }: Descriptor): string | null {
  return kind === "f" ? lastName(name) : null;
}

function transport({ protocol }: Socket): string | null {
  return protocol === "none" ? null : protocol;
}

/** Numbers of protocols (IANA), which conditions on `fd.proto` compare with. */
const PROTOCOLS: ReadonlyMap<string, number> = new Map([
  ["icmp", 1],
  ["tcp", 6],
  ["udp", 17],
  ["raw", 255],
]);

/** The names of a host at one end, as far as they were looked up. */
function hostNames(names: HostNames | null, end: (one: Socket) => string | null): F {
  const caution = {
    message:
      "has a value while watching alone, and only of whole names that conditions compare with",
    isOfConditions: true,
  };
  return described(
    "text",
    { cost: 6, isOperand: false, ...(names === null ? { caution } : {}) },
    (argument) =>
      argument !== null
        ? "takes no argument"
        : {
            kind: "any",
            some: ({ descriptor }, test) => {
              const at =
                descriptor?.socket && descriptor.kind !== "u" ? end(descriptor.socket) : null;
              return at !== null && (names?.namesOf(at).some((name) => test(name)) ?? false);
            },
          },
  );
}

/** What addresses are called. */
export interface HostNames {
  /** All names that are known to lead to an address. Never waits. */
  namesOf(address: string): readonly string[];
}

const OWN_FIELDS: ReadonlyMap<string, F> = new Map<string, F>([
  ["fd.num", number(of((one) => Math.max(NO_DESCRIPTOR, one.number)))],
  ["fd.type", text(of((one) => TYPES[kindOf(one)]))],
  ["fd.typechar", text(of((one) => (kindOf(one) === "?" ? null : kindOf(one))))],
  ["fd.name", text(of((one) => one.name))],
  ["fd.nameraw", text(of((one) => (isFile(one) ? one.rawName : null)))],
  ["fd.realpath", text(of((one) => given(one.realPath)))],
  ["fd.directory", text(of(directoryOf), { cost: 2 })],
  ["fd.filename", text(of(fileName), { cost: 2 })],
  [
    "fd.containername",
    text(
      (event) =>
        event.descriptor === null ? null : `${containerIdOf(event)}:${event.descriptor.name}`,
      { cost: 3 },
    ),
  ],
  [
    "fd.containerdirectory",
    text(
      (event) => {
        const directory = event.descriptor === null ? null : directoryOf(event.descriptor);
        return directory === null ? null : `${containerIdOf(event)}:${directory}`;
      },
      { cost: 3 },
    ),
  ],
  [
    "fd.uid",
    text((event) => (event.descriptor === null ? null : `${event.tid}${event.descriptor.number}`), {
      cost: 3,
    }),
  ],
  ["fd.dev", number(of((one) => one.device))],
  ["fd.ino", number(of((one) => one.inode))],
  ["fd.is_upper_layer", flag(of((one) => one.isUpperLayer))],
  ["fd.is_lower_layer", flag(of((one) => one.isLowerLayer))],
  ["fd.ip", ends("address", ofConnection(bothAddresses))],
  ["fd.net", ends("network", ofConnection(bothAddresses))],
  [
    "fd.port",
    ends(
      "number",
      ofConnection((one) => [one.localPort, one.remotePort]),
    ),
  ],
  [
    "fd.proto",
    ends(
      "number",
      ofConnection((one) => [PROTOCOLS.get(one.protocol) ?? 0]),
    ),
  ],
  ["fd.cip", address(ofConnection(client))],
  ["fd.sip", address(ofConnection(server))],
  ["fd.lip", address(ofConnection(local))],
  ["fd.rip", address(ofConnection(remote))],
  ["fd.cnet", network(ofConnection(client))],
  ["fd.snet", network(ofConnection(server))],
  ["fd.lnet", network(ofConnection(local))],
  ["fd.rnet", network(ofConnection(remote))],
  ["fd.cport", number(ofConnection(clientPort))],
  ["fd.sport", number(ofConnection(serverPort))],
  ["fd.lport", number(ofConnection((one) => one.localPort))],
  ["fd.rport", number(ofConnection((one) => one.remotePort))],
  ["fd.l4proto", text(ofConnection(transport))],
  [
    "fd.sockfamily",
    text(({ descriptor }) =>
      descriptor?.socket ? (descriptor.kind === "u" ? "unix" : "ip") : null,
    ),
  ],
  ["fd.is_server", flag(ofSocket((one) => one.isServer))],
  ["fd.connected", flag(of((one) => one.socket?.isConnected ?? false))],
  ["fd.name_changed", flag(of((one) => one.socket?.isNameChanged ?? false))],
]);

const KINDS = "fd46upemb?o";

/** What a name and the kind of what it names say. */
export const NAME_FIELDS: TextFields<SensorEvent> = {
  parts: new Map([
    ["fd.name", "whole"],
    ["fd.directory", "directory"],
    ["fd.filename", "last"],
    ["fd.type", null],
    ["fd.typechar", null],
  ]),
  form: ({ descriptor }) => {
    if (descriptor === null) return -1;
    const { kind } = descriptor;
    // What could not be opened is a kind of its own.
    return kind === "o" && kindOf(descriptor) !== kind ? KINDS.length : KINDS.indexOf(kind);
  },
  read: ({ descriptor }) => descriptor?.name ?? "",
  bytes: ({ descriptor }) => descriptor?.nameBytes ?? null,
  unlike: ["*//*", "*/./*", "*/../*", "*/", "*/.", "*/.."],
};

/** What the name of a file says as it was given. */
export const RAW_NAME_FIELDS: TextFields<SensorEvent> = {
  parts: new Map([["fd.nameraw", "whole"]]),
  form: ({ descriptor }) => (descriptor !== null && isFile(descriptor) ? 0 : -1),
  read: ({ descriptor }) => descriptor?.rawName ?? "",
  bytes: ({ descriptor }) => descriptor?.rawNameBytes ?? null,
  unlike: [],
};

/** Of descriptors. @param names Null when none are looked up. */
export function descriptorFields(names: HostNames | null): ReadonlyMap<string, F> {
  return new Map<string, F>([
    ...OWN_FIELDS,
    ["fd.cip.name", hostNames(names, client)],
    ["fd.sip.name", hostNames(names, server)],
    ["fd.lip.name", hostNames(names, local)],
    ["fd.rip.name", hostNames(names, remote)],
  ]);
}
