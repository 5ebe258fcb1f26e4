import { FrameEvent } from "../formats/sensor/frame-event.ts";
import { CGROUP_GONE } from "../formats/sensor/layout.ts";
import { processOf, type RecordedFact } from "../formats/sensor/recording.ts";
import { readRecording } from "../io/sensor/recording-file.ts";
import { AppError } from "../kit/error.ts";
import type { Container } from "../model/container.ts";
import type { EventType } from "../model/event.ts";
import type { EventRecord } from "../model/event-record.ts";
import { eventRecord } from "../stages/watch/event-record.ts";

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
  #event: FrameEvent | null = null;
  blind: readonly EventType[] = [];
  seen = new Set<string>();

  constructor(told: (event: EventRecord) => void) {
    this.#told = told;
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
    if (event.show(bytes, at, length)) this.#told(eventRecord(event, event.isKilled));
    else if (event.frame.code === CGROUP_GONE) this.#containers.delete(event.frame.cgroup.id);
  }
}

/**
 * Replays a recording.
 *
 * @param told Called for each event, in order.
 * @throws {AppError} `not-found`, `unreadable`, `document-invalid`.
 */
export function replay(path: string, told: (event: EventRecord) => void): Replayed {
  const replaying = new Replay(told);
  const damage = readRecording(path, replaying);
  if (replaying.events === 0 && damage !== null) {
    throw new AppError("document-invalid", `${JSON.stringify(path)} holds no event: ${damage}`, {
      hint: "record again: a recording is whole when bulwark watch has ended",
    });
  }
  const { events, processes, blind, seen } = replaying;
  return { events, processes, containers: seen.size, blind, damage };
}
