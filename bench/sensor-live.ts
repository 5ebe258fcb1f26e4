// How soon an alert comes, and what the sensor takes with many containers. As root, with a Docker Engine that can be started:
// `node tools/run.js bench/sensor-live.ts`. BENCH_CONTAINERS=20 for fewer of them.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { EventCount } from "../src/model/watching.ts";
import { dockerHindrance, startDocker } from "../test/lab/docker-engine.ts";
import { LabWatch, sensorHindrance } from "../test/lab/sensor.ts";

const CONTAINERS = Number(process.env["BENCH_CONTAINERS"] ?? 100);
const MARKS = 300;
const EVENTS_A_SECOND = 10_000;
const MARK_RULE = `- rule: Bench mark
  desc: d
  condition: evt.type = execve and proc.args startswith bulwark-mark
  output: "%proc.args"
  priority: NOTICE
`;

const hindrance = sensorHindrance() ?? dockerHindrance();
if (hindrance !== null) {
  console.log(`sensor, live: not measured: ${hindrance}`);
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), "bulwark-live-"));
const marks = join(folder, "mark.yaml");
writeFileSync(marks, MARK_RULE);
const STOCK = ["falco_rules.yaml", "falco-incubating_rules.yaml"]
  .map((name) => join("../shared/fixtures/runtime/falco-rules", name))
  .filter((path) => existsSync(path));

const ARGS = [marks, ...STOCK].flatMap((path) => ["--rules", path]);

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

function at(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** Opens files at a steady rate, in small bursts, until it is killed. */
const STEADY = `import os, time
per, began, done = ${EVENTS_A_SECOND / 100}, time.monotonic(), 0
while True:
    for _ in range(per):
        os.close(os.open('/etc/hostname', 0))
    done += 1
    time.sleep(max(0, began + done / 100 - time.monotonic()))
`;

async function latency(): Promise<void> {
  const watch = await new LabWatch(ARGS).started();
  const delays: number[] = [];
  watch.onAlert = ({ rule, time }) => {
    if (rule === "Bench mark") delays.push(Date.now() - Date.parse(time));
  };
  const load = spawn("python3", ["-c", STEADY]);
  await sleep(2000);
  const counts = (): readonly EventCount[] => watch.state?.counts ?? [];
  const before = sum(counts().map(({ sent }) => sent));
  const began = performance.now();
  for (let mark = 0; mark < MARKS; mark += 1) {
    spawnSync("/bin/echo", [`bulwark-mark-${mark}`]);
    await sleep(20);
  }
  await sleep(1500);
  const seconds = (performance.now() - began) / 1000;
  load.kill();
  const sent = sum(counts().map((count) => count.sent)) - before;
  const dropped = sum(counts().map((count) => count.dropped));
  console.log(
    `latency at ${Math.round(sent / seconds).toLocaleString("en")} events a second: median ${at(delays, 0.5)} ms, p99 ${at(delays, 0.99)} ms (wanted 20), ${delays.length} of ${MARKS} marks told, ${dropped} lost`,
  );
  await watch.stop();
}

function memory(pid: number, row: "VmRSS" | "VmHWM"): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`${row}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
}

async function manyContainers(): Promise<void> {
  const engine = await startDocker();
  const env = { ...process.env, DOCKER_HOST: engine.host };
  const root = join(folder, "root");
  mkdirSync(join(root, "bin"), { recursive: true });
  cpSync("/bin/busybox", join(root, "bin", "busybox"));
  const input = execFileSync("tar", ["-C", root, "-c", "."], { maxBuffer: 1 << 28 });
  execFileSync("docker", ["import", "-", "bulwark-live:1"], { env, input });
  const watch = await new LabWatch(ARGS).started();
  const { pid } = watch;
  const alone = memory(pid, "VmRSS");
  for (let number = 0; number < CONTAINERS; number += 1) {
    const program = ["/bin/busybox", "sh", "-c", "while :; do /bin/busybox sleep 1; done"];
    spawnSync("docker", ["run", "-d", "--network=none", "bulwark-live:1", ...program], { env });
  }
  await sleep(10_000);
  console.log(
    `${CONTAINERS} containers: ${memory(pid, "VmRSS").toFixed(0)} MB resident, at most ${memory(pid, "VmHWM").toFixed(0)} (wanted 150; ${alone.toFixed(0)} before them)`,
  );
  await watch.stop();
  await engine.stop();
}

await latency();
await manyContainers();
rmSync(folder, { recursive: true, force: true });
process.exit(0);
