import { availableParallelism } from "node:os";
import { parentPort, Worker } from "node:worker_threads";
import { AppError, type ErrorCode, reasonOf } from "../kit/error.ts";

/**
 * Threads worth having that read and inflate, with the one that asks: each keeps two cores busy, because Node inflates in
 * threads of its own.
 */
export const READING_THREADS: number = Math.ceil(availableParallelism() / 2);

/** What a worker answers: a value, or an error in a form that survives the journey between threads. */
type WorkerAnswer<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint: string | null;
    };

/** Runs one script on several threads, a task at a time on each. */
export class Pool<Task, Result> {
  readonly #script: URL;
  readonly #threads: number;

  constructor(script: URL, threads: number) {
    this.#script = script;
    this.#threads = threads;
  }

  /**
   * Runs the tasks of a queue, always the first one next, until it is empty. The caller may take tasks from its end meanwhile.
   *
   * @param use Told each result as it comes.
   * @throws {AppError} what the first failing task or `use` threw; the other threads are stopped.
   */
  async run(
    queue: Task[],
    signal: AbortSignal,
    use: (result: Result, task: Task) => void,
  ): Promise<void> {
    const workers: Worker[] = [];
    const lane = async (): Promise<void> => {
      let worker: Worker | null = null;
      for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
        if (worker === null) {
          worker = new Worker(this.#script);
          workers.push(worker);
        }
        use(await this.#ask(worker, task, signal), task);
      }
    };
    try {
      await Promise.all(Array.from({ length: this.#threads }, lane));
    } finally {
      queue.length = 0;
      await Promise.all(workers.map((w) => w.terminate()));
    }
  }

  #ask(worker: Worker, task: Task, signal: AbortSignal): Promise<Result> {
    return new Promise((resolve, reject) => {
      const abort = (): void => reject(signal.reason);
      if (signal.aborted) abort();
      signal.addEventListener("abort", abort, { once: true });
      worker.once("error", reject);
      worker.once("message", (answer: WorkerAnswer<Result>) => {
        worker.off("error", reject);
        signal.removeEventListener("abort", abort);
        if (answer.ok) resolve(answer.value);
        else reject(errorOf(answer));
      });
      worker.postMessage(task);
    });
  }
}

/** In the worker's script: answers each task that the pool sends. What `handle` throws travels as its code and message. */
export function answerTasks<Task>(handle: (task: Task) => Promise<Uint8Array<ArrayBuffer>>): void {
  const port = parentPort;
  port?.on("message", async (task: Task) => {
    try {
      const value = await handle(task);
      port.postMessage({ ok: true, value } satisfies WorkerAnswer<Uint8Array>, [value.buffer]);
    } catch (error) {
      port.postMessage(failure(error));
    }
  });
}

function failure(error: unknown): WorkerAnswer<never> {
  const known = error instanceof AppError ? error : null;
  return {
    ok: false,
    code: known?.code ?? "internal",
    message: reasonOf(error),
    hint: known?.hint ?? null,
  };
}

function errorOf({ code, message, hint }: WorkerAnswer<never> & { ok: false }): AppError {
  return new AppError(code, message, hint === null ? {} : { hint });
}
