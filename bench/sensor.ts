// What a host pays for being watched: loads with and without the sensor in turns, in one run. As root:
// `node tools/run.js bench/sensor.ts`. BENCH_RUNS=9 makes more turns. Ratios are medians of pairs; the rate is of this machine.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { highest, median, seconds, started, stopped } from "./turns.ts";

const RUNS = Number(process.env["BENCH_RUNS"] ?? 7);
const RULES = ["falco_rules.yaml", "falco-incubating_rules.yaml"]
  .map((name) => join("../shared/fixtures/runtime/falco-rules", name))
  .filter((path) => existsSync(path));
const folder = mkdtempSync(join(tmpdir(), "bulwark-bench-"));

if (process.getuid?.() !== 0 || RULES.length === 0) {
  console.log("sensor: not measured: needs root and rules");
  process.exit(0);
}

/** A load that takes about a second; `score` is what it took, smaller is better. */
interface Load {
  readonly name: string;
  readonly allowed: number;
  run(): number;
}

/** Many short programs, and files opened in between: what a compiler driven by make does. */
function compileLoad(): Load {
  const source = join(folder, "small.c");
  writeFileSync(source, '#include <stdio.h>\nint main(void) { return printf("x") == 0; }\n');
  const script = `i=0; while [ $i -lt 25 ]; do gcc -c ${source} -o ${folder}/o; i=$((i+1)); done`;
  return {
    name: "gcc, 25 small files, one after the other",
    allowed: 1.02,
    run: () => seconds(() => execFileSync("/bin/sh", ["-c", script])),
  };
}

function requestLoad(): Load {
  const socket = join(folder, "redis.sock");
  const server = spawn("redis-server", ["--port", "0", "--unixsocket", socket, "--save", ""], {
    stdio: "ignore",
  });
  process.on("exit", () => server.kill());
  spawnSync("sleep", ["1"]);
  return {
    name: "redis-benchmark, 60,000 requests of SET and GET",
    allowed: 1.05,
    run: () =>
      seconds(() =>
        execFileSync(
          "redis-benchmark",
          ["-s", socket, "-n", "60000", "-c", "20", "-t", "set,get", "-q"],
          { stdio: "ignore" },
        ),
      ),
  };
}

const isHere = (program: string): boolean => spawnSync("which", [program]).status === 0;

async function measure({ name, allowed, run }: Load): Promise<void> {
  const ratios: number[] = [];
  const still: number[] = [];
  let memory = 0;
  run();
  for (let turn = 0; turn < RUNS; turn += 1) {
    const without = run();
    const again = run();
    const child = await started([
      "--format",
      "json",
      ...RULES.flatMap((rules) => ["--rules", rules]),
    ]);
    // A sensor is started once and then runs for weeks: what its code costs until it is compiled is not the load's.
    run();
    const withSensor = run();
    memory = Math.max(memory, highest(child.pid ?? 0));
    await stopped(child);
    ratios.push((2 * withSensor) / (without + again));
    still.push(again / without);
  }
  const verdict = median(ratios) <= allowed ? "ok" : "OVER";
  console.log(
    `${name}: ${median(ratios).toFixed(3)} times (allowed ${allowed}; without and without again ${median(still).toFixed(3)}; of ${RUNS}): ${verdict}; sensor at most ${memory.toFixed(0)} MB`,
  );
}

/** As many events as one writer makes, and what of them was lost. */
async function flood(): Promise<void> {
  const child = await started([
    "--format",
    "json",
    "--quiet",
    "--record",
    join(folder, "flood.events"),
  ]);
  let counts: readonly { type: string; sent: number; dropped: number }[] = [];
  child.stdout?.on("data", (piece: Buffer) => {
    for (const line of piece.toString().split("\n")) {
      if (line.startsWith('{"kind":"state"')) counts = JSON.parse(line).counts;
    }
  });
  const program = "import os\nfor i in range(400000):\n os.close(os.open('/etc/hostname', 0))\n";
  const took = seconds(() => execFileSync("python3", ["-c", program]));
  await sleep(2500);
  await stopped(child);
  const opened = counts.filter(({ type }) => type === "openat");
  const sent = opened.reduce((sum, kind) => sum + kind.sent, 0);
  const dropped = opened.reduce((sum, kind) => sum + kind.dropped, 0);
  console.log(
    `flood: ${Math.round(sent / took).toLocaleString("en")} events a second, recorded; ${dropped} of ${sent} lost`,
  );
}

if (isHere("gcc")) await measure(compileLoad());
else console.log("gcc: not here");
if (isHere("redis-benchmark")) await measure(requestLoad());
else console.log("redis-benchmark: not here");
await flood();
rmSync(folder, { recursive: true, force: true });
process.exit(0);
