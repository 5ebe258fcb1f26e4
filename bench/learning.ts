// What learning and drift-watching cost a container, beside the sensor itself: loads in a container of Docker, by turns, in one run. As
// root: `node tools/run.js bench/learning.ts`. BENCH_RUNS=9 makes more turns. Ratios are medians of pairs.
import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { dockerHindrance, startDocker } from "../test/lab/docker-engine.ts";
import { missingPrograms } from "../test/lab/programs.ts";
import { sensorHindrance } from "../test/lab/sensor.ts";
import { cpuOf, median, spread, started, stopped } from "./turns.ts";

const RUNS = Number(process.env["BENCH_RUNS"] ?? 7);
/**
 * Processor time of a load with learning, to the same without the sensor. A server that does little but system calls pays for each
 * of them, and more than half of that is what the kernel takes to call any program at all.
 */
const ALLOWED = { gcc: 1.05, redis: 1.2 } as const;
const NAME = "bulwark-load";
const IMAGE = "bulwark-load:1";
const RULES = ["falco_rules.yaml", "falco-incubating_rules.yaml"]
  .map((name) => join("../shared/fixtures/runtime/falco-rules", name))
  .filter((path) => existsSync(path))
  .flatMap((path) => ["--rules", path]);

const hindrance =
  sensorHindrance() ??
  dockerHindrance() ??
  missingPrograms("gcc", "redis-server", "redis-benchmark", "ldd", "strace");
if (hindrance !== null || RULES.length === 0) {
  console.log(`learning: not measured: ${hindrance ?? "no rules"}`);
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), "bulwark-learning-"));
const engine = await startDocker();
Object.assign(process.env, { DOCKER_HOST: engine.host, BULWARK_DATA_DIR: join(folder, "data") });

const SOURCE = '#include <stdio.h>\nint main(void) { return printf("x") == 0; }\n';
const COMPILE = "gcc -c /small.c -o /tmp/o";

/** Every file that the loads open, out of this machine: an image in which they are the image's own. */
function makeImage(): void {
  const root = join(folder, "root");
  const source = join(folder, "small.c");
  writeFileSync(source, SOURCE);
  const trace = join(folder, "trace");
  execFileSync("strace", [
    "-f",
    "-o",
    trace,
    "-e",
    "trace=execve,openat",
    "gcc",
    "-c",
    source,
    "-o",
    join(folder, "o"),
  ]);
  const opened = [
    ...readFileSync(trace, "utf8").matchAll(/"(\/(?:usr|lib|lib64|bin)\/[^"]+)".*= \d+$/gm),
  ];
  const programs = [
    "/bin/sh",
    "/usr/bin/redis-server",
    "/usr/bin/redis-benchmark",
    "/usr/bin/date",
    "/usr/bin/sleep",
  ];
  const libraries = programs.flatMap((path) =>
    [
      ...execFileSync("ldd", [path])
        .toString()
        .matchAll(/(\/\S+) \(0x/g),
    ].map(([, found = ""]) => found),
  );
  for (const path of ["bin", "lib", "lib64"]) {
    mkdirSync(join(root, "usr", path), { recursive: true });
    if (existsSync(`/${path}`) && lstatSync(`/${path}`).isSymbolicLink())
      cpSync(`/${path}`, join(root, path), { recursive: true, verbatimSymlinks: true });
  }
  for (const path of new Set([
    ...opened.map(([, found = ""]) => found),
    ...programs,
    ...libraries,
  ])) {
    const place = join(root, path);
    if (!existsSync(path) || lstatSync(path).isDirectory() || existsSync(place)) continue;
    mkdirSync(dirname(place), { recursive: true });
    cpSync(path, place, { dereference: true });
  }
  for (const path of ["tmp", "etc"]) mkdirSync(join(root, path), { recursive: true });
  cpSync(source, join(root, "small.c"));
  const input = execFileSync("tar", ["-C", root, "-c", "."], { maxBuffer: 1 << 30 });
  execFileSync("docker", ["import", "-", IMAGE], { input, stdio: ["pipe", "ignore", "inherit"] });
}

interface Load {
  readonly name: keyof typeof ALLOWED;
  readonly says: string;
  readonly script: string;
}

const LOADS: readonly Load[] = [
  {
    name: "gcc",
    says: "gcc, 25 small files, one after the other",
    script: `i=0; while [ $i -lt 25 ]; do ${COMPILE}; i=$((i+1)); done`,
  },
  {
    name: "redis",
    says: "redis-benchmark, 60,000 requests of SET and GET",
    script: "redis-benchmark -s /tmp/redis.sock -n 60000 -c 20 -t set,get -q >/dev/null",
  },
];

/** What one run of a load came to, in seconds. */
interface Took {
  /** Of the processor, by all processes of the container: what others do on the machine counts little. */
  readonly cpu: number;
  /** As the container itself measures it: entering it is not the load's. */
  readonly wall: number;
}

function run({ script }: Load): Took {
  const timed = `a=$(date +%s%N); ${script}; echo $(( $(date +%s%N) - a ))`;
  const before = cpuSeconds();
  const said = execFileSync("docker", ["exec", NAME, "/bin/sh", "-c", timed]).toString();
  return { cpu: cpuSeconds() - before, wall: Number(said.trim().split("\n").at(-1)) / 1e9 };
}

