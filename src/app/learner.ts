import type { Learnt } from "../io/sensor/learnt.ts";
import { type Container, isMeantBy } from "../model/container.ts";
import { EVENT_TYPES, type Process, type SensorEvent } from "../model/event.ts";
import type { ObservedContainer, ObservedEvent } from "../model/observed.ts";
import { type Baseline, ownerOf, recordingOf } from "../stages/compare/baseline.ts";
import { Behaviour, type Deed } from "../stages/compare/behaviour.ts";
import { type DatagramPorts, deedsOf, isRuntime } from "../stages/compare/deeds.ts";
import { lookOf } from "../stages/compare/look.ts";

/** Where the kernel's side of learning is read. */
export interface LearntSource {
  learnt(): ReadonlyMap<number, Learnt>;
  takeAsked(): readonly (readonly [cgroup: number, name: string])[];
}

export interface LearnerParts {
  /** Names, or the beginnings of ids; none for all containers. */
  readonly only: readonly string[];
  readonly source: LearntSource;
  readonly containerOf: (cgroup: number) => Container | null;
  /** Milliseconds since 1970: who began before may be met in the middle. */
  readonly since: number;
  /** Told of each deed that is new since the learner began. */
  readonly told: (deed: Deed, by: Learned, process: Process | null) => void;
}

/** One run of a container, from the first that was seen of it to the last. */
interface Look {
  readonly container: Container;
  /** Processes of it that run a program of its own. */
  readonly pids: Set<number>;
  readonly ports: DatagramPorts;
  from: number;
  to: number;
  sawStart: boolean;
  sawEnd: boolean;
}

/** What is learned of the containers of one name in one workload. */
export interface Learned {
  readonly owner: string;
  readonly container: Container;
  readonly behaviour: Behaviour;
}

interface Growing extends Learned {
  readonly looks: Look[];
}

const MILLION = 1e6;

/** Gathers how containers behave: from events, and from what the kernel keeps of each cgroup. */
export class Learner {
  readonly #parts: LearnerParts;
  readonly #byOwner = new Map<string, Growing>();
  readonly #byId = new Map<string, readonly [Growing, Look]>();
  readonly #foreign = new Set<string>();
  /** What of a cgroup was taken over already, as text. */
  readonly #taken = new Map<number, string>();

  constructor(parts: LearnerParts) {
    this.#parts = parts;
  }

  /** Processes that are there when learning begins. */
  meet(process: Process): void {
    const { container } = process;
    if (container === null) return;
    this.#lookOf(container, this.#parts.since, false)?.[1].pids.add(process.pid);
  }

  see(event: SensorEvent): void {
    const { process } = event;
    const { container } = process;
    if (container === null) return;
    const now = event.seconds * 1000 + Math.floor(event.nanoseconds / MILLION);
    const found = this.#lookOf(container, now, true);
    if (found === null) return;
    const [growing, look] = found;
    look.to = Math.max(look.to, now);
    if (!isOfItself(event, look)) return;
    for (const deed of deedsOf(event, container, look.ports)) {
      this.#learn(growing, deed, now, process);
    }
  }

  /** What the kernel kept: once a second, and before a cgroup is forgotten. */
  look(now: number): void {
    const { source, containerOf } = this.#parts;
    for (const [cgroup, learnt] of source.learnt()) {
      const container = containerOf(cgroup);
      const found = container === null ? undefined : this.#byId.get(container.id);
      if (found === undefined) continue;
      const text = JSON.stringify(learnt);
      if (this.#taken.get(cgroup) === text) continue;
      this.#taken.set(cgroup, text);
      this.#take(found[0], learnt, now);
    }
    for (const [cgroup, name] of source.takeAsked()) {
      const container = containerOf(cgroup);
      const found = container === null ? undefined : this.#byId.get(container.id);
      if (found !== undefined) this.#learn(found[0], { kind: "name", name }, now, null);
    }
    for (const [, look] of this.#byId.values()) look.to = Math.max(look.to, now);
  }

  #take(growing: Growing, { syscalls, used, refused, isForeign }: Learnt, now: number): void {
    if (isForeign) this.#foreign.add(growing.container.name ?? growing.container.id);
    const deeds: Deed[] = [
      ...syscalls.map((name): Deed => ({ kind: "syscall", name })),
      ...used.map((name): Deed => ({ kind: "capability", name, allowed: true })),
      ...refused.map((name): Deed => ({ kind: "capability", name, allowed: false })),
    ];
    for (const deed of deeds) this.#learn(growing, deed, now, null);
  }

  #learn(growing: Growing, deed: Deed, now: number, process: Process | null): void {
    if (growing.behaviour.add(deed, now)) this.#parts.told(deed, growing, process);
  }

  /** Its cgroup was removed: the last of its processes ended. */
  gone(cgroup: number, now: number): void {
    const container = this.#parts.containerOf(cgroup);
    this.#taken.delete(cgroup);
    const found = container === null ? undefined : this.#byId.get(container.id);
    if (container === null || found === undefined) return;
    found[1].to = now;
    found[1].sawEnd = true;
    // Whoever starts it again starts another run.
    this.#byId.delete(container.id);
  }

  #lookOf(container: Container, now: number, sawStart: boolean): readonly [Growing, Look] | null {
    const known = this.#byId.get(container.id);
    if (known !== undefined) return known;
    const { only } = this.#parts;
    if (only.length > 0 && !only.some((name) => isMeantBy(container, name))) return null;
    const look: Look = {
      container,
      pids: new Set(),
      ports: new Set(),
      from: now,
      to: now,
      sawStart,
      sawEnd: false,
    };
    const owner = ownerOf(observedOf(look));
    const growing = this.#byOwner.get(owner) ?? {
      owner,
      container,
      behaviour: new Behaviour(),
      looks: [],
    };
    growing.looks.push(look);
    this.#byOwner.set(owner, growing);
    const pair = [growing, look] as const;
    this.#byId.set(container.id, pair);
    return pair;
  }

  get foreign(): readonly string[] {
    return [...this.#foreign];
  }

  /** All of it as a recording; empty when no container was seen. */
  recording(lost: number): readonly ObservedEvent[] {
    const architecture = process.arch === "arm64" ? "arm64" : "amd64";
    const baselines = [...this.#byOwner.values()].flatMap(({ looks, behaviour }): Baseline[] => {
      const [first, ...more] = looks.map(observedOf);
      return first === undefined
        ? []
        : [{ architecture, looks: [first, ...more], lost, behaviour }];
    });
    return [...recordingOf(baselines)];
  }
}

function observedOf({ container, from, to, sawStart, sawEnd }: Look): ObservedContainer {
  return { ...lookOf(container), from, to, sawStart, sawEnd };
}

/**
 * Whether the process runs a program of the container. A runtime enters it with its own program, and what that does before it
 * begins the container's is not the container's.
 */
function isOfItself({ code, process }: SensorEvent, { pids }: Look): boolean {
  const type = EVENT_TYPES[code];
  if (type === "procexit") return pids.delete(process.pid);
  const isBegin = type === "execve" || type === "execveat";
  if (isBegin && isRuntime(process)) return false;
  if (isBegin || pids.has(process.pid) || pids.has(process.parentPid)) {
    pids.add(process.pid);
    return true;
  }
  return false;
}
