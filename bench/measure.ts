// Times whole processes from outside, in turn, so that a machine whose speed drifts does so for all of them alike.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

export interface Contender {
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Before each run, not timed: empties caches. */
  prepare?(): void;
}

export interface Figures {
  readonly name: string;
  /** Medians, in seconds. */
  readonly wall: number;
  readonly cpu: number;
  /** The largest of all runs, in MB. */
  readonly residentMax: number;
}

const TIME = "/usr/bin/time";

/** Runs all contenders once without counting, then `runs` times in turn. */
export function measure(contenders: readonly Contender[], runs: number): Figures[] {
  if (!existsSync(TIME)) throw new Error(`${TIME} is missing: install the package "time"`);
  const samples = contenders.map((): Sample[] => []);
  for (let run = -1; run < runs; run += 1) {
    for (const [i, contender] of contenders.entries()) {
      contender.prepare?.();
      const sample = once(contender);
      if (run >= 0) samples[i]?.push(sample);
    }
  }
  return contenders.map(({ name }, i) => ({
    name,
    wall: median(samples[i]?.map((s) => s.wall) ?? []),
    cpu: median(samples[i]?.map((s) => s.cpu) ?? []),
    residentMax: Math.max(...(samples[i]?.map((s) => s.resident) ?? [])),
  }));
}

interface Sample {
  readonly wall: number;
  readonly cpu: number;
  readonly resident: number;
}

function once({ name, command, env }: Contender): Sample {
  const started = process.hrtime.bigint();
  const ended = spawnSync(TIME, ["-q", "-f", "%U %S %M", ...command], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
    maxBuffer: 64 << 20,
  });
  const wall = Number(process.hrtime.bigint() - started) / 1e9;
  const text = ended.stderr.toString("utf8").trimEnd();
  const [user, system, resident] = (text.split("\n").at(-1) ?? "").split(" ").map(Number);
  if (ended.status !== 0 || user === undefined || system === undefined || resident === undefined)
    throw new Error(`${name} ended with ${ended.status}:\n${text.slice(-2000)}`);
  return { wall, cpu: user + system, resident: resident / 1024 };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}

/** A line of the closing table: a ratio beside what it may be at most. */
export function verdictLine(what: string, ratio: number, limit: number, unit = "×"): string {
  const mark = ratio <= limit ? "ok  " : "OVER";
  return `${mark} ${what.padEnd(58)} ${ratio.toFixed(2)} ${unit} (at most ${limit})`;
}
