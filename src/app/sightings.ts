// What the sensor's events say of files that containers use: each file once in a while, however often it is used.

import { interpretedBy } from "../formats/proc/interpreted.ts";
import type { FrameEvent } from "../formats/sensor/frame-event.ts";
import { absolute } from "../formats/sensor/strings.ts";
import { baseName } from "../kit/path.ts";
import type { Container } from "../model/container.ts";
import { EVENT_TYPES, type EventType } from "../model/event.ts";
import type {
  ContainerSightings,
  SightedLayer,
  SightedUse,
  Sighting,
  WorkloadMode,
} from "../model/sighting.ts";
import { modeFor } from "../model/workload-name.ts";
import { staysAsItIs } from "../stages/compare/resting.ts";
import { timeOf } from "../stages/watch/event-record.ts";

/** A file that is used again is looked at again after so long: it may hold something else by then. */
const AGAIN_NS = 2e9;
/** Writing is told more often than whoever looks waits for its end. */
const WRITTEN_AGAIN_NS = 2e8;
const CONTAINERS_MAX = 4_096;
const FILES_MAX = 20_000;
const TOLD_MAX = 5_000;
const COMMAND_MAX = 200;
const O_ACCMODE = 3;

/** What of events is needed beside processes, of which all is told. */
export const SIGHTED: readonly EventType[] = [
  "mmap",
  "open",
  "openat",
  "openat2",
  "creat",
  "rename",
  "renameat",
  "renameat2",
  "link",
  "linkat",
  "symlink",
  "symlinkat",
  "unlink",
  "unlinkat",
];

interface Seen {
  readonly container: Container;
  /** When each file was told, by use and number. */
  readonly told: Map<string, number>;
  sightings: Sighting[];
  omitted: number;
}

type What = Pick<Sighting, "use" | "path" | "layer" | "isGone" | "device" | "inode" | "changedAt">;

/** Gathers sightings of the containers that somebody asks about. */
export class SightingSieve {
  readonly #modes: readonly WorkloadMode[];
  /** null for one that nobody asks about. */
  readonly #seen = new Map<string, Seen | null>();
  readonly #kinds: readonly ((event: FrameEvent, seen: Seen) => void)[];

  constructor(modes: readonly WorkloadMode[]) {
    this.#modes = modes;
    this.#kinds = EVENT_TYPES.map((type) => this.#kind(type));
  }

