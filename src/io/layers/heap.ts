import { setFlagsFromString } from "node:v8";

/**
 * Lets the heap grow to five times what is alive before it is collected. V8 counts the pieces that inflating makes as heap,
 * sees it fill up, and collects the few megabytes of a scan forty times over; its own bound, for programs that it finds to be
 * busy, is about the same. A flag that a version of V8 does not know does nothing.
 */
export function collectLess(): void {
  setFlagsFromString("--heap-growing-percent=400");
}
