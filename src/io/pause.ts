import { setTimeout as sleep } from "node:timers/promises";

/** Waits, and keeps nothing running that would end meanwhile. */
export function pause(milliseconds: number): Promise<void> {
  return sleep(milliseconds, undefined, { ref: false });
}
