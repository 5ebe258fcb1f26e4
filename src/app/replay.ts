import { FrameEvent } from "../formats/sensor/frame-event.ts";
import { CGROUP_GONE } from "../formats/sensor/layout.ts";
import { processOf, type RecordedFact } from "../formats/sensor/recording.ts";
import { readRecording } from "../io/sensor/recording-file.ts";
import { AppError } from "../kit/error.ts";
import type { Alert } from "../model/alert.ts";
import type { Container } from "../model/container.ts";
import type { EventType } from "../model/event.ts";
import type { EventRecord } from "../model/event-record.ts";
import { eventRecord } from "../stages/watch/event-record.ts";
import { demandUsable, RuleWatch } from "./rule-watch.ts";
import { readRuleFiles } from "./rules.ts";

/** What a recording held. */
export interface Replayed {
  readonly events: number;
  readonly processes: number;
  readonly containers: number;
  /** Kinds of events that could not be recorded. */
  readonly blind: readonly EventType[];
  /** Where it is damaged; null for a whole one. */
  readonly damage: string | null;
}

/** A recording that is being read: what its facts say, and its events one after the other. */
class Replay {
  readonly #containers = new Map<number, Container | null>();
  readonly #told: (event: EventRecord) => void;
  readonly #rules: RuleWatch | null;
  #event: FrameEvent | null = null;
  blind: readonly EventType[] = [];
  seen = new Set<string>();

  constructor(told: (event: EventRecord) => void, rules: RuleWatch | null) {
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
    } else if (fact.kind === "process") this.#event?.processes.add(processOf(fact));
    else {
      this.#containers.set(fact.cgroup, fact.container);
      if (fact.container !== null) this.seen.add(fact.container.id);
    }
  }

  frame(bytes: Buffer, at: number, length: number): void {
    const event = this.#event;
    if (event === null) return;
    if (event.number === 0) event.processes.link();
    if (event.show(bytes, at, length)) {
      if (this.#rules === null) this.#told(eventRecord(event, event.isKilled));
      else this.#rules.see(event);
    } else if (event.frame.code === CGROUP_GONE) this.#containers.delete(event.frame.cgroup.id);
  }
}

/** Who is told of what a recording holds. */
export interface ReplayListener {
  event(event: EventRecord): void;
  alert(alert: Alert): void;
}

/**
 * Replays a recording.
 *
 * @param rules Files of rules. Without any each event is told, in order; with some their alerts.
 * @throws {AppError} `not-found`, `unreadable`, `document-invalid`; `config-invalid` for rules that cannot be used.
 */
export async function replay(
  path: string,
  rules: readonly string[],
  listener: ReplayListener,
): Promise<Replayed> {
  const texts = await readRuleFiles(rules);
  demandUsable(texts);
  const replaying = new Replay(
    (event) => listener.event(event),
    texts.length === 0 ? null : new RuleWatch(texts, false, (alert) => listener.alert(alert)),
  );
  const damage = readRecording(path, replaying);
  if (replaying.events === 0 && damage !== null) {
    throw new AppError("document-invalid", `${JSON.stringify(path)} holds no event: ${damage}`, {
      hint: "record again: a recording is whole when bulwark watch has ended",
    });
  }
  const { events, processes, blind, seen } = replaying;
  return { events, processes, containers: seen.size, blind, damage };
}
