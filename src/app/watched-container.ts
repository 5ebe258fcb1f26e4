// One container under watch: what it was seen to use is compared with its image, in the order in which it was seen.
import { runningNow } from "../io/container/processes.ts";
import type { FileReader } from "../io/container/read-file.ts";
import { isProcess, readSighted, readWritten } from "../io/container/read-sighted.ts";
import type { WatchedRecords } from "../io/watched-records.ts";
import { reasonOf } from "../kit/error.ts";
import { glob } from "../kit/glob.ts";
import type { Container } from "../model/container.ts";
import type { ObservedFile, RunningFile } from "../model/drift.ts";
import type { SightedProcess, Sighting, WorkloadMode } from "../model/sighting.ts";
import { workloadName } from "../model/workload-name.ts";
import { Learned } from "../stages/compare/learned.ts";
import {
  type JudgedRun,
  judgeRun,
  judgeWrite,
  type SightedDrift,
} from "../stages/compare/sighted.ts";
import type { ContainerBaseline } from "./container-baseline.ts";

/** Something of a container that is drift, with who did it; `sha256` and `image` of it are in the alert. */
export interface ToldDrift {
  readonly container: Container;
  readonly digest: string;
  readonly drift: SightedDrift;
  readonly sighting: Pick<Sighting, "use" | "path" | "time" | "process">;
  readonly file: ObservedFile | null;
}

export interface WatchedParts {
  readonly container: Container;
  readonly mode: WorkloadMode;
  readonly reader: FileReader;
  readonly records: WatchedRecords;
  readonly signal: AbortSignal;
  readonly findBaseline: (container: Container) => Promise<ContainerBaseline>;
  readonly told: (drift: ToldDrift) => void;
  readonly warn: (line: string) => void;
}

const QUEUE_MAX = 20_000;
const TOLD_MAX = 10_000;
/** Whoever writes a file is let finish. */
const WRITTEN_AFTER_MS = 1_000;

/** Takes sightings at any time; never waits. */
export class WatchedContainer {
  readonly #parts: WatchedParts;
  readonly #isWritable: (path: string) => boolean;
  #against: ContainerBaseline | null = null;
  #learned: Learned | null = null;
  #first: number;
  #queue: Sighting[] = [];
  readonly #written = new Map<string, Sighting>();
  readonly #told = new Set<string>();
  #working: Promise<void> | null = null;
  #isBlind = false;
  /** Of which nothing can be told, since the last time that the record was kept. */
  #unknown = 0;
  #compared = 0;
  #unknownSum = 0;

  constructor(parts: WatchedParts, pid: number) {
    this.#parts = parts;
    this.#first = pid;
    const globs = parts.mode.writable.map((pattern) => glob(pattern.replace(/^\/+/, "")));
    this.#isWritable = (path) => globs.some((fits) => fits(path));
    this.#work(() => this.#begin());
  }

