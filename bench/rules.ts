// Events through the rules that Falco ships, from the frames of the sensor to the alert: `node tools/run.js bench/rules.ts [RULES…]`.
// The floor is one text made of each frame by the runtime: the ratio holds on any machine, the rate on this one.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadRules } from "../src/app/rules.ts";
import { FrameEvent } from "../src/formats/sensor/frame-event.ts";
import { HEAD } from "../src/formats/sensor/layout.ts";
import type { Container } from "../src/model/container.ts";
import type { EventType } from "../src/model/event.ts";
import {
  execFrame,
  type FrameHead,
  forkFrame,
  namesFrame,
  openFrame,
  socketFrame,
} from "../test/sensor-frames.ts";

const SHARED = "../shared/fixtures/runtime/falco-rules";
const STOCK = ["falco_rules.yaml", "falco-incubating_rules.yaml"].map((name) => join(SHARED, name));
const given = process.argv.slice(2);
const paths = given.length === 0 ? STOCK : given;
const EVENTS = 200_000;
const ROUNDS = 7;

if (paths.some((path) => !existsSync(path))) {
  console.log(`rules: not measured, because there is no ${paths.join(", ")}: name rule files`);
  process.exit(0);
}

/** The same numbers in every run. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const PROGRAMS = [
  "node",
  "nginx",
  "postgres",
  "redis-server",
  "python3",
  "bash",
  "git",
  "make",
  "cc1",
  "ld",
];
const FILES = [
  "/usr/lib/x86_64-linux-gnu/libc.so.6",
  "/etc/ld.so.cache",
  "/app/node_modules/express/lib/router/index.js",
  "/var/lib/postgresql/15/main/base/16384/2619",
  "/proc/self/status",
  "/etc/hosts",
  "/tmp/cc8Tq1.o",
  "/var/log/nginx/access.log",
  "/usr/share/zoneinfo/Europe/Berlin",
  "/data/redis/appendonly.aof",
];

const CONTAINERS: readonly Container[] = Array.from({ length: 20 }, (_, i) => ({
  id: i.toString(16).padStart(64, "a"),
  name: `service-${i}`,
  engine: "docker",
  image: null,
  pod: null,
  labels: {},
  isPrivileged: false,
  mounts: [],
  startedAt: 1_760_000_000_000,
  problems: [],
}));

const random = randomOf(7);
const pick = (list: readonly string[]): string => list[random(list.length)] ?? "";

/** Half of all processes are in containers, and names are many; else all are of the host, and the same names come again and again. */
let isMixed = false;

/** Few names come often, and many seldom (Zipf); one of thirty never came before. */
function file(): string {
  if (!isMixed) return pick(FILES);
  const number =
    random(30) === 0 ? random(1e9) : Math.floor(30_000 ** (random(1_000_000) / 1_000_000));
  return `${FILES[number % FILES.length]}${number < FILES.length ? "" : number}`;
}

function headOf(type: EventType, pid: number, result = 0): FrameHead {
  return { type, pid, result, cgroup: pid % 2 === 0 || !isMixed ? 0 : pid };
}

function exec(pid: number): Buffer {
  const name = pick(PROGRAMS);
  const path = `/usr/bin/${name}`;
  return execFrame(headOf("execve", pid), {
    name,
    path,
    cwd: "/app",
    words: [path, "--config", "/etc/app.conf", "-v"],
    environment: ["PATH=/usr/bin", "HOME=/root", "LANG=C"],
    parent: pid - 1,
    fileFlags: 2,
  });
}

function open(pid: number): Buffer {
  const name = file();
  const flags = random(5) === 0 ? 0o1101 : 0o2000000;
  const opening = { name, folder: "/app", realPath: name, flags, mode: 0o100644 };
  return openFrame(headOf("openat", pid, 3 + random(20)), opening);
}

function connect(pid: number): Buffer {
  return socketFrame(headOf("connect", pid), {
    family: 2,
    type: 1,
    protocol: 6,
    local: [10, 0, 0, 2 + random(20)],
    remote: [10, 0, 0, 100 + random(50)],
    localPort: 30_000 + random(30_000),
    remotePort: 5432,
    path: "",
    inode: random(1000),
  });
}

function unlink(pid: number): Buffer {
  return namesFrame(headOf("unlinkat", pid), [`/tmp/cc${random(1000)}.o`], "/app");
}

