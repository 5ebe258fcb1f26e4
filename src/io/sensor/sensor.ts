import { existsSync } from "node:fs";
import { endianness } from "node:os";
import { fileURLToPath } from "node:url";
import { AppError } from "../../kit/error.ts";
import { EVENT_TYPES, type EventType } from "../../model/event.ts";
import { type EventCount, type Hook, LEARNINGS, type Learning } from "../../model/watching.ts";
import { hostMounts } from "../host-root.ts";
import { demandHost, TRACING } from "./demand-host.ts";
import { type Hierarchy, hostHierarchy } from "./hierarchy.ts";
import { type Learnt, readLearnt, takeAsked } from "./learnt.ts";
import { type Libbpf, openLibbpf } from "./libbpf.ts";
import { Ring } from "./ring.ts";

/** What is asked of the kernel. */
export interface SensorOptions {
  /** Kinds of events that somebody wants; processes and cgroups are always told, because everything hangs on them. */
  readonly wanted: ReadonlySet<EventType>;
  /** Kinds of which failed calls are wanted, too. */
  readonly failed: ReadonlySet<EventType>;
  /** Sending and receiving over streams (TCP, Unix) is told, too: rules hardly ever ask for it, and it is most of what there is. */
  readonly streams: boolean;
  /** Gather what containers call, may do and ask for by name: every call of the host pays for it. */
  readonly learning: boolean;
  /** Bytes of the ring: a power of two. */
  readonly ringBytes: number;
  /** Another libbpf than the system's; for tests of its absence. */
  readonly library?: string;
}

const PROGRAMS: Partial<Record<EventType, string>> = {
  execve: "on_exec",
  execveat: "on_exec",
  clone: "on_fork",
  procexit: "on_exit",
};

/** Without these nothing that is told means anything. */
const ALWAYS: readonly EventType[] = ["execve", "execveat", "clone", "procexit"];

const LEARNING_PROGRAMS: Readonly<Record<Learning, readonly [program: string, event: string]>> = {
  syscalls: ["on_any_call", "raw_syscalls/sys_enter"],
  // Since 6.14.
  capabilities: ["on_capability", "capability/cap_capable"],
  names: ["on_packet", "net/net_dev_queue"],
};

/** The programs of these, and which cgroups there are, by which containers are told apart. */
const FOUNDATION = ["on_exec", "on_fork", "on_exit", "on_cgroup_made", "on_cgroup_gone"];

/** Where the bundle and the sources find the program: dist/ and src/io/sensor/ are as deep as they are. */
function objectFile(): string {
  const name =
    process.arch === "x64" ? "sensor.x86.o" : process.arch === "arm64" ? "sensor.arm64.o" : null;
  if (name === null || endianness() !== "LE") {
    throw new AppError(
      "sensor-unavailable",
      `no sensor for ${process.arch}: there is one for x64 and arm64`,
    );
  }
  for (const up of ["../sensor/", "../../../sensor/"]) {
    const file = fileURLToPath(new URL(`${up}${name}`, import.meta.url));
    if (existsSync(file)) return file;
  }
  throw new AppError("sensor-unavailable", `the file ${name} is missing from this installation`, {
    hint: "install the package again, or run `sh sensor/build.sh` in a checkout",
  });
}

const MAPS = ["ring", "settings", "counts", "cgroups", "verdicts", "learnt", "asked"] as const;

type Maps = Readonly<Record<(typeof MAPS)[number], number>>;

/** A sensor that is attached. Everything of it is used from one thread. */
export class Sensor {
  #hooks: readonly Hook[] = [];
  readonly hierarchy: Hierarchy;
  readonly ring: Ring;
  readonly #lib: Libbpf;
  readonly #object: unknown;
  readonly #links: unknown[] = [];
  /** Programs by name: whether the kernel took them. */
  readonly #attached = new Map<string, boolean>();
  readonly #maps: Maps;
  readonly #processors: number;

  constructor(parts: {
    hierarchy: Hierarchy;
    ring: Ring;
    lib: Libbpf;
    object: unknown;
    maps: Maps;
    processors: number;
  }) {
    this.hierarchy = parts.hierarchy;
    this.ring = parts.ring;
    this.#lib = parts.lib;
    this.#object = parts.object;
    this.#maps = parts.maps;
    this.#processors = parts.processors;
  }

  /** Each kind that is wanted, attached or not. */
  get hooks(): readonly Hook[] {
    return this.#hooks;
  }