function cpuSeconds(): number {
  const pid = execFileSync("docker", ["inspect", "-f", "{{.State.Pid}}", NAME]).toString().trim();
  const cgroups = readFileSync(`/proc/${pid}/cgroup`, "utf8");
  const [, old] = /^\d+:[^:]*\bcpuacct\b[^:]*:(.*)$/m.exec(cgroups) ?? [];
  if (old !== undefined)
    return Number(readFileSync(`/sys/fs/cgroup/cpuacct${old}/cpuacct.usage`, "utf8")) / 1e9;
  const [, path = ""] = /^0::(.*)$/m.exec(cgroups) ?? [];
  const stat = readFileSync(`/sys/fs/cgroup${path}/cpu.stat`, "utf8");
  return Number(/usage_usec (\d+)/.exec(stat)?.[1]) / 1e6;
}

/** Asks for the same events as learning does, and matches none. */
function sameEvents(): string {
  const path = join(folder, "same.yaml");
  const types =
    "open, openat, openat2, creat, connect, accept, accept4, listen, bind, sendto, sendmsg, rename, renameat, renameat2, unlink, unlinkat, rmdir, mkdir, mkdirat, symlink, symlinkat, link, linkat, chmod, fchmod, fchmodat, execve, execveat, procexit";
  writeFileSync(
    path,
    `- rule: Never\n  desc: d\n  condition: container.id != host and evt.type in (${types}) and proc.name = nobody-has-this-name\n  output: o\n  priority: NOTICE\n`,
  );
  return path;
}

interface Way {
  readonly name: string;
  readonly args: readonly string[];
}

const KINDS = ["cpu", "wall"] as const;
type Ratio = Readonly<Record<(typeof KINDS)[number], number>>;

const ratioOf = (of: (kind: keyof Took) => number): Ratio => ({ cpu: of("cpu"), wall: of("wall") });

/** `1.02 (0.01 apart), wall 1.03 (0.10 apart)`. */
function texts(ratios: readonly Ratio[]): string {
  return KINDS.map((kind) => {
    const values = ratios.map((one) => one[kind]);
    return `${kind} ${median(values).toFixed(3)} (middle half ${spread(values).toFixed(3)} apart)`;
  }).join(", ");
}

/** A run, and the seconds that another process took of the processor meanwhile. */
function beside(load: Load, pid: number): readonly [Took, number] {
  const before = cpuOf(pid);
  const took = run(load);
  return [took, cpuOf(pid) - before];
}

async function measure(load: Load, ways: readonly Way[]): Promise<void> {
  const ratios = new Map(ways.map(({ name }) => [name, [] as Ratio[]]));
  /** What the sensor took itself, beside the load. */
  const own = new Map(ways.map(({ name }) => [name, [] as number[]]));
  const still: Ratio[] = [];
  const busy: number[] = [];
  run(load);
  for (let turn = 0; turn < RUNS; turn += 1) {
    let before = run(load);
    for (const { name, args } of ways) {
      const child = await started(args);
      // A sensor is started once and then runs for weeks: what its code costs until it is compiled is not the load's.
      run(load);
      const [took, spent] = beside(load, child.pid ?? 0);
      own.get(name)?.push(spent / took.cpu);
      await stopped(child);
      const [last, after] = [before, run(load)];
      ratios.get(name)?.push(ratioOf((kind) => (2 * took[kind]) / (last[kind] + after[kind])));
      still.push(ratioOf((kind) => after[kind] / last[kind]));
      before = after;
    }
    busy.push(loadavg()[0] ?? Number.NaN);
  }
  const of = (name: string): readonly Ratio[] => ratios.get(name) ?? [];
  const pairs = (name: string, to: string): Ratio[] =>
    of(name).map((one, i) => ratioOf((kind) => one[kind] / (of(to)[i]?.[kind] ?? Number.NaN)));
  console.log(`${load.says}, in a container, of ${RUNS} turns, to the same without the sensor:`);
  console.log(`  without again: ${texts(still)}; load of the machine ${median(busy).toFixed(1)}`);
  for (const [name, values] of ratios)
    console.log(
      `  ${name}: ${texts(values)}; the sensor itself ${median(own.get(name) ?? []).toFixed(2)}`,
    );
  console.log(`  learn to same events: ${texts(pairs("learn", "same events"))}`);
  console.log(`  rules and baseline to rules: ${texts(pairs("rules and baseline", "rules"))}`);
  const verdict = median(of("learn").map(({ cpu }) => cpu)) <= ALLOWED[load.name] ? "ok" : "OVER";
  console.log(`  learn, cpu, allowed ${ALLOWED[load.name]}: ${verdict}`);
}

async function begin(): Promise<string> {
  makeImage();
  execFileSync("docker", [
    "run",
    "-d",
    "--network=none",
    "--name",
    NAME,
    IMAGE,
    "/usr/bin/sleep",
    "36000",
  ]);
  execFileSync("docker", [
    "exec",
    "-d",
    NAME,
    "/usr/bin/redis-server",
    "--port",
    "0",
    "--unixsocket",
    "/tmp/redis.sock",
    "--save",
    "",
  ]);
  spawnSync("sleep", ["1"]);
  const baseline = join(folder, "baseline.ndjson");
  const learning = await started(["learn", NAME, "--output", baseline]);
  for (const load of LOADS) run(load);
  spawnSync("sleep", ["2"]);
  await stopped(learning);
  return baseline;
}

const waysWith = (baseline: string): readonly Way[] => [
  { name: "same events", args: ["--format", "json", "--rules", sameEvents()] },
  { name: "learn", args: ["learn", NAME] },
  { name: "rules", args: ["--format", "json", ...RULES] },
  { name: "rules and baseline", args: ["--format", "json", ...RULES, "--baseline", baseline] },
];
const OBSERVE: Way = { name: "observe", args: ["--format", "json", "--observe", NAME] };
try {
  const ways = waysWith(await begin());
  for (const load of LOADS) await measure(load, load.name === "gcc" ? [...ways, OBSERVE] : ways);
} finally {
  spawnSync("docker", ["rm", "-f", NAME], { stdio: "ignore" });
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
