import { availableParallelism } from "node:os";
import { parentPort, Worker } from "node:worker_threads";
import { AppError, type ErrorCode, reasonOf } from "../kit/error.ts";

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

  constructor(script: URL, threads: number = availableParallelism()) {
    this.#script = script;
    this.#threads = threads;
  }

  /**
   * Runs all tasks, in their order, each by the next free thread. Larger tasks should come first.
   *
   * @param use Told each result as it comes, with the index of its task.
   * @throws {AppError} what the first failing task or `use` threw; the other threads are stopped.
   */
  async run(
    tasks: readonly Task[],
    signal: AbortSignal,
    use: (result: Result, index: number) => Promise<void>,
  ): Promise<void> {
    const queue = tasks.map((task, index) => ({ task, index }));
    const workers: Worker[] = [];
    const lane = async (): Promise<void> => {
      const worker = new Worker(this.#script);
      workers.push(worker);
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        await use(await this.#ask(worker, next.task, signal), next.index);
      }
    };
    try {
      await Promise.all(Array.from({ length: Math.min(this.#threads, tasks.length) }, lane));
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
