// Drift while somebody watches: containers that a mode is for are compared with their images, and what is learned is kept.

import { FileReader, READ_BOUNDS } from "../io/container/read-file.ts";
import { hostName } from "../io/host-accounts.ts";
import { WatchedRecords } from "../io/watched-records.ts";
import type { Alert, AlertPriority } from "../model/alert.ts";
import type { Container } from "../model/container.ts";
import type { Problem } from "../model/problem.ts";
import type { Severity } from "../model/severity.ts";
import type { ContainerSightings, WorkloadMode } from "../model/sighting.ts";
import { modeFor } from "../model/workload-name.ts";
import { driftRule } from "../stages/compare/sighted.ts";
import { containerBaseline } from "./container-baseline.ts";
import { containerFields } from "./rule-watch.ts";
import type { Surroundings } from "./surroundings.ts";
import { containersNow } from "./watch-containers.ts";
import { type ToldDrift, WatchedContainer } from "./watched-container.ts";

/** Hashing takes no more of the host than this: some hundredths of a core, and of a slow disk what it can spare. */
const BYTES_A_SECOND = 64 << 20;
const FILE_BYTES_MAX = 512 << 20;
const KEPT_EVERY_MS = 10_000;
/** What waits at the end is looked at for so long. */
const END_MS = 5_000;
const CONTAINERS_MAX = 2_000;

/** What comparing came to. */
export interface DriftWatched {
  readonly compared: number;
  /** Files that were used, and of which nothing can be told. */
  readonly unknown: number;
  readonly problems: readonly Problem[];
}

/** Takes what the sensor saw; never waits. To be ended by who made it. */
export class DriftWatch {
  readonly #modes: readonly WorkloadMode[];
  readonly #surroundings: Surroundings;
  readonly #alert: (alert: Alert) => void;
  readonly #records: WatchedRecords;
  readonly #reader: FileReader;
  readonly #ending = new AbortController();
  readonly #containers = new Map<string, WatchedContainer>();
  readonly #timer: NodeJS.Timeout;
  readonly #host = hostName();
  #keptAt = performance.now();
  #lost = 0;
  #lostKept = 0;
  #compared = 0;
  #unknown = 0;

  constructor(
    modes: readonly WorkloadMode[],
    surroundings: Surroundings,
    alert: (alert: Alert) => void,
  ) {
    this.#modes = modes;
    this.#surroundings = {
      ...surroundings,
      signal: this.#ending.signal,
      progress: () => undefined,
    };
    this.#alert = alert;
    this.#records = new WatchedRecords(surroundings.env);
    this.#reader = new FileReader(this.#ending.signal, {
      ...READ_BOUNDS,
      fileBytesMax: FILE_BYTES_MAX,
      bytesASecond: BYTES_A_SECOND,
    });
    this.#timer = setInterval(() => this.#keep(), KEPT_EVERY_MS);
    this.#timer.unref();
  }

  /** What runs already, when the sensor is attached. */
  meet(): void {
    for (const { container, pids } of containersNow()) this.#of(container, pids[0] ?? 0);
  }

  take(all: readonly ContainerSightings[]): void {
    for (const { container, sightings, omitted } of all) {
      const [first] = sightings;
      if (first !== undefined) this.#of(container, first.process.pid)?.take(sightings, omitted);
    }
  }

  /** How many events were lost so far. */
  lost(events: number): void {
    this.#lost = events;
  }

  #of(container: Container, pid: number): WatchedContainer | null {
    const known = this.#containers.get(container.id);
    if (known !== undefined) return known;
    const mode = modeFor(container, this.#modes);
    if (mode === null) return null;
    if (this.#containers.size >= CONTAINERS_MAX) this.#forget();
    const made = new WatchedContainer(
      {
        container,
        mode,
        reader: this.#reader,
        records: this.#records,
        signal: this.#ending.signal,
        findBaseline: (one) => containerBaseline(one, this.#surroundings),
        told: (drift) => this.#alert(driftAlert(drift, this.#host)),
        warn: (line) => this.#surroundings.warn(line),
      },
      pid,
    );
    this.#containers.set(container.id, made);
    return made;
  }

  /** The one that was met first, when there are too many. */
  #forget(): void {
    const [id] = this.#containers.keys();
    const oldest = id === undefined ? undefined : this.#containers.get(id);
    if (id === undefined || oldest === undefined) return;
    this.#count(oldest);
    this.#containers.delete(id);
  }

  #count(container: WatchedContainer): void {
    this.#compared += container.counts.compared;
    this.#unknown += container.counts.unknown;
  }

  #keep(): void {
    const now = performance.now();
    const seconds = Math.round((now - this.#keptAt) / 1000);
    const lost = this.#lost - this.#lostKept;
    this.#keptAt = now;
    this.#lostKept = this.#lost;
    const time = new Date().toISOString();
    for (const [id, container] of this.#containers) {
      container.keep(time, seconds, lost);
      if (container.isThere) continue;
      this.#count(container);
      this.#containers.delete(id);
    }
  }

  async end(): Promise<DriftWatched> {
    clearInterval(this.#timer);
    const late = setTimeout(() => this.#ending.abort(), END_MS);
    await Promise.all([...this.#containers.values()].map((one) => one.end()));
    clearTimeout(late);
    this.#ending.abort();
    this.#keep();
    for (const container of this.#containers.values()) this.#count(container);
    this.#containers.clear();
    const problems = await this.#records.settled();
    return { compared: this.#compared, unknown: this.#unknown, problems };
  }
}

const PRIORITIES: Readonly<Record<Severity, AlertPriority>> = {
  critical: "Critical",
  high: "Error",
  medium: "Warning",
  low: "Notice",
  negligible: "Informational",
  unknown: "Warning",
};

function driftAlert({ container, digest, drift, sighting, file }: ToldDrift, host: string): Alert {
  const { kind, severity, reason, image } = drift;
  const { use, path, time, process } = sighting;
  const { rule, tags } = driftRule(use, kind);
  const about = image === null ? "" : ` image_file=/${image.path}`;
  const owner = image?.owner ?? null;
  const sha256 = file?.sha256 ?? null;
  return {
    rule,
    priority: PRIORITIES[severity],
    source: "syscall",
    time,
    hostname: host,
    output: `${path}: ${reason} (verdict=${kind} sha256=${sha256 ?? "unread"}${about} process=${process.name} command=${process.command})`,
    fields: {
      ...containerFields(container),
      "proc.exepath": use === "executed" ? path : process.exePath === "" ? null : process.exePath,
      "proc.name": process.name,
      "proc.pname": process.parent,
      "proc.pid": process.pid,
      "proc.cmdline": process.command,
      "fd.name": path,
      "drift.verdict": kind,
      "drift.use": use,
      "drift.sha256": sha256,
      "drift.place": file?.place ?? null,
      "drift.image": digest,
      "drift.image_file": image === null ? null : `/${image.path}`,
      "drift.package": owner,
    },
    tags,
    sensor: "bulwark",
  };
}
