import { FrameEvent } from "../formats/sensor/frame-event.ts";
import { CGROUP_GONE } from "../formats/sensor/layout.ts";
import type { RecordedFact, RecordedLoss } from "../formats/sensor/recorded-facts.ts";
import { readRecording } from "../io/sensor/recording-file.ts";
import { AppError } from "../kit/error.ts";
import type { Alert } from "../model/alert.ts";
import { type Container, isMeantBy } from "../model/container.ts";
import type { EventRecord } from "../model/event-record.ts";
import type { Hook } from "../model/watching.ts";
import { eventRecord } from "../stages/watch/event-record.ts";
import { noSuchContainer } from "./meant-container.ts";
import { demandUsable, RuleWatch } from "./rule-watch.ts";
import { readRuleFiles } from "./rules.ts";

/** What a recording held. */
export interface Replayed {
  readonly events: number;
  readonly processes: number;
  readonly containers: number;
  /** Of the events, those of no container. */
  readonly ofHost: number;
  /** Kinds of events that could not be recorded. */
  readonly blind: readonly Hook["type"][];
  /** How many of a kind were lost while it was recorded. */
  readonly lost: RecordedLoss["counts"];
  /** Where it is damaged; null for a whole one. */
  readonly damage: string | null;
}

/** A recording that is being read: what its facts say, and its events one after the other. */
class Replay {
  readonly #containers = new Map<number, Container | null>();
  readonly #asked: ReplayOptions;
  readonly #told: (event: EventRecord) => void;
  readonly #rules: RuleWatch | null;
  #event: FrameEvent | null = null;
  blind: readonly Hook["type"][] = [];
  lost: RecordedLoss["counts"] = [];
  /** By id. */
  readonly seen = new Map<string, Container>();
  ofHost = 0;

  constructor(asked: ReplayOptions, told: (event: EventRecord) => void, rules: RuleWatch | null) {
    this.#asked = asked;
    this.#told = told;
    this.#rules = rules;
  }

  get events(): number {
    return this.#event?.number ?? 0;
  }

  get processes(): number {
    return this.#event?.processes.size ?? 0;
  }

  fact(fact: RecordedFact): void {
    if (fact.kind === "start") {
      const { bootedAt } = fact;
      this.blind = fact.blind;
      this.#event = new FrameEvent(
        {
          find: () => null,
          containerOf: (cgroup) => this.#containers.get(cgroup) ?? null,
          bootedAt: bootedAt.seconds * 1e9 + bootedAt.nanoseconds,
        },
        bootedAt,
      );
    } else if (fact.kind === "process") this.#event?.processes.add(fact.process);
    else if (fact.kind === "lost") this.lost = fact.counts;
    else {
      this.#containers.set(fact.cgroup, fact.container);
      if (fact.container !== null) this.seen.set(fact.container.id, fact.container);
    }
  }

  frame(bytes: Buffer, at: number, length: number): void {
    const event = this.#event;
    if (event === null) return;
    if (event.number === 0) event.processes.link();
    if (event.show(bytes, at, length)) this.#use(event);
    else if (event.frame.code === CGROUP_GONE) this.#containers.delete(event.frame.cgroup.id);
  }

  #use(event: FrameEvent): void {
    const { only, events } = this.#asked;
    const { container } = event.process;
    if (container === null) this.ofHost += 1;
    if (only !== null && (container === null || !isMeantBy(container, only))) return;
    if (events === "all" || (events === "containers" && container !== null))
      this.#told(eventRecord(event, event));
    this.#rules?.see(event);
  }
}

/** What of a recording somebody wants to know. */
export interface ReplayOptions {
  /** Files of rules, whose alerts are told; without any, no rule is asked. */
  readonly rules: readonly string[];
  /** Of what events are told, each before the alerts that it raises; null for none. */
  readonly events: "containers" | "all" | null;
  /** The only container, as {@link isMeantBy} has it; null for all. */
  readonly only: string | null;
}

/** Who is told of what a recording holds. */
export interface ReplayListener {
  event(event: EventRecord): void;
  alert(alert: Alert): void;
  warn(text: string): void;
}

/**
 * Replays a recording.
 *
 * @throws {AppError} `not-found`, `unreadable`, `document-invalid`; `config-invalid` for rules that cannot be used; `not-found`
 *   when it holds no such container.
 */
export async function replay(
  path: string,
  options: ReplayOptions,
  listener: ReplayListener,
): Promise<Replayed> {
  const texts = await readRuleFiles(options.rules);
  demandUsable(texts, listener);
  const replaying = new Replay(
    options,
    (event) => listener.event(event),
    texts.length === 0 ? null : new RuleWatch(texts, null, (alert) => listener.alert(alert)),
  );
  const damage = readRecording(path, replaying);
  if (replaying.events === 0 && damage !== null) {
    throw new AppError("document-invalid", `${JSON.stringify(path)} holds no event: ${damage}`, {
      hint: "record again: a recording is whole when bulwark watch has ended",
    });
  }
  const { events, processes, blind, lost, seen, ofHost } = replaying;
  const { only } = options;
  if (only !== null && ![...seen.values()].some((container) => isMeantBy(container, only)))
    throw noSuchContainer(only, [...seen.values()]);
  return { events, processes, containers: seen.size, ofHost, blind, lost, damage };
}
