// Alerts for people: the first of a cause at once, and what follows of it now and then, as one with a count.
//
// Whoever is woken by a storm must not be woken by each of its drops, nor wait for the first. The longer a cause goes on, the seldomer
// it is told; after a time in which it was quiet it is told at once again. Nothing is left out: what is held is told in the end.
import type { Alert } from "../../model/alert.ts";
import { causeId, causeOf } from "./group.ts";

/** How long what follows is held, the first time and then. */
const HELD_MS = [10_000, 60_000, 600_000, 3_600_000];
/** Causes that are remembered. */
const CAUSES_MAX = 10_000;

interface Held {
  /** How often it was told already. */
  told: number;
  dueMs: number;
  /** The last that was not told; null when all were. */
  last: Alert | null;
  count: number;
  first: string;
}

/** Folds alerts as they come. Times are milliseconds that only go up. */
export class AlertFold {
  /** By cause; the one that was told longest ago comes first. */
  readonly #held = new Map<string, Held>();
  readonly #causesMax: number;

  constructor(causesMax: number = CAUSES_MAX) {
    this.#causesMax = causesMax;
  }

  /** @returns What is to be told now. */
  add(alert: Alert, nowMs: number): Alert[] {
    const cause = causeId(causeOf(alert));
    const held = this.#held.get(cause);
    if (held !== undefined) {
      hold(held, alert);
      return [];
    }
    this.#held.set(cause, { told: 0, dueMs: nowMs + heldMs(0), last: null, count: 0, first: "" });
    const told = [alert];
    if (this.#held.size > this.#causesMax) told.push(...this.#forgetOldest());
    return told;
  }

  /** @returns What was held for long enough. */
  due(nowMs: number): Alert[] {
    const told: Alert[] = [];
    for (const [cause, held] of this.#held) {
      if (held.dueMs > nowMs) continue;
      this.#held.delete(cause);
      if (held.last === null) continue;
      told.push(summary(cause, held));
      const next = held.told + 1;
      this.#held.set(cause, {
        ...held,
        told: next,
        dueMs: nowMs + heldMs(next),
        last: null,
        count: 0,
      });
    }
    return told;
  }

  /** @returns All that is held still. */
  rest(): Alert[] {
    const told: Alert[] = [];
    for (const [cause, held] of this.#held) if (held.last !== null) told.push(summary(cause, held));
    this.#held.clear();
    return told;
  }

  #forgetOldest(): Alert[] {
    for (const [cause, held] of this.#held) {
      this.#held.delete(cause);
      return held.last === null ? [] : [summary(cause, held)];
    }
    return [];
  }
}

function heldMs(told: number): number {
  return HELD_MS[Math.min(told, HELD_MS.length - 1)] ?? 0;
}

function hold(held: Held, alert: Alert): void {
  if (held.last === null) held.first = alert.repeats?.first ?? alert.time;
  held.count += alert.repeats?.count ?? 1;
  held.last = alert;
}

function summary(cause: string, { last, count, first }: Held): Alert {
  const alert = last as Alert;
  const ended = alert.repeats?.last ?? alert.time;
  return { ...alert, repeats: { cause, count, first, last: ended } };
}