  /**
   * From here on these are wanted instead of what was. What was attached stays so, because taking a program away takes the
   * kernel 50 ms each; it tells nothing that is not wanted.
   */
  observe(options: SensorOptions): void {
    const types = new Set<EventType>([...ALWAYS, ...options.wanted]);
    const settings = settingsOf(options, types, this.hierarchy);
    this.#change(this.#lib.updateElement(this.#maps.settings, Buffer.alloc(4), settings, 0));
    for (const name of FOUNDATION) this.#demand(name);
    for (const name of successorsOf(types)) this.#attach(name);
    const asked = options.learning ? [...types, ...LEARNINGS] : [...types];
    this.#hooks = asked.map((type): Hook => {
      if (!isOffered(type)) {
        return { type, state: "missing", reason: "this kernel has no such tracepoint" };
      }
      const name = nameOf(type);
      if (this.#attach(name)) return { type, state: "attached", reason: null };
      return { type, state: "refused", reason: `the kernel refuses to attach ${name}` };
    });
  }

  #demand(name: string): void {
    if (this.#attach(name)) return;
    throw new AppError("sensor-unavailable", `the kernel refuses to attach ${name}`, {
      hint: "without it nothing that is told means anything: look for what locks this kernel down, and at `bulwark sensor doctor`",
    });
  }

  /** What was gathered of each cgroup while learning. */
  learnt(): Map<number, Learnt> {
    return readLearnt(this.#lib, this.#maps.learnt);
  }

  /** Names that were asked for since the last time. */
  takeAsked(): (readonly [cgroup: number, name: string])[] {
    return takeAsked(this.#lib, this.#maps.asked);
  }

  #attach(name: string): boolean {
    const known = this.#attached.get(name);
    if (known !== undefined) return known;
    const program = this.#lib.findProgram(this.#object, name);
    const link = program === null ? null : this.#lib.attach(program);
    if (link !== null) this.#links.push(link);
    this.#attached.set(name, link !== null);
    return link !== null;
  }

  /** Waits for events, at most so long. The kernel wakes for the first after some rest, or when much has gathered. */
  wait(milliseconds: number): void {
    this.#lib.poll(this.#maps.ring, milliseconds);
  }

  /** When the machine started: since 1970, to the millisecond that the two clocks can be told apart by. */
  bootedAt(): { readonly seconds: number; readonly nanoseconds: number } {
    const milliseconds = Date.now() - this.#lib.sinceBoot() / 1e6;
    const seconds = Math.floor(milliseconds / 1000);
    return { seconds, nanoseconds: Math.floor((milliseconds - seconds * 1000) * 1e6) };
  }

  /** Sent and dropped by kind, of all processors together. */
  counts(): EventCount[] {
    const found: EventCount[] = [];
    const value = Buffer.alloc(16 * this.#processors);
    const key = Buffer.alloc(4);
    for (const [code, type] of EVENT_TYPES.entries()) {
      key.writeUInt32LE(code);
      if (this.#lib.lookupElement(this.#maps.counts, key, value) !== 0) continue;
      let sent = 0;
      let dropped = 0;
      for (let at = 0; at < value.length; at += 16) {
        sent += Number(value.readBigUInt64LE(at));
        dropped += Number(value.readBigUInt64LE(at + 8));
      }
      if (sent + dropped > 0) found.push({ type, sent, dropped });
    }
    return found;
  }

  /** What dies in a cgroup: 1 the writable layer, 2 memory, 4 no layer, or a sum; 0 lists it without enforcing. */
  guard(cgroup: number, mode: number): void {
    const value = Buffer.alloc(4);
    value.writeUInt32LE(mode);
    this.#change(this.#lib.updateElement(this.#maps.cgroups, u64(cgroup), value, 0));
  }

  unguard(cgroup: number): void {
    this.#lib.deleteElement(this.#maps.cgroups, u64(cgroup));
  }

  /** What was found about a file, as it was changed then: it may run, or may not, wherever it lies. */
  judge(file: { device: number; inode: number; changedAt: bigint }, isAllowed: boolean): void {
    const key = Buffer.concat([u64(file.inode), u64(file.device)]);
    const value = Buffer.alloc(16);
    u64(file.changedAt).copy(value);
    value.writeUInt32LE(isAllowed ? 1 : 2, 8);
    this.#change(this.#lib.updateElement(this.#maps.verdicts, key, value, 0));
  }

  #change(result: number): void {
    if (result !== 0) {
      throw new AppError(
        "sensor-unavailable",
        "the kernel refused a change of what is observed or enforced",
      );
    }
  }

  /** Detaches: from here on nothing is observed and nothing enforced. */
  close(): void {
    for (const link of this.#links.splice(0)) this.#lib.destroyLink(link);
    this.#lib.unmapAll();
    this.#lib.closeObject(this.#object);
  }
}

function u64(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

/**
 * Loads and attaches what is wanted. Kinds that this kernel does not offer are told by the hooks, not in silence.
 *
 * @throws {AppError} `sensor-unavailable` with what to do: no root, no BTF, no tracefs, no libbpf, an old kernel.
 */
export function openSensor(options: SensorOptions): Sensor {
  const lib = openLibbpf(options.library);
  demandHost();
  const hierarchy = hostHierarchy();
  if (hierarchy === null) {
    throw new AppError("sensor-unavailable", "no cgroups under /sys/fs/cgroup", {
      hint: "mount /sys/fs/cgroup of the host into the container that the sensor runs in",
    });
  }
  const processors = lib.possibleProcessors();
  const object = load(lib, options.ringBytes, processors);
  const map = (name: string): number => lib.mapDescriptor(lib.findMap(object, name));
  const maps = Object.fromEntries(MAPS.map((name) => [name, map(name)])) as Maps;
  const ring = Ring.map(lib, maps.ring, options.ringBytes);
  if (ring === null) throw new AppError("sensor-unavailable", "the kernel's ring cannot be mapped");
  const sensor = new Sensor({ hierarchy, ring, lib, object, maps, processors });
  sensor.observe(options);
  return sensor;
}

const EPERM = 1;

function isOffered(type: Hook["type"]): boolean {
  if (isLearning(type)) return isTracepoint(LEARNING_PROGRAMS[type][1]);
  if (ALWAYS.includes(type)) return true;
  return isTracepoint(
    type === "io_uring" ? "io_uring/io_uring_submit_req" : `syscalls/sys_exit_${type}`,
  );
}

function isLearning(type: Hook["type"]): type is Learning {
  return (LEARNINGS as readonly string[]).includes(type);
}

function nameOf(type: Hook["type"]): string {
  return isLearning(type) ? LEARNING_PROGRAMS[type][0] : (PROGRAMS[type] ?? `on_${type}`);
}

/** Calls that do what another does, which they are told as: those that came later, and sending that begins a connection. */
const SUCCESSORS: readonly (readonly [of: EventType, name: string])[] = [
  ["fchmodat", "fchmodat2"],
  ["sendmsg", "sendmmsg"],
  ["recvmsg", "recvmmsg"],
  ["connect", "sendto"],
  ["connect", "sendmsg"],
];

function successorsOf(types: ReadonlySet<EventType>): string[] {
  return SUCCESSORS.filter(
    ([of, name]) => types.has(of) && isTracepoint(`syscalls/sys_exit_${name}`),
  ).map(([, name]) => `on_${name}`);
}

/** Programs for which this kernel has no place; loading them would fail the whole. */
function notOffered(): string[] {
  const offered = new Set(EVENT_TYPES.filter(isOffered).map(nameOf));
  const types = EVENT_TYPES.slice(1).map(nameOf);
  return [
    ...types.filter((name) => !offered.has(name)),
    ...LEARNINGS.filter((learning) => !isOffered(learning)).map(nameOf),
    ...SUCCESSORS.filter(([, name]) => !isTracepoint(`syscalls/sys_exit_${name}`)).map(
      ([, name]) => `on_${name}`,
    ),
  ];
}

const isTracepoint = (name: string): boolean =>
  TRACING.some((folder) => existsSync(`${folder}/events/${name}`));

const SLOTS = 3;

/** Everything that this kernel offers, so that more can be attached later. */
function load(lib: Libbpf, ringBytes: number, processors: number): unknown {
  const object = lib.openObject(objectFile());
  if (object === null)
    throw new AppError("sensor-unavailable", "the sensor's program is damaged", {
      hint: "install the package again",
    });
  for (const name of notOffered()) {
    const program = lib.findProgram(object, name);
    if (program !== null) lib.setAutoload(program, false);
  }
  lib.setMapSize(lib.findMap(object, "ring"), ringBytes);
  lib.setMapSize(lib.findMap(object, "slots"), SLOTS * processors);
  const failed = -lib.loadObject(object);
  if (failed === 0) return object;
  lib.closeObject(object);
  throw new AppError(
    "sensor-unavailable",
    failed === EPERM
      ? "the kernel does not let us load programs (EPERM)"
      : `the kernel refuses the sensor's programs (error ${failed})`,
    {
      hint:
        failed === EPERM
          ? "a container needs CAP_BPF, CAP_PERFMON and CAP_SYS_PTRACE, and a host must not be locked down to `confidentiality`"
          : "it needs Linux 5.15 or later; `bulwark sensor doctor` says what this kernel has",
    },
  );
}

/** `struct settings` of sensor/write.h. */
function settingsOf(
  options: SensorOptions,
  types: ReadonlySet<EventType>,
  hierarchy: Hierarchy,
): Buffer {
  const value = Buffer.alloc(56);
  value.writeBigUInt64LE(maskOf(types), 0);
  value.writeBigUInt64LE(maskOf(options.failed), 8);
  value.writeUInt32LE(process.pid, 16);
  value.writeInt32LE(hierarchy.subsystem, 20);
  value.writeUInt32LE(hierarchy.number, 24);
  value.writeUInt32LE(0, 28);
  value.writeUInt32LE(options.ringBytes / 8, 32);
  value.writeUInt32LE(options.streams ? 0 : 1, 36);
  value.writeUInt32LE(hostMounts() ?? 0, 40);
  return value;
}

function maskOf(types: ReadonlySet<EventType>): bigint {
  let mask = 0n;
  for (const type of types) mask |= 1n << BigInt(EVENT_TYPES.indexOf(type));
  return mask;
}
