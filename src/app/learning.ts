import type { Alert } from "../model/alert.ts";
import type { Container } from "../model/container.ts";
import type { Process, SensorEvent } from "../model/event.ts";
import type { WatchLearned, WatchLearning } from "../model/watching.ts";
import { BaselineWatch } from "./baseline-watch.ts";
import { Learner, type LearntSource } from "./learner.ts";

export interface LearningParts {
  readonly asked: WatchLearning;
  readonly source: LearntSource;
  readonly containerOf: (cgroup: number) => Container | null;
  readonly raise: (alert: Alert) => void;
  readonly tell: (learned: WatchLearned) => void;
}

/** What was learned is told so often, so that little is lost with us. */
const TELL_MS = 60_000;

/** Behaviour while the sensor is at work: learned, or compared with what was learned before. */
export class Learning {
  readonly #learner: Learner;
  readonly #watch: BaselineWatch | null;
  readonly #tell: (learned: WatchLearned) => void;
  #toldAt: number;
  #now: number;

  constructor({ asked, source, containerOf, raise, tell }: LearningParts, now: number) {
    this.#watch = asked.known === null ? null : new BaselineWatch(asked.known, raise);
    this.#tell = tell;
    this.#toldAt = now;
    this.#now = now;
    this.#learner = new Learner({
      only: asked.containers,
      source,
      containerOf,
      since: now,
      told: (deed, by, process) => this.#watch?.see(deed, by, process, this.#now),
    });
  }

  /** A process that was there before. */
  meet(process: Process): void {
    this.#learner.meet(process);
  }

  see(event: SensorEvent): void {
    this.#learner.see(event);
  }

  /** Its cgroup was removed, and is about to be forgotten. */
  gone(cgroup: number, now: number): void {
    this.#look(now);
    this.#learner.gone(cgroup, now);
  }

  /** Once a second, and at the end. */
  turn(now: number, lost: number, isEnd: boolean): void {
    this.#look(now);
    if (this.#watch !== null) {
      this.#watch.raise(now, isEnd);
      return;
    }
    if (!isEnd && now - this.#toldAt < TELL_MS) return;
    this.#toldAt = now;
    const recording = this.#learner.recording(lost);
    this.#tell({ kind: "learned", recording, foreign: this.#learner.foreign });
  }

  #look(now: number): void {
    this.#now = now;
    this.#learner.look(now);
  }
}