  #kind(type: EventType): (event: FrameEvent, seen: Seen) => void {
    if (type === "execve" || type === "execveat")
      return (event, seen) => this.#executed(event, seen);
    if (type === "mmap") return (event, seen) => this.#mapped(event, seen);
    if (type === "creat") return (event, seen) => this.#opened(event, seen, true);
    if (type.startsWith("open"))
      return (event, seen) =>
        this.#opened(event, seen, (numberOf(event, "flags") & O_ACCMODE) !== 0);
    if (/^(?:rename|link)/.test(type))
      return (event, seen) => this.#named(event, seen, event.path(true));
    if (/^(?:symlink|unlink)/.test(type))
      return (event, seen) => this.#named(event, seen, event.path(false));
    return () => undefined;
  }

  see(event: FrameEvent): void {
    const { container } = event.process;
    if (container === null) return;
    const seen = this.#of(container);
    if (seen !== null) this.#kinds[event.code]?.(event, seen);
  }

  /** What was gathered since the last time. */
  take(): ContainerSightings[] {
    const taken: ContainerSightings[] = [];
    for (const seen of this.#seen.values()) {
      if (seen === null || seen.sightings.length === 0) continue;
      const { container, sightings, omitted } = seen;
      taken.push({ container, sightings, omitted });
      seen.sightings = [];
      seen.omitted = 0;
    }
    return taken;
  }

  #of(container: Container): Seen | null {
    const known = this.#seen.get(container.id);
    if (known !== undefined) return known;
    const isMeant = modeFor(container, this.#modes) !== null;
    // One whose name is not known yet may be meant all the same.
    if (!isMeant && container.problems.length > 0) return null;
    const seen = isMeant ? { container, told: new Map(), sightings: [], omitted: 0 } : null;
    this.#seen.set(container.id, seen);
    const [oldest] = this.#seen.size > CONTAINERS_MAX ? this.#seen.keys() : [];
    if (oldest !== undefined) this.#seen.delete(oldest);
    return seen;
  }

  #executed(event: FrameEvent, seen: Seen): void {
    const { process } = event;
    const { file, exePath } = process;
    const layer = file.isMemory ? "memory" : layerOf(file);
    const { device, inode, changedAt, isDeleted: isGone } = file;
    this.#tell(event, seen, {
      use: "executed",
      path: exePath,
      layer,
      isGone,
      device,
      inode,
      changedAt,
    });
    const words = [process.exe, ...process.arguments];
    const told =
      interpretedBy(baseName(exePath), words) ??
      interpretedBy(baseName(process.exe).replace(/^-/, ""), words);
    if (told?.kind === "file")
      this.#tell(event, seen, {
        ...UNKNOWN,
        use: "interpreted",
        path: absolute(process.cwd, told.path),
      });
    else if (told?.kind === "input")
      this.#tell(
        event,
        seen,
        { ...UNKNOWN, use: "interpreted", path: "/dev/stdin" },
        `${process.pid}`,
      );
  }

  #mapped(event: FrameEvent, seen: Seen): void {
    const { descriptor } = event;
    if (descriptor === null || !["m", "f"].includes(descriptor.kind)) return;
    const { realPath: path, device, inode } = descriptor;
    const what = { path, layer: layerOf(descriptor), isGone: false, device, inode };
    this.#tell(event, seen, { ...what, use: "mapped", changedAt: null });
  }

  #opened(event: FrameEvent, seen: Seen, isWriting: boolean): void {
    if (event.result < 0) return;
    const [device, inode] = [numberOf(event, "dev"), numberOf(event, "ino")];
    // Most of what is opened was opened before: names are read for what is new.
    if (!isWriting && seen.told.has(keyOf("opened", device, inode, null, ""))) return;
    const descriptor = event.descriptor;
    if (descriptor === null || descriptor.kind !== "f") return;
    const { realPath: path, isLowerLayer } = descriptor;
    if (isWriting) {
      for (const use of ["executed", "mapped"] as const)
        seen.told.delete(keyOf(use, device, inode, null, ""));
      this.#written(event, seen, path);
    } else if (isLowerLayer)
      this.#tell(event, seen, { ...UNKNOWN, use: "opened", path, layer: "lower", device, inode });
  }

  #named(event: FrameEvent, seen: Seen, path: string): void {
    if (event.result >= 0) this.#written(event, seen, path);
  }

  #written(event: FrameEvent, seen: Seen, path: string): void {
    seen.told.delete(keyOf("interpreted", 0, 0, path, ""));
    if (path.startsWith("/") && staysAsItIs(path.slice(1)))
      this.#tell(event, seen, { ...UNKNOWN, use: "written", path });
  }

  #tell(event: FrameEvent, seen: Seen, what: What, more: string = ""): void {
    const { use, path, device, inode } = what;
    const key = keyOf(use, device, inode, path, more);
    const at = event.seconds * 1e9 + event.nanoseconds;
    const before = seen.told.get(key);
    const again = use === "opened" ? Infinity : use === "written" ? WRITTEN_AGAIN_NS : AGAIN_NS;
    if (before !== undefined && at - before < again) return;
    if (seen.told.size >= FILES_MAX) seen.told.clear();
    seen.told.set(key, at);
    if (seen.sightings.length >= TOLD_MAX) {
      seen.omitted += 1;
      return;
    }
    const { pid, name, exe, arguments: words, exePath, parent } = event.process;
    const command = [exe, ...words].join(" ").slice(0, COMMAND_MAX);
    const process = { pid, name, command, exePath, parent: parent?.name ?? null };
    seen.sightings.push({ ...what, time: timeOf(event), at, process });
  }
}

function layerOf(file: {
  readonly isUpperLayer: boolean;
  readonly isLowerLayer: boolean;
  readonly kind?: string;
}): SightedLayer {
  if (file.kind === "m") return "memory";
  return file.isUpperLayer ? "upper" : file.isLowerLayer ? "lower" : "none";
}

const UNKNOWN = { layer: "unknown", isGone: false, device: 0, inode: 0, changedAt: null } as const;

/** By number where the kernel told one, else by path. */
function keyOf(
  use: SightedUse,
  device: number,
  inode: number,
  path: string | null,
  more: string,
): string {
  return inode === 0 ? `${use} ${path ?? ""} ${more}` : `${use} ${device}:${inode}`;
}

function numberOf(event: FrameEvent, name: string): number {
  const value = event.parameter(name);
  return typeof value === "number" ? value : 0;
}
