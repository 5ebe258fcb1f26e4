import { FrameEvent } from "../formats/sensor/frame-event.ts";
import { CGROUP_GONE, CGROUP_MADE, EXECVE, HEAD, headAt } from "../formats/sensor/layout.ts";
import type { RecordedFact } from "../formats/sensor/recorded-facts.ts";
import { factFrame } from "../formats/sensor/recording.ts";
import { KnownContainers } from "../io/runtimes/known-containers.ts";
import type { RuntimeRoots } from "../io/runtimes/runtime-roots.ts";
import { cgroupAt, cgroupsBelow } from "../io/sensor/hierarchy.ts";
import { cgroupPathOf, listProcesses, readProcess } from "../io/sensor/proc.ts";
import { Recorder } from "../io/sensor/recorder.ts";
import { openSensor, type Sensor, type SensorOptions } from "../io/sensor/sensor.ts";
import type { Inside } from "../io/sensor/thread.ts";
import { kernelRelease } from "../io/this-platform.ts";
import type { Alert } from "../model/alert.ts";
import type { EventType } from "../model/event.ts";
import type { EventRecord } from "../model/event-record.ts";
import type {
  EventCount,
  WatchedRules,
  WatchLearned,
  WatchLearning,
  WatchOrder,
  WatchStart,
  WatchTidings,
} from "../model/watching.ts";
import { LEARNED_TYPES } from "../stages/compare/deeds.ts";
import { eventRecord } from "../stages/watch/event-record.ts";
import { ContainerTable } from "./container-table.ts";
import { Guards } from "./guards.ts";
import { HeldFrames } from "./held-frames.ts";
import { Learning } from "./learning.ts";
import { RuleWatch } from "./rule-watch.ts";
import { SIGHTED, SightingSieve } from "./sightings.ts";
import { Unwatched } from "./unwatched.ts";

export type WatchInside = Inside<WatchStart, WatchOrder, WatchTidings>;

const RING_BYTES = 8 << 20;
/** After events: as long as the kernel wakes nobody again (`REST_NS` of sensor/write.h), and no longer than an alert may wait. */
const REST_MS = 8;
/** Without events the kernel wakes us; orders are looked after so often. */
const QUIET_MS = 100;
/** Calls that are shown when they fail, too. */
const SHOWN_FAILURES: readonly EventType[] = ["connect", "open", "openat", "openat2"];
/** Orders and the state are looked after between so many events. */
const EVENTS_A_TURN = 20_000;
/** As long as the ring is read at the end: a host that is busy never leaves it empty. */
const DRAIN_MS_MAX = 500;
/** Whoever is told takes tidings at their own pace; what they have not taken must not fill our memory. */
const UNTAKEN_MAX = 32;
/** Events that wait while too much is untaken. */
const UNTOLD_MAX = 20_000;
/** Nobody reads more of them in the time of a turn. */
const TOLD_A_TURN = 2_000;

/** The sensor at work: attaches, decodes where events lie, and tells what somebody asked for. */
export class Watching {
  readonly #here: WatchInside;
  readonly #sensor: Sensor;
  readonly #event: FrameEvent;
  readonly #containers: ContainerTable;
  readonly #held: HeldFrames;
  readonly #unwatched: Unwatched;
  readonly #roots: RuntimeRoots;
  readonly #recorder: Recorder | null;
  readonly #sieve: SightingSieve | null;
  readonly #learning: Learning | null;
  readonly #guards: Guards;
  #rules: RuleWatch | null;
  /** Names of hosts by their addresses. */
  #hosts: ReadonlyMap<string, readonly string[]> = new Map();
  #alerts: Alert[] = [];
  #omittedAlerts = 0;
  #told: EventRecord[] = [];
  #omitted = 0;
  #lostCgroups = 0;
  #lost = 0;
  #isRecordingEnded = false;
  /** Tidings that were told and not taken yet. */
  #untaken = 0;
  /** Events that wait since earlier turns. */
  #toldBefore = 0;

