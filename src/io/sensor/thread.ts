// A thread beside the others that is asked to stop, and tells what it has: the form in which the sensor's loop runs.
import { parentPort, receiveMessageOnPort, Worker, workerData } from "node:worker_threads";
import { AppError, type ErrorCode, reasonOf } from "../../kit/error.ts";

type Told<T> =
  | { readonly kind: "told"; readonly value: T }
  | {
      readonly kind: "failed";
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint: string | null;
    };

/** The thread, from outside. */
export interface SideThread<Order> {
  send(order: Order): void;
  /** Ends with the thread: resolved when it returned, rejected when it failed. */
  readonly ended: Promise<void>;
}

/** Starts a script; `told` is called for everything that it tells. */
export function startThread<Start, Order, Tidings>(
  script: URL,
  start: Start,
  told: (tidings: Tidings) => void,
): SideThread<Order> {
  const worker = new Worker(script, { workerData: start });
  const ended = new Promise<void>((resolve, reject) => {
    worker.on("message", (message: Told<Tidings>) => {
      if (message.kind === "told") told(message.value);
      else reject(errorOf(message));
    });
    worker.once("error", reject);
    worker.once("exit", () => resolve());
  });
  return { send: (order) => worker.postMessage(order), ended };
}

function errorOf({ code, message, hint }: Told<never> & { kind: "failed" }): AppError {
  return new AppError(code, message, hint === null ? {} : { hint });
}

/** The same from inside: what it was started with, orders that came meanwhile, and the way to tell something. */
export interface Inside<Start, Order, Tidings> {
  readonly start: Start;
  /** The next order that waits; null when none does. Asked between events, so that a loop need not return to be told. */
  readonly order: () => Order | null;
  readonly tell: (tidings: Tidings) => void;
}

/** Runs `body` as the whole of a thread. */
export function asThread<Start, Order, Tidings>(
  body: (inside: Inside<Start, Order, Tidings>) => void,
): void {
  const port = parentPort;
  if (port === null) throw new Error("this script is a thread's");
  const send = (message: Told<Tidings>): void => port.postMessage(message);
  try {
    body({
      start: workerData as Start,
      order: () => (receiveMessageOnPort(port)?.message as Order | undefined) ?? null,
      tell: (value) => send({ kind: "told", value }),
    });
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    send({
      kind: "failed",
      code: thrown.code,
      message: reasonOf(thrown),
      hint: thrown.hint,
    });
  }
}
