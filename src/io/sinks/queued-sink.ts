// A queue in front of each sink, so that one that is slow or gone never makes the others wait, nor whoever observes.
import { reasonOf } from "../../kit/error.ts";
import type { Alert } from "../../model/alert.ts";
import type { SinkState } from "../../model/sink.ts";

/** How a kind of sink delivers. One alert at a time; retries are its own. */
export interface Delivery {
  /** @throws when it was not delivered. Messages hold no secrets. */
  deliver(alert: Alert): Promise<void>;
  close(): void | Promise<void>;
}

const QUEUE_MAX = 1_000;
const ROOM_MS = 5;

/** Takes alerts, never waits and never fails; what cannot be delivered is counted, with the last reason. */
export class QueuedSink {
  readonly #name: string;
  readonly #delivery: Delivery;
  readonly #queueMax: number;
  #queue: Alert[] = [];
  #working: Promise<void> | null = null;
  #isClosed = false;
  #sent = 0;
  #dropped = 0;
  #failure: string | null = null;
  #hasFailed = false;

  /** @param name For people; without secrets. */
  constructor(name: string, delivery: Delivery, queueMax: number = QUEUE_MAX) {
    this.#name = name;
    this.#delivery = delivery;
    this.#queueMax = queueMax;
  }

  send(alert: Alert): void {
    if (this.#isClosed) this.#drop("it is closed");
    else if (this.#queue.length >= this.#queueMax)
      this.#drop(this.#failure ?? `${this.#queueMax} alerts wait for it already`);
    else this.#queue.push(alert);
    this.#working ??= this.#work();
  }

  /** Resolves when there is room for at least one alert more: for alerts that can wait, out of a file. */
  async room(): Promise<void> {
    while (this.#queue.length >= this.#queueMax && this.#working !== null)
      await new Promise((resolve) => setTimeout(resolve, ROOM_MS));
  }

  state(): SinkState {
    const [name, sent, dropped, failure] = [this.#name, this.#sent, this.#dropped, this.#failure];
    return { name, sent, dropped, failure };
  }

  /** Delivers what waits, for at most so long; the rest counts as dropped. */
  async close(graceMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    await Promise.race([this.#working, late]);
    clearTimeout(timer);
    this.#isClosed = true;
    for (const _ of this.#queue.splice(0)) this.#drop("there was no time left");
    await this.#delivery.close();
  }

  async #work(): Promise<void> {
    for (let alert = this.#queue.shift(); alert !== undefined; alert = this.#queue.shift()) {
      try {
        await this.#delivery.deliver(alert);
        this.#sent += 1;
      } catch (error) {
        if (!this.#isClosed) this.#hasFailed = true;
        this.#drop(reasonOf(error));
      }
    }
    this.#working = null;
  }

  #drop(reason: string): void {
    this.#dropped += 1;
    // Why there was no time left is what had failed until then.
    if (!this.#isClosed || !this.#hasFailed) this.#failure = reason;
  }
}
