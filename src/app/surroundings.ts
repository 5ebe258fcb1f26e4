import type { Environment } from "../io/folders.ts";

/** What a use case is given of the process it runs in. */
export interface Surroundings {
  readonly env: Environment;
  readonly signal: AbortSignal;
  /** Replaces the line that tells people what they wait for; null erases it. */
  progress(line: string | null): void;
  /** Said at once and not part of a result. */
  warn(text: string): void;
  /** Told beside the result. */
  note?(text: string): void;
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true }),
  );
}