  /** Files that were compared, and those of which nothing can be told. */
  get counts(): { readonly compared: number; readonly unknown: number } {
    return { compared: this.#compared, unknown: this.#unknownSum };
  }

  take(sightings: readonly Sighting[], omitted: number): void {
    this.#miss(omitted);
    for (const sighting of sightings) {
      if (this.#isBlind) this.#miss(sighting.use === "opened" ? 0 : 1);
      else if (sighting.use === "written") this.#writes(sighting);
      else if (this.#queue.length < QUEUE_MAX) this.#queue.push(sighting);
      else this.#miss(1);
    }
    this.#work(() => this.#drain());
  }

  #miss(files: number): void {
    this.#unknown += files;
    this.#unknownSum += files;
  }

  #writes(sighting: Sighting): void {
    const { path } = sighting;
    if (this.#written.has(path) || this.#written.size >= QUEUE_MAX) return;
    this.#written.set(path, sighting);
    const timer = setTimeout(() => this.#work(() => this.#lookAtWritten(path)), WRITTEN_AFTER_MS);
    timer.unref();
  }

  /** One thing after the other. */
  #work(body: () => Promise<void>): void {
    const before = this.#working ?? Promise.resolve();
    const working: Promise<void> = before
      .then(() => (this.#isBlind ? undefined : body()))
      .catch((error: unknown) => {
        this.#miss(1);
        if (this.#parts.signal.aborted) return;
        const why = isProcess(this.#first) ? "" : ", which has ended";
        this.#parts.warn(
          `something that ${this.#name()} used could not be compared with its image${why}: ${reasonOf(error)}; it counts as not known`,
        );
      });
    this.#working = working;
  }

  #name(): string {
    const { container } = this.#parts;
    return container.name ?? container.id.slice(0, 12);
  }

  async #begin(): Promise<void> {
    const { container, records, reader, findBaseline, warn } = this.#parts;
    try {
      this.#against = await findBaseline(container);
    } catch (error) {
      if (!isProcess(this.#first)) return;
      this.#isBlind = true;
      this.#miss(this.#queue.length);
      this.#queue = [];
      warn(`${this.#name()} cannot be compared with its image: ${reasonOf(error)}`);
      return;
    }
    const { baseline, pid } = this.#against;
    this.#first = pid ?? this.#first;
    const of = {
      workload: workloadName(container),
      image: container.image?.reference ?? "",
      digest: baseline.index.digest,
    };
    this.#learned = new Learned(of, await records.of(of.workload, of.digest));
    const now = await runningNow({ pid: this.#first, id: container.id }, reader);
    const time = new Date().toISOString();
    for (const one of now.running) this.#ran(one, time);
    this.#miss(now.missed.length);
  }

  /** What runs already. In which layer it lies, nobody says: content decides alone. */
  #ran({ use, file, processes }: RunningFile, time: string): void {
    const [first] = processes;
    const process: SightedProcess = {
      pid: first?.pid ?? 0,
      name: first?.name ?? "",
      command: first?.command ?? "",
      exePath: "",
      parent: null,
    };
    this.#judge({ use, path: `/${file.path}`, time, process }, file, "unknown");
  }

  async #drain(): Promise<void> {
    for (let sighting = this.#queue.shift(); sighting !== undefined; sighting = this.#queue.shift())
      await this.#look(sighting);
  }

  async #look(sighting: Sighting): Promise<void> {
    const { baseline } = this.#against ?? {};
    if (baseline === undefined) return;
    const { use, path, layer } = sighting;
    if (use === "opened") {
      const row = baseline.at(path.slice(1));
      if (row !== null) this.#learned?.used(baseline.file(row), use);
      return;
    }
    const found = await readSighted(sighting, this.#first, this.#parts.reader);
    if (found.kind === "none") return;
    if (found.kind === "unread") this.#miss(1);
    else this.#judge(sighting, found.kind === "read" ? found.file : null, layer);
  }

  #judge(
    sighting: Pick<Sighting, "use" | "path" | "time" | "process">,
    file: ObservedFile | null,
    layer: Sighting["layer"],
  ): void {
    const { use, path } = sighting;
    if (this.#against === null || use === "written" || use === "opened") return;
    const { baseline, readOnly, volumes } = this.#against;
    const isGiven = file?.place === "volume" && isBelow(file.path, readOnly);
    const placed =
      file !== null && file.place === "root" && isBelow(file.path, volumes)
        ? { ...file, place: "volume" as const }
        : file;
    const judged = judgeRun(baseline, { use, file: placed, path, layer, isGiven });
    this.#compared += 1;
    if (judged.isUnknown) this.#miss(1);
    if (judged.image !== null) this.#learned?.used(judged.image, use);
    this.#keep(judged, sighting, file);
    if (judged.drift !== null) this.#tell(judged.drift, sighting, file);
  }

  #keep(
    { drift, wouldDie }: JudgedRun,
    { use, path, time, process }: Pick<Sighting, "use" | "path" | "time" | "process">,
    file: ObservedFile | null,
  ): void {
    if (!wouldDie || drift === null || use === "written" || use === "opened") return;
    const { kind, reason } = drift;
    const [place, sha256] = [file?.place ?? "root", file?.sha256 ?? null];
    const who = { process: process.name, command: process.command };
    this.#learned?.wouldDie({ kind, use, path, place, sha256, reason, ...who }, time);
  }

  async #lookAtWritten(path: string): Promise<void> {
    const sighting = this.#written.get(path);
    this.#written.delete(path);
    if (sighting === undefined || this.#against === null) return;
    const { baseline, volumes } = this.#against;
    const entry = await readWritten(path, this.#first, this.#parts.reader);
    if (entry === null || entry.kind === "folder") return;
    const at = entry.kind === "file" ? entry.file.path : entry.path;
    const isOutside = entry.kind === "file" && entry.file.place !== "root";
    if (isOutside || isBelow(at, volumes) || this.#isWritable(at)) return;
    this.#compared += 1;
    const drift = judgeWrite(baseline, entry);
    const isKnown =
      drift !== null && this.#learned?.wrote(at, this.#parts.mode.mode === "observe") === true;
    if (drift !== null && !isKnown)
      this.#tell(drift, { ...sighting, path: `/${at}` }, entry.kind === "file" ? entry.file : null);
  }

  /** Once for each cause. */
  #tell(drift: SightedDrift, sighting: ToldDrift["sighting"], file: ObservedFile | null): void {
    const { container, mode, told } = this.#parts;
    if (mode.mode === "observe" || this.#against === null) return;
    const key = [sighting.use, drift.kind, sighting.path, file?.sha256 ?? ""].join("\0");
    if (this.#told.has(key) || this.#told.size >= TOLD_MAX) return;
    this.#told.add(key);
    const { digest } = this.#against.baseline.index;
    told({ container, digest, drift, sighting, file });
  }

  /** Keeps what was learned, of so many seconds more. */
  keep(time: string, seconds: number, lost: number): void {
    if (this.#learned === null) return;
    this.#learned.watched(time, { seconds, lost, unknown: this.#unknown });
    this.#unknown = 0;
    this.#parts.records.save(this.#learned.record());
  }

  get isThere(): boolean {
    return isProcess(this.#first);
  }

  /** Looks at what was written last, and waits for all that was seen. */
  async end(): Promise<void> {
    for (const path of this.#written.keys()) this.#work(() => this.#lookAtWritten(path));
    await this.#working;
  }
}

function isBelow(path: string, folders: readonly string[]): boolean {
  return folders.some(
    (folder) => folder !== "" && (path === folder || path.startsWith(`${folder}/`)),
  );
}
