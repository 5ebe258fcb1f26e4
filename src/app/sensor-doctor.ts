import { openSensor } from "../io/sensor/sensor.ts";
import { kernelRelease } from "../io/this-platform.ts";
import { AppError } from "../kit/error.ts";
import { EVENT_TYPES } from "../model/event.ts";
import type { Hook } from "../model/watching.ts";

/** What the sensor can do on this host. */
export interface SensorHealth {
  readonly kernel: string;
  /** Why it cannot start at all, and the way out; null when it can. */
  readonly hindrance: { readonly message: string; readonly hint: string | null } | null;
  /** Each kind of event, attached or not; empty when it cannot start. */
  readonly hooks: readonly Hook[];
  /** Of the hierarchy by which containers are told apart; null when it cannot start. */
  readonly cgroups: 1 | 2 | null;
}

/** A ring that holds nothing: nobody reads it. */
const RING_BYTES = 1 << 16;

/** Loads and attaches everything, and takes it away again: what the kernel says then is true, and what files say may not be. */
export function examineSensor(): SensorHealth {
  const kernel = kernelRelease();
  try {
    const sensor = openSensor({
      wanted: new Set(EVENT_TYPES.slice(1)),
      failed: new Set(),
      everywhere: new Set(),
      streams: false,
      learning: true,
      ringBytes: RING_BYTES,
    });
    const { hooks, hierarchy } = sensor;
    sensor.close();
    return { kernel, hindrance: null, hooks, cgroups: hierarchy.version };
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== "sensor-unavailable") throw thrown;
    const { message, hint } = thrown;
    return { kernel, hindrance: { message, hint }, hooks: [], cgroups: null };
  }
}
