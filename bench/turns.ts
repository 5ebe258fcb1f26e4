// Measuring by turns: each thing between two of nothing, so that what the machine does besides falls on both.
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";

export const seconds = (work: () => void): number => {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1e9;
};

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** How far the middle half of them lies apart. */
export function spread(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number): number => sorted[Math.floor((sorted.length - 1) * part)] ?? Number.NaN;
  return at(0.75) - at(0.25);
}

/** `bulwark watch` at work, when it has said that it is. */
export async function started(args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["bin/bulwark.js", "watch", ...args]);
  await new Promise<void>((ready, failed) => {
    let said = "";
    const look = (piece: Buffer): void => {
      said += piece.toString();
      if (/"started"|: watching \d+ kinds/.test(said)) ready();
    };
    child.stdout.on("data", look);
    child.stderr.on("data", look);
    child.once("exit", () => failed(new Error(`the sensor does not start: ${said}`)));
  });
  child.stdout.resume();
  child.stderr.resume();
  return child;
}

export async function stopped(child: ChildProcess): Promise<void> {
  const ended = new Promise((done) => child.once("exit", done));
  child.kill("SIGINT");
  await ended;
}

/** Resident memory of a process at its highest, MB. */
export function highest(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

const TICKS_A_SECOND = 100;

/** Of the processor, by a process with all its threads. */
export function cpuOf(pid: number): number {
  // After the name, which may hold anything: the eleventh and the twelfth are those of the process.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}
