import { AppError } from "../../kit/error.ts";
import { EVENT_TYPES, type EventType } from "../../model/event.ts";
import { type AllowedFile, type EventCount, type Hook, LEARNINGS } from "../../model/watching.ts";
import { hostMounts } from "../host-root.ts";
import { demandHost } from "./demand-host.ts";
import { type Hierarchy, hostHierarchy } from "./hierarchy.ts";
import { type Learnt, readLearnt, takeAsked } from "./learnt.ts";
import { type Libbpf, openLibbpf } from "./libbpf.ts";
import {
  ALWAYS,
  FOUNDATION,
  isOffered,
  loadObject,
  nameOf,
  RESPONDED,
  SETTINGS_BYTES,
  SETTINGS_SELF,
  successorsOf,
} from "./object.ts";
import { Ring } from "./ring.ts";

/** What is asked of the kernel. */
export interface SensorOptions {
  /** Kinds of events that somebody wants; processes and cgroups are always told, because everything hangs on them. */
  readonly wanted: ReadonlySet<EventType>;
  /** Kinds of which failed calls are wanted, too. */
  readonly failed: ReadonlySet<EventType>;
  /** Kinds that are told of cgroups that are not watched (`unwatch`), too. */
  readonly everywhere: ReadonlySet<EventType>;
  /** Sending and receiving over streams (TCP, Unix) is told, too: rules hardly ever ask for it, and it is most of what there is. */
  readonly streams: boolean;
  /** Gather what containers call, may do and ask for by name: every call of the host pays for it. */
  readonly learning: boolean;
  /** Responders of the strict mode show files. */
  readonly strict: boolean;
  /** Bytes of the ring: a power of two. */
  readonly ringBytes: number;
  /** Another libbpf than the system's; for tests of its absence. */
  readonly library?: string;
}

const MAPS = [
  "ring",
  "settings",
  "counts",
  "cgroups",
  "unwatched",
  "verdicts",
  "learnt",
  "asked",
  "answers",
] as const;

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
    for (const name of [...FOUNDATION, ...(options.strict ? [RESPONDED] : [])]) this.#demand(name);
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

  /** What a responder of the strict mode maps, to read what it is told of files. */
  get answers(): number {
    return this.#maps.answers;
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

  /**
   * What dies in a cgroup and in all below it: 1 the writable layer, 2 memory, 4 no layer of the overlay that is the container's
   * root, or a sum; 0 lists it without enforcing.
   *
   * @returns false when the kernel has no room for it.
   */
  guard(cgroup: number, mode: number, root: number): boolean {
    const value = Buffer.alloc(8);
    value.writeUInt32LE(mode, 0);
    value.writeUInt32LE(root, 4);
    return this.#lib.updateElement(this.#maps.cgroups, u64(cgroup), value, 0) === 0;
  }

  /**
   * Of this cgroup only what is told everywhere is told from here on. Without room in the kernel it goes on as before: more is told
   * than anybody wants, which is what the reader must expect anyway.
   */
  unwatch(cgroup: number): void {
    this.#lib.updateElement(this.#maps.unwatched, u64(cgroup), Buffer.from([1]), 0);
  }

  /** It is watched again, or gone. */
  rewatch(cgroup: number): void {
    this.#lib.deleteElement(this.#maps.unwatched, u64(cgroup));
  }

  unguard(cgroup: number): void {
    this.#lib.deleteElement(this.#maps.cgroups, u64(cgroup));
  }

  /** What was found about a file, as it was then: it may run, or may not, wherever it lies. The kernel forgets the oldest. */
  judge(file: AllowedFile, isAllowed: boolean): boolean {
    const key = Buffer.concat([u64(file.inode), u64(file.device)]);
    const value = Buffer.alloc(24);
    u64(file.changedAt).copy(value);
    u64(file.sizeBytes).copy(value, 8);
    value.writeUInt32LE(isAllowed ? 1 : 2, 16);
    return this.#lib.updateElement(this.#maps.verdicts, key, value, 0) === 0;
  }

  #change(result: number): void {
    if (result === 0) return;
    throw new AppError(
      "sensor-unavailable",
      "the kernel refused a change of what is observed or enforced",
    );
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
  const object = loadObject(lib, options.ringBytes, null);
  const map = (name: string): number => lib.mapDescriptor(lib.findMap(object, name));
  const maps = Object.fromEntries(MAPS.map((name) => [name, map(name)])) as Maps;
  const ring = Ring.map(lib, maps.ring, options.ringBytes);
  if (ring === null) throw new AppError("sensor-unavailable", "the kernel's ring cannot be mapped");
  const sensor = new Sensor({ hierarchy, ring, lib, object, maps, processors });
  sensor.observe(options);
  return sensor;
}

/** `struct settings` of sensor/write.h. */
function settingsOf(
  options: SensorOptions,
  types: ReadonlySet<EventType>,
  hierarchy: Hierarchy,
): Buffer {
  const value = Buffer.alloc(SETTINGS_BYTES);
  value.writeBigUInt64LE(maskOf(types), 0);
  value.writeBigUInt64LE(maskOf(options.failed), 8);
  value.writeBigUInt64LE(maskOf(new Set([...ALWAYS, ...options.everywhere])), 16);
  value.writeUInt32LE(process.pid, SETTINGS_SELF);
  value.writeInt32LE(hierarchy.subsystem, 28);
  value.writeUInt32LE(hierarchy.number, 32);
  value.writeUInt32LE(options.ringBytes / 8, 36);
  value.writeUInt32LE(options.streams ? 0 : 1, 40);
  value.writeUInt32LE(hostMounts() ?? 0, 44);
  return value;
}

function maskOf(types: ReadonlySet<EventType>): bigint {
  let mask = 0n;
  for (const type of types) mask |= 1n << BigInt(EVENT_TYPES.indexOf(type));
  return mask;
}
