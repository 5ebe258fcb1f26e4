import { setImmediate } from "node:timers/promises";

/** How long we compute before signals and timers get their turn. */
const TURN_MS = 40;

/**
 * Lets a long computation be interrupted: the function returned is called often, and now and then lets the event loop run, so
 * that a signal of the system is heard.
 *
 * @throws The signal's reason, from the calls, once it was aborted.
 */
export function breathe(signal: AbortSignal): () => Promise<void> | undefined {
  let turnEnds = performance.now() + TURN_MS;
  let calls = 0;
  return () => {
    calls += 1;
    if ((calls & 15) !== 0 || performance.now() < turnEnds) return;
    return setImmediate().then(() => {
      signal.throwIfAborted();
      turnEnds = performance.now() + TURN_MS;
    });
  };
}
