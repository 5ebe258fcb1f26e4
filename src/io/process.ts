// The only door to other programs: no shell, bounded in time and output, and ended when we are.
import { type ChildProcess, spawn } from "node:child_process";
import type { Environment } from "./folders.ts";

export interface ProgramOptions {
  readonly env: Environment;
  readonly signal: AbortSignal;
  /** What it reads; nothing when absent. */
  readonly input?: string;
  /** Working folder; ours when absent. */
  readonly folder?: string;
  /** It is killed, with its children, after this long: 30 s when absent. */
  readonly timeoutMs?: number;
  /** Of each of its two outputs; 1 MiB when absent. It is killed when it writes more. */
  readonly outputBytesMax?: number;
  /** Told what it writes to its first output, which is then neither kept nor bounded. */
  readonly onOutput?: (piece: Buffer) => void;
}

/** How running a program went. */
export type ProgramRun =
  | {
      readonly kind: "ended";
      /** null when a signal ended it. */
      readonly exitCode: number | null;
      readonly stdout: Buffer;
      readonly stderr: Buffer;
    }
  /** There is no such program, or it may not be run. */
  | { readonly kind: "absent" }
  | { readonly kind: "timed-out"; readonly afterMs: number }
  | { readonly kind: "too-much-output"; readonly bytesMax: number };

/**
 * Runs a program and waits for its end. Arguments go to it as they are, never through a shell.
 *
 * @throws the signal's reason when it is aborted meanwhile.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<ProgramRun> {
  options.signal.throwIfAborted();
  const child = spawn(program, args, {
    env: { ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
    // A group of its own, so that what it started ends with it.
    detached: process.platform !== "win32",
    windowsHide: true,
    ...(options.folder === undefined ? {} : { cwd: options.folder }),
  });
  return new Promise((resolve, reject) => {
    const run = new Run(child, options);
    child.once("error", (error: NodeJS.ErrnoException) => {
      run.end();
      if (error.code === "ENOENT" || error.code === "EACCES") resolve({ kind: "absent" });
      else reject(error);
    });
    child.once("close", (exitCode) => {
      run.end();
      if (options.signal.aborted) reject(options.signal.reason);
      else resolve(run.outcome(exitCode));
    });
    // A program that does not read its input closes the pipe; that is its right.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
  });
}

/** How a program that was left running ended. */
export interface ProgramEnd {
  /** null when a signal ended it, or it could not be started. */
  readonly code: number | null;
  /** The signal, or the code of the error. */
  readonly signal: string | null;
}

export interface ProgramBeside {
  /** What it reads first; its input stays open as long as it is wanted. */
  readonly input: Uint8Array;
  /** Descriptors of ours that it is to have, from 3 on. */
  readonly descriptors: readonly number[];
  /** Told what it writes to its first output; its second goes nowhere. */
  readonly onOutput: (piece: Buffer) => void;
  readonly onEnd: (end: ProgramEnd) => void;
}

/**
 * Starts a program that goes on beside us, in a session of its own: what interrupts us at a terminal is not for it. It has to end
 * with its input.
 *
 * @returns what ends it at once.
 */
export function startProgram(
  program: string,
  args: readonly string[],
  { input, descriptors, onOutput, onEnd }: ProgramBeside,
): () => void {
  const child = spawn(program, args, {
    stdio: ["pipe", "pipe", "ignore", ...descriptors],
    detached: true,
    env: {},
  });
  let isOver = false;
  const over = (end: ProgramEnd): void => {
    if (!isOver) onEnd(end);
    isOver = true;
  };
  child.once("error", (error: NodeJS.ErrnoException) =>
    over({ code: null, signal: error.code ?? error.message }),
  );
  child.once("close", (code, signal) => over({ code, signal }));
  // What it began may hold its output open for as long as somebody keeps that from ending.
  child.once("exit", (code, signal) => {
    setTimeout(() => over({ code, signal }), LAST_WORDS_MS).unref();
  });
  child.stdout?.on("data", onOutput);
  // It may end before it has read all.
  child.stdin?.on("error", () => undefined);
  child.stdin?.write(input);
  return () => {
    child.stdin?.end();
    child.kill("SIGKILL");
  };
}

/** A program that ended has said all by then. */
const LAST_WORDS_MS = 200;
const TIMEOUT_MS = 30_000;
const OUTPUT_BYTES_MAX = 1 << 20;

/** What is collected and watched while a program runs. */
class Run {
  readonly #child: ChildProcess;
  readonly #signal: AbortSignal;
  readonly #bytesMax: number;
  readonly #timeoutMs: number;
  readonly #timer: NodeJS.Timeout;
  readonly #stdout: Buffer[] = [];
  readonly #stderr: Buffer[] = [];
  #broken: ProgramRun | null = null;

  constructor(child: ChildProcess, options: ProgramOptions) {
    this.#child = child;
    this.#signal = options.signal;
    this.#bytesMax = options.outputBytesMax ?? OUTPUT_BYTES_MAX;
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.#timer = setTimeout(() => {
      this.#break({ kind: "timed-out", afterMs: this.#timeoutMs });
    }, this.#timeoutMs);
    options.signal.addEventListener("abort", this.#kill, { once: true });
    const { onOutput } = options;
    if (onOutput === undefined) this.#collect(child.stdout, this.#stdout);
    else child.stdout?.on("data", onOutput);
    this.#collect(child.stderr, this.#stderr);
  }

  outcome(exitCode: number | null): ProgramRun {
    const stdout = Buffer.concat(this.#stdout);
    return this.#broken ?? { kind: "ended", exitCode, stdout, stderr: Buffer.concat(this.#stderr) };
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener("abort", this.#kill);
  }

  #collect(stream: NodeJS.ReadableStream | null, into: Buffer[]): void {
    let size = 0;
    stream?.on("data", (piece: Buffer) => {
      size += piece.length;
      if (size > this.#bytesMax) {
        this.#break({ kind: "too-much-output", bytesMax: this.#bytesMax });
      } else into.push(piece);
    });
  }

  #break(why: ProgramRun): void {
    this.#broken ??= why;
    this.#kill();
  }

  readonly #kill = (): void => {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
    // What left the group may hold the pipes open; nobody waits for it.
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  };
}
