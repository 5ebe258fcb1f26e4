import { openSensor } from "../io/sensor/sensor.ts";
import { kernelRelease } from "../io/this-platform.ts";
import { AppError } from "../kit/error.ts";
import { EVENT_TYPES } from "../model/event.ts";
import type { Hook } from "../model/watching.ts";
import { strictHealth } from "./strict-health.ts";

/** What the sensor can do on this host. */
export interface SensorHealth {
  readonly kernel: string;
  /** Why it cannot start at all, and the way out; null when it can. */
  readonly hindrance: { readonly message: string; readonly hint: string | null } | null;
  /** Each kind of event, attached or not; empty when it cannot start. */
  readonly hooks: readonly Hook[];
  /** Of the hierarchy by which containers are told apart; null when it cannot start. */
  readonly cgroups: 1 | 2 | null;
  /** Why programs cannot be denied before they begin (`watch --strict`); null when they can. */
  readonly strict: string | null;
}

/** A ring that holds nothing: nobody reads it. */
const RING_BYTES = 1 << 16;

/** Loads and attaches everything, and takes it away again: what the kernel says then is true, and what files say may not be. */
export async function examineSensor(signal: AbortSignal): Promise<SensorHealth> {
  const kernel = kernelRelease();
  try {
    const sensor = openSensor({
      wanted: new Set(EVENT_TYPES.slice(1)),
      failed: new Set(),
      everywhere: new Set(),
      streams: false,
      learning: true,
      strict: false,
      ringBytes: RING_BYTES,
    });
    const { hooks, hierarchy } = sensor;
    sensor.close();
    const strict = await strictHealth(signal);
    return { kernel, hindrance: null, hooks, cgroups: hierarchy.version, strict };
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== "sensor-unavailable") throw thrown;
    const { message, hint } = thrown;
    const strict = "it goes with the sensor";
    return { kernel, hindrance: { message, hint }, hooks: [], cgroups: null, strict };
  }
}