  constructor(here: WatchInside) {
    this.#here = here;
    const { start } = here;
    this.#recorder =
      start.record === null ? null : new Recorder(start.record, { replaces: start.replaces });
    this.#sieve = start.modes.length === 0 ? null : new SightingSieve(start.modes);
    this.#rules = this.#ruleWatch(start.rules);
    this.#sensor = openSensor(this.#asked());
    const bootedAt = this.#sensor.bootedAt();
    const { hierarchy } = this.#sensor;
    const subsystem = hierarchy.version === 2 ? null : (hierarchy.root.split("/").at(-1) ?? null);
    const known = new KnownContainers();
    known.roots.learnFromHost();
    this.#containers = new ContainerTable({
      paths: cgroupsBelow(hierarchy.root),
      find: (candidates, pid) => known.ofCgroups(candidates, pid),
      pathOf: (cgroup, pid) => {
        const path = cgroupPathOf(pid, subsystem);
        return path !== "" && cgroupAt(hierarchy.root, path) === cgroup ? path : null;
      },
      record: (fact) => this.#keep(fact),
    });
    this.#held = new HeldFrames((cgroup, pid) => this.#containers.isSettled(cgroup, pid));
    this.#unwatched = new Unwatched(this.#sensor, this.#containers, {
      only: start.only,
      areAllNeeded: this.#sieve !== null || start.learning !== null,
    });
    this.#roots = known.roots;
    const booted = bootedAt.seconds * 1e9 + bootedAt.nanoseconds;
    this.#event = new FrameEvent(
      {
        find: (pid) => readProcess(pid, booted),
        containerOf: (cgroup, pid) => this.#containers.containerOf(cgroup, pid),
        bootedAt: booted,
      },
      bootedAt,
    );
    this.#keep({
      kind: "start",
      bootedAt,
      architecture: process.arch,
      kernel: kernelRelease(),
      blind: this.#sensor.hooks.filter((h) => h.state !== "attached").map((h) => h.type),
    });
    this.#learning = this.#learningFor(start.learning);
    this.#meetProcesses(booted, known);
    this.#guards = new Guards(this.#sensor, start, (text) => here.tell({ kind: "trouble", text }));
    this.#guards.begin(start.engineFiles, this.#containers.paths());
  }

  #learningFor(asked: WatchLearning | null): Learning | null {
    if (asked === null) return null;
    const parts = {
      asked,
      source: this.#sensor,
      containerOf: (cgroup: number) => this.#containers.containerOf(cgroup, 0),
      raise: (alert: Alert) => this.#raise(alert),
      tell: (learned: WatchLearned) => this.#here.tell(learned),
    };
    return new Learning(parts, Date.now());
  }

  #ruleWatch(rules: WatchedRules): RuleWatch | null {
    if (rules.length === 0) return null;
    const namesOf = (address: string): readonly string[] => this.#hosts.get(address) ?? [];
    return new RuleWatch(rules, { namesOf }, (alert) => this.#raise(alert));
  }

  /** What is asked of the kernel: what rules look at, and what is shown or recorded. */
  #asked(): SensorOptions {
    const { wanted, learning } = this.#here.start;
    const rules = this.#rules;
    const learned = learning === null ? [] : LEARNED_TYPES;
    const isShown = wanted.length > 0 || learning !== null;
    const all = new Set([
      ...wanted,
      ...learned,
      ...(rules?.wanted ?? []),
      ...(this.#sieve === null ? [] : SIGHTED),
    ]);
    return {
      wanted: all,
      everywhere: this.#ofHost(all),
      failed: new Set([...(rules?.failed ?? []), ...(isShown ? SHOWN_FAILURES : [])]),
      streams: false,
      learning: learning !== null,
      strict: this.#here.start.strict,
      ringBytes: RING_BYTES,
    };
  }

  /** Kinds that somebody wants to know of the host itself, too. */
  #ofHost(all: ReadonlySet<EventType>): ReadonlySet<EventType> {
    const { only, events } = this.#here.start;
    if (only !== null) return new Set();
    return events === "all" || this.#recorder !== null ? all : (this.#rules?.ofHost ?? new Set());
  }

  /** Between two events: none is lost, and each is seen by the old rules or by the new. */
  #reload(rules: WatchedRules): void {
    this.#rules = this.#ruleWatch(rules);
    this.#sensor.observe(this.#asked());
    const { hooks } = this.#sensor;
    this.#here.tell({ kind: "reloaded", hooks, blindRules: this.#rules?.blindTo(hooks) ?? [] });
  }

  /** After attaching, so that nobody begins between. */
  #meetProcesses(booted: number, known: KnownContainers): void {
    const { processes } = this.#event;
    for (const pid of listProcesses()) {
      const process = readProcess(pid, booted);
      if (process === null) continue;
      this.#keep({ kind: "process", process });
      processes.add(process);
      this.#learning?.meet({ ...process, container: known.ofProcess(pid) });
    }
    processes.link();
  }

  #keep(fact: RecordedFact): void {
    if (this.#recorder === null) return;
    const frame = factFrame(fact);
    this.#recorder.add(frame, 0, frame.length);
  }

  run(): void {
    const { hooks, hierarchy, ring } = this.#sensor;
    const processes = this.#event.processes.size;
    const blindRules = this.#rules?.blindTo(hooks) ?? [];
    if (this.#here.start.strict) this.#here.tell({ kind: "answers", fd: this.#sensor.answers });
    this.#here.tell({ kind: "started", hooks, cgroups: hierarchy.version, processes, blindRules });
    let second = Date.now();
    let since = 0;
    let records = 0;
    const take = (bytes: Buffer, at: number, length: number): void => this.#take(bytes, at, length);
    const use = (bytes: Buffer, at: number, length: number): void => this.#use(bytes, at, length);
    for (;;) {
      const isResting = records > 0 || !this.#held.isEmpty;
      if (ring.waiting === 0) this.#sensor.wait(isResting ? REST_MS : QUIET_MS);
      records = ring.read(take, EVENTS_A_TURN);
      this.#held.release(use);
      since += records;
      this.#tellEvents();
      if (this.#isStopped()) break;
      const now = Date.now();
      if (now - second < 1000) continue;
      this.#tellState(Math.round((since * 1000) / (now - second)));
      this.#learning?.turn(now, this.#lost, false);
      second = now;
      since = 0;
    }
    // What happened until now is told, and not what happens meanwhile.
    const until = Date.now() + DRAIN_MS_MAX;
    while (ring.waiting > 0 && Date.now() < until) ring.read(take, EVENTS_A_TURN);
    this.#held.release(use, true);
    this.#untaken = 0;
    this.#learning?.turn(Date.now(), this.#lost, true);
    this.#tellEvents();
    this.#tellState(since);
    this.#recorder?.close();
    this.#tellRecording();
    this.#sensor.close();
  }

  /** Follows the orders that came meanwhile. */
  #isStopped(): boolean {
    for (;;) {
      const order = this.#here.order();
      if (order === null) return false;
      if (order.kind === "stop") return true;
      if (order.kind === "taken") this.#untaken -= 1;
      else if (order.kind === "rules") this.#reload(order.rules);
      else if (order.kind === "hosts") this.#hosts = order.names;
      else if (order.kind === "enforce")
        this.#guards.add(order.container, this.#containers.paths());
      else this.#guards.allow(order.files);
    }
  }

  /** What comes from the ring is used at once, but for what its container is not known of yet. */
  #take(bytes: Buffer, at: number, length: number): void {
    const { code, cgroup, pid } = headAt(bytes, at);
    const mustWait =
      code < CGROUP_MADE ? this.#held.mustWait(cgroup, pid) : this.#held.isHeld(cgroup);
    if (mustWait) this.#held.hold(cgroup, bytes, at, length);
    else this.#use(bytes, at, length);
  }

  #use(bytes: Buffer, at: number, length: number): void {
    const event = this.#event;
    if (!event.show(bytes, at, length)) {
      this.#useNote();
      return;
    }
    if (event.code === EXECVE && event.process.container === null) this.#learnRoots();
    this.#recorder?.add(bytes, at, length);
    const { events } = this.#here.start;
    const { container } = event.process;
    const isMeant = this.#unwatched.isMeant(event.frame.u64(HEAD.cgroup), container);
    if (isMeant) this.#rules?.see(event);
    this.#sieve?.see(event);
    this.#learning?.see(event);
    const isShown = events !== null && isMeant && (events === "all" || container !== null);
    // What enforcement ends, or lets pass and should be known, is told to whoever asked for it.
    if (!event.isKilled && !event.isMemoryCode && !isShown) return;
    const most = Math.min(this.#toldBefore + TOLD_A_TURN, UNTOLD_MAX);
    if (this.#told.length < most) this.#told.push(eventRecord(event, event));
    else this.#omitted += 1;
  }

  /** Who watches over containers tells where its engine keeps them, before the first of them is there. */
  #learnRoots(): void {
    const { name, cwd, arguments: words } = this.#event.process;
    this.#roots.learnFromProgram({ name, cwd, words });
  }

  /** A storm of alerts is counted: whoever makes it must not fill our memory with it. */
  #raise(alert: Alert): void {
    if (this.#alerts.length < TOLD_A_TURN) this.#alerts.push(alert);
    else this.#omittedAlerts += 1;
  }

  #useNote(): void {
    const { frame } = this.#event;
    const { code } = frame;
    const { id, path } = frame.cgroup;
    if (code === CGROUP_MADE) this.#made(id, path);
    else if (code === CGROUP_GONE) {
      this.#unwatched.forget(id);
      this.#learning?.gone(id, Date.now());
      this.#containers.gone(id);
      this.#guards.gone(id);
      this.#held.forget(id);
    }
  }

  #tellEvents(): void {
    this.#toldBefore = this.#told.length;
    if (this.#untaken >= UNTAKEN_MAX) return;
    this.#toldBefore = 0;
    if (this.#alerts.length > 0) {
      this.#tell({ kind: "alerts", alerts: this.#alerts, omitted: this.#omittedAlerts });
      this.#alerts = [];
      this.#omittedAlerts = 0;
    }
    const containers = this.#sieve?.take() ?? [];
    if (containers.length > 0) this.#here.tell({ kind: "sightings", containers });
    if (this.#told.length === 0) return;
    this.#tell({ kind: "events", events: this.#told, omitted: this.#omitted });
    this.#told = [];
    this.#omitted = 0;
  }

  /** Tells what may be much, and waits to hear that it was taken. */
  #tell(tidings: WatchTidings): void {
    this.#untaken += 1;
    this.#here.tell(tidings);
  }

  /** What was said of cgroups and lost can be seen, unlike events. */
  #findLostCgroups(counts: readonly EventCount[]): void {
    const lost = counts.find(({ type }) => type === "unknown")?.dropped ?? 0;
    if (lost === this.#lostCgroups) return;
    this.#lostCgroups = lost;
    const known = new Map(this.#containers.paths());
    for (const [cgroup, path] of cgroupsBelow(this.#sensor.hierarchy.root)) {
      if (known.get(cgroup) !== path) this.#made(cgroup, path);
    }
  }

  #made(cgroup: number, path: string): void {
    this.#unwatched.forget(cgroup);
    this.#containers.made(cgroup, path);
    this.#guards.made(cgroup, path);
  }

  /** Whoever reads a recording must know what is not in it. */
  #keepLoss(counts: readonly EventCount[]): void {
    const lost = counts.filter(({ dropped }) => dropped > 0);
    const sum = lost.reduce((all, { dropped }) => all + dropped, 0);
    if (sum === this.#lost) return;
    this.#lost = sum;
    this.#keep({ kind: "lost", counts: lost.map(({ type, dropped }) => ({ type, dropped })) });
  }

  #tellRecording(): void {
    const ended = this.#recorder?.ended ?? null;
    if (ended === null || this.#isRecordingEnded) return;
    this.#isRecordingEnded = true;
    this.#here.tell({ kind: "recording", ended });
  }

  #tellState(rate: number): void {
    const counts = this.#sensor.counts();
    this.#findLostCgroups(counts);
    this.#keepLoss(counts);
    this.#tellRecording();
    if (this.#untaken >= UNTAKEN_MAX) return;
    const processes = this.#event.processes.size;
    const containers = new Set([...this.#containers.entries()].map(([, c]) => c.id)).size;
    this.#here.tell({ kind: "state", counts, rate, processes, containers });
  }
}
