// Ten minutes of a busy host: a container a second through Docker, and ten cgroups a second beside them. What is looked for is
// memory that only grows. As root: `npm run soak`; SOAK_MINUTES=2 for less.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hostHierarchy } from "../src/io/sensor/hierarchy.ts";
import { dockerHindrance, importRoot, startDocker } from "../test/lab/docker-engine.ts";
import { LabWatch, sensorHindrance } from "../test/lab/sensor.ts";
import { stockRules, total } from "./stand.ts";

const MINUTES = Number(process.env["SOAK_MINUTES"] ?? 10);
/** Until code is compiled and caches have what they hold. */
const WARM_PART = 0.3;
const CGROUPS_A_SECOND = 10;

const hindrance = sensorHindrance() ?? dockerHindrance();
const cgroups = hostHierarchy()?.root ?? null;
if (hindrance !== null || cgroups === null) {
  console.log(`soak: not measured: ${hindrance ?? "no cgroups"}`);
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), "bulwark-soak-"));
const engine = await startDocker();
const env = { ...process.env, DOCKER_HOST: engine.host };
const root = join(folder, "root");
mkdirSync(join(root, "bin"), { recursive: true });
cpSync("/bin/busybox", join(root, "bin", "busybox"));
importRoot(engine, root, "bulwark-soak:1");
const watch = await new LabWatch(stockRules()).started();

interface Sample {
  readonly minutes: number;
  readonly megabytes: number;
}

function resident(): number {
  const status = readFileSync(`/proc/${watch.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

/** Megabytes a minute, by least squares. */
function slope(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number): number =>
    samples.reduce((all, sample) => all + of(sample), 0) / samples.length;
  const [x, y] = [mean(({ minutes }) => minutes), mean(({ megabytes }) => megabytes)];
  const products = mean((s) => (s.minutes - x) * (s.megabytes - y));
  return products / mean((s) => (s.minutes - x) ** 2);
}

function passing(number: number): void {
  const path = join(cgroups ?? "", `bulwark-soak-${number}`);
  mkdirSync(path);
  rmdirSync(path);
}

const samples: Sample[] = [];
const began = performance.now();
const minutes = (): number => (performance.now() - began) / 60_000;
let containers = 0;
let made = 0;
while (minutes() < MINUTES) {
  const second = performance.now();
  spawnSync(
    "docker",
    [
      "run",
      "--rm",
      "--network=none",
      `--name=soak-${containers}`,
      "bulwark-soak:1",
      "/bin/busybox",
      "true",
    ],
    { env },
  );
  containers += 1;
  for (let turn = 0; turn < CGROUPS_A_SECOND; turn += 1) {
    passing(made);
    made += 1;
  }
  samples.push({ minutes: minutes(), megabytes: resident() });
  await sleep(Math.max(0, second + 1000 - performance.now()));
}
const warm = samples.filter((sample) => sample.minutes > MINUTES * WARM_PART);
console.log(
  `soak, ${MINUTES} minutes: ${containers} containers, ${made} cgroups, ${total(watch, ({ sent }) => sent)} events, ${total(watch, ({ dropped }) => dropped)} lost`,
);
console.log(
  `resident: ${warm[0]?.megabytes.toFixed(0)} MB after ${(MINUTES * WARM_PART).toFixed(1)} minutes, ${warm.at(-1)?.megabytes.toFixed(0)} at the end, slope ${slope(warm).toFixed(2)} MB a minute`,
);
await watch.stop();
await engine.stop();
rmSync(folder, { recursive: true, force: true });
process.exit(0);
