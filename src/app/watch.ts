import { startThread } from "../io/sensor/thread.ts";
import type { EventType } from "../model/event.ts";
import { EVENT_TYPES } from "../model/event.ts";
import type { WatchOrder, WatchStart, WatchTidings } from "../model/watching.ts";
import type { Surroundings } from "./surroundings.ts";

export interface WatchOptions {
  readonly record: string | null;
  readonly events: WatchStart["events"];
  readonly only: string | null;
}

/** Everything but what is most of what happens, and matters to nobody who looks. */
const SHOWN: readonly EventType[] = EVENT_TYPES.filter(
  (type) => type !== "unknown" && !/^(?:mmap|recv|send|dup|fchdir|chdir)/.test(type),
);

/**
 * Watches this host until the signal is aborted.
 *
 * @param told Called for everything that the sensor tells.
 * @throws {AppError} `sensor-unavailable`.
 */
export async function watch(
  options: WatchOptions,
  { signal }: Pick<Surroundings, "signal">,
  told: (tidings: WatchTidings) => void,
): Promise<void> {
  const start: WatchStart = { ...options, wanted: SHOWN };
  const thread = startThread<WatchStart, WatchOrder, WatchTidings>(
    new URL("./sensor-thread.js", import.meta.url),
    start,
    told,
  );
  const stop = (): void => thread.send({ kind: "stop" });
  signal.addEventListener("abort", stop, { once: true });
  try {
    await thread.ended;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
