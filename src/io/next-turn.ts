import { setImmediate } from "node:timers/promises";

/** Lets signals and everything else that waits have their turn, in the midst of work that never waits itself. */
export function nextTurn(): Promise<void> {
  return setImmediate();
}