function fork(pid: number): Buffer {
  return forkFrame(headOf("clone", pid), pid + 1, pick(PROGRAMS));
}

/** A busy host: mostly files, some programs, some connections. */
function load(): readonly Buffer[] {
  const frames: Buffer[] = [];
  for (let i = 0; i < EVENTS; i += 1) {
    const pid = 1000 + random(400);
    const die = random(100);
    if (die < 72) frames.push(open(pid));
    else if (die < 80) frames.push(exec(pid));
    else if (die < 86) frames.push(fork(pid));
    else if (die < 94) frames.push(connect(pid));
    else frames.push(unlink(pid));
  }
  return frames;
}

const texts = paths.map((one) => ({ path: one, text: readFileSync(one, "utf8") }));
const loading = process.cpuUsage();
const loaded = loadRules(texts);
const engine = loaded.sensor.engine("first");
const loadMs = process.cpuUsage(loading).user / 1000;
console.log(
  `${loaded.sensor.rules.length} rules, loaded and compiled in ${loadMs.toFixed(0)} ms of the processor`,
);

/** Frames one after the other. */
interface Stream {
  readonly bytes: Buffer;
  readonly lengths: Int32Array;
}

function streamOf(mixed: boolean): Stream {
  isMixed = mixed;
  const frames = load();
  return { bytes: Buffer.concat(frames), lengths: Int32Array.from(frames, (one) => one.length) };
}

/** Seconds of the processor for something done to every frame. */
function secondsOf(lengths: Int32Array, each: (at: number, length: number) => void): number {
  const start = process.cpuUsage();
  let at = 0;
  for (let i = 0; i < lengths.length; i += 1) {
    const length = lengths[i] as number;
    each(at, length);
    at += length;
  }
  return process.cpuUsage(start).user / 1e6;
}

let read = 0;
let alerts = 0;
const alerted = (): void => {
  alerts += 1;
};

function floor({ bytes, lengths }: Stream): number {
  return secondsOf(lengths, (at, length) => {
    read += bytes.toString("utf8", at + HEAD.size, at + length).length;
  });
}

/** From the first event on. */
function decoded({ bytes, lengths }: Stream, each: (event: FrameEvent) => void): number {
  const event = new FrameEvent(
    {
      find: () => null,
      containerOf: (cgroup) => (cgroup === 0 ? null : (CONTAINERS[cgroup % 20] ?? null)),
      bootedAt: 0,
    },
    { seconds: 1_760_000_000, nanoseconds: 0 },
  );
  return secondsOf(lengths, (at, length) => {
    if (event.show(bytes, at, length)) each(event);
  });
}

const KINDS: Readonly<Record<string, (stream: Stream) => number>> = {
  "one text of each frame": floor,
  "decoded, one name read": (stream) =>
    decoded(stream, ({ process, descriptor }) => {
      read += process.name.length + (descriptor?.name.length ?? 0);
    }),
  "decoded, all rules asked": (stream) =>
    decoded(stream, (event) => engine.run(event.code, event, alerted)),
};
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** @returns whether all rules took no longer than they may. */
function measure(title: string, stream: Stream, ratioMax: number): boolean {
  const seconds = Object.values(KINDS).map((): number[] => []);
  alerts = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [i, run] of Object.values(KINDS).entries()) seconds[i]?.push(run(stream));
  }
  console.log(`${title}, ${alerts / ROUNDS} alerts a round`);
  for (const [i, name] of Object.keys(KINDS).entries()) {
    const rate = Math.round(EVENTS / median(seconds[i] ?? []) / 1000).toLocaleString("en");
    console.log(`  ${`${name}:`.padEnd(26)} ${rate},000 events a second`);
  }
  const [floors = [], , ruled = []] = seconds;
  const ratio = median(ruled.map((one, round) => one / (floors[round] ?? Number.NaN)));
  const verdict = ratio > ratioMax ? " MISSED" : "";
  console.log(`  all rules / one text: ${ratio.toFixed(2)} (at most ${ratioMax})${verdict}`);
  return ratio <= ratioMax;
}

const isSame = measure("names that come again, of the host", streamOf(false), 4.5);
const isOther = measure("containers, and many names", streamOf(true), 5);
process.exitCode = isSame && isOther && read > 0 ? 0 : 1;
