// The program that answers the kernel's questions in the strict mode (sensor/strict.c), started and listened to. It never waits for us.
import { type StrictReport, strictReport } from "../../formats/sensor/strict-report.ts";
import { type ProgramEnd, runProgram, startProgram } from "../process.ts";
import { compiledFile } from "./object.ts";

export interface ResponderStart {
  /** Of a process of the container. */
  readonly pid: number;
  /** The device of the overlay that is its root, as the kernel knows it: the responder refuses any other. */
  readonly root: number;
  /** Its own place in `answers`, of which there are 1024. */
  readonly place: number;
  /** What the sensor told to map. */
  readonly answers: number;
  /** The image's files: `strictIndex`. */
  readonly index: Uint8Array;
}

const LINE_MAX = 1 << 16;

/** One responder, of one container. */
export class Responder {
  readonly #stop: () => void;
  #rest = "";

  /** @throws {AppError} `sensor-unavailable` where there is none for this machine. */
  constructor(
    { pid, root, place, answers, index }: ResponderStart,
    told: (report: StrictReport) => void,
    ended: (end: ProgramEnd) => void,
  ) {
    const args = ["run", String(pid), String(root), String(place)];
    this.#stop = startProgram(compiledFile("strict.ARCH"), args, {
      input: index,
      descriptors: [answers],
      onOutput: (piece) => this.#take(piece.toString("latin1"), told),
      onEnd: ended,
    });
  }

  #take(text: string, told: (report: StrictReport) => void): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = (lines.pop() ?? "").slice(0, LINE_MAX);
    for (const line of lines) {
      const report = strictReport(line);
      if (report !== null) told(report);
    }
  }

  /** Programs of the container are judged no more. */
  stop(): void {
    this.#stop();
  }
}

const CHECK_MS = 5_000;

/**
 * What it says of this host: `ready`, or what fails; null when it cannot be started.
 *
 * @throws {AppError} `sensor-unavailable` where there is none for this machine.
 */
export async function checkStrict(signal: AbortSignal): Promise<StrictReport | null> {
  const bounds = { env: {}, signal, timeoutMs: CHECK_MS };
  const run = await runProgram(compiledFile("strict.ARCH"), ["check"], bounds);
  return run.kind === "ended" ? strictReport(run.stdout.toString("latin1").trimEnd()) : null;
}
