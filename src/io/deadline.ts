/** A signal that ends by itself. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** To be called when it is no longer needed. */
  end(): void;
}

/**
 * A signal that is aborted with another one, or after some time with a `TimeoutError`.
 *
 * Node 20 may collect what `AbortSignal.timeout` gives while only `AbortSignal.any` knows of it, and then it never comes.
 */
export function deadline(outer: AbortSignal, ms: number): Deadline {
  const controller = new AbortController();
  const follow = (): void => controller.abort(outer.reason);
  const timer = setTimeout(() => {
    controller.abort(new DOMException(`not done within ${ms} ms`, "TimeoutError"));
  }, ms);
  if (outer.aborted) follow();
  outer.addEventListener("abort", follow, { once: true });
  return {
    signal: controller.signal,
    end: () => {
      clearTimeout(timer);
      outer.removeEventListener("abort", follow);
    },
  };
}
