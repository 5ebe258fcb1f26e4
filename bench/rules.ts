// Events through the rules that Falco ships, from the frames of the sensor to the alert: `node tools/run.js bench/rules.ts [RULES…]`.
// The floor is one text made of each frame by the runtime: the ratio holds on any machine, the rate on this one.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadRules } from "../src/app/rules.ts";
import { FrameEvent } from "../src/formats/sensor/frame-event.ts";
import { CLONE, EXEC, HEAD, NAMES, OPEN, SOCKET } from "../src/formats/sensor/layout.ts";
import type { Container } from "../src/model/container.ts";
import { EVENT_TYPES, type EventType } from "../src/model/event.ts";

const SHARED = "../shared/fixtures/runtime/falco-rules";
const STOCK = ["falco_rules.yaml", "falco-incubating_rules.yaml"].map((name) => join(SHARED, name));
const given = process.argv.slice(2);
const paths = given.length === 0 ? STOCK : given;
const EVENTS = 200_000;
const ROUNDS = 7;
const RATIO_MAX = 14;

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

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** The last name first, as the sensor has paths. */
function path(value: string): Buffer {
  const names = value.split("/").filter((name) => name !== "");
  return text(
    names
      .reverse()
      .map((name) => `${name}\0`)
      .join(""),
  );
}

function frame(
  type: EventType,
  pid: number,
  size: number,
  strings: readonly Buffer[],
  fill: (bytes: Buffer) => void,
): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(size), ...strings]);
  bytes.writeUInt32LE(bytes.length, HEAD.length);
  bytes.writeUInt16LE(EVENT_TYPES.indexOf(type), HEAD.code);
  bytes.writeUInt32LE(pid, HEAD.pid);
  bytes.writeUInt32LE(pid, HEAD.tid);
  // Half of all processes are in containers.
  bytes.writeUInt32LE(pid % 2 === 0 ? 0 : pid, HEAD.cgroup);
  fill(bytes);
  return bytes;
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

/** Few names come often, and many seldom (Zipf); one of thirty never came before. */
function file(): string {
  const number =
    random(30) === 0 ? random(1e9) : Math.floor(30_000 ** (random(1_000_000) / 1_000_000));
  return `${FILES[number % FILES.length]}${number < FILES.length ? "" : number}`;
}

function exec(pid: number): Buffer {
  const name = pick(PROGRAMS);
  const words = text(
    [`/usr/bin/${name}`, "--config", "/etc/app.conf", "-v"].map((word) => `${word}\0`).join(""),
  );
  const environment = text("PATH=/usr/bin\0HOME=/root\0LANG=C\0");
  return frame(
    "execve",
    pid,
    EXEC.strings,
    [
      text(name),
      text(`/usr/bin/${name}`),
      path(`/usr/bin/${name}`),
      path("/app"),
      words,
      environment,
    ],
    (bytes) => {
      bytes.writeUInt32LE(pid - 1, EXEC.parent);
      bytes.writeUInt32LE(2, EXEC.fileFlags);
    },
  );
}

function open(pid: number): Buffer {
  const name = file();
  const isWritten = random(5) === 0;
  return frame("openat", pid, OPEN.strings, [text(name), path("/app"), path(name)], (bytes) => {
    bytes.writeUInt32LE(isWritten ? 0o1101 : 0o2000000, OPEN.flags);
    bytes.writeUInt32LE(0o100644, OPEN.fileMode);
    bytes.writeInt32LE(3 + random(20), HEAD.result);
  });
}

function connect(pid: number): Buffer {
  return frame("connect", pid, SOCKET.strings, [text("")], (bytes) => {
    bytes.writeInt32LE(9, SOCKET.descriptor);
    bytes.writeUInt16LE(2, SOCKET.family);
    bytes.writeUInt8(1, SOCKET.type);
    bytes.writeUInt8(6, SOCKET.protocol);
    bytes.set([10, 0, 0, 2 + random(20)], SOCKET.local);
    bytes.set([10, 0, 0, 100 + random(50)], SOCKET.remote);
    bytes.writeUInt16LE(30_000 + random(30_000), SOCKET.localPort);
    bytes.writeUInt16LE(5432, SOCKET.remotePort);
    bytes.writeUInt32LE(random(1000), SOCKET.inode);
  });
}

function unlink(pid: number): Buffer {
  return frame(
    "unlinkat",
    pid,
    NAMES.strings,
    [text(`/tmp/cc${random(1000)}.o`), path("/app")],
    () => {},
  );
}

function fork(pid: number): Buffer {
  return frame("clone", pid, CLONE.strings, [text(pick(PROGRAMS))], (bytes) => {
    bytes.writeUInt32LE(pid + 1, CLONE.child);
  });
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
const frames = load();
const bytes = Buffer.concat(frames);

/** Seconds of the processor for something done to every frame. */
function secondsOf(each: (at: number, length: number) => void): number {
  const start = process.cpuUsage();
  let at = 0;
  for (const { length } of frames) {
    each(at, length);
    at += length;
  }
  return process.cpuUsage(start).user / 1e6;
}

let read = 0;
let alerts = 0;

function floor(): number {
  return secondsOf((at, length) => {
    read += bytes.toString("utf8", at + HEAD.size, at + length).length;
  });
}

/** One stream, from its first event. */
function stream(each: (event: FrameEvent) => void): number {
  const event = new FrameEvent(
    {
      find: () => null,
      containerOf: (cgroup) => (cgroup === 0 ? null : (CONTAINERS[cgroup % 20] ?? null)),
      bootedAt: 0,
    },
    { seconds: 1_760_000_000, nanoseconds: 0 },
  );
  return secondsOf((at, length) => {
    if (event.show(bytes, at, length)) each(event);
  });
}

const kinds = {
  "one text of each frame": floor,
  "decoded, one name read": () =>
    stream(({ process, descriptor }) => {
      read += process.name.length + (descriptor?.name.length ?? 0);
    }),
  "decoded, all rules asked": () =>
    stream((event) =>
      engine.run(event.code, event, () => {
        alerts += 1;
      }),
    ),
};
const seconds = Object.values(kinds).map((): number[] => []);
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [i, run] of Object.values(kinds).entries()) seconds[i]?.push(run());
}
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
console.log(
  `${loaded.sensor.rules.length} rules, loaded and compiled in ${loadMs.toFixed(0)} ms of the processor`,
);
for (const [i, name] of Object.keys(kinds).entries()) {
  const rate = Math.round(EVENTS / median(seconds[i] ?? []) / 1000).toLocaleString("en");
  console.log(`${`${name}:`.padEnd(26)} ${rate},000 events a second`);
}
console.log(`${alerts / ROUNDS} alerts a round`);
const [floors = [], , ruled = []] = seconds;
const ratio = median(ruled.map((one, round) => one / (floors[round] ?? Number.NaN)));
console.log(
  `all rules / one text: ${ratio.toFixed(2)} (at most ${RATIO_MAX})${ratio > RATIO_MAX ? " MISSED" : ""}`,
);
process.exitCode = ratio > RATIO_MAX || read === 0 ? 1 : 0;
