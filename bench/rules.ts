// Events through the rules that Falco ships, from the frames of the sensor to the alert: `node tools/run.js bench/rules.ts [RULES…]`.
// The floor is the same frames decoded by the same reader without any rule: the ratio holds on any machine, the rate on this one.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadRules } from "../src/app/rules.ts";
import { FrameEvent } from "../src/formats/sensor/frame-event.ts";
import { CLONE, EXEC, HEAD, NAMES, OPEN, SOCKET } from "../src/formats/sensor/layout.ts";
import { EVENT_TYPES, type EventType } from "../src/model/event.ts";

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

const random = randomOf(7);
const pick = (list: readonly string[]): string => list[random(list.length)] ?? "";

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
  const file = pick(FILES);
  const isWritten = random(5) === 0;
  return frame("openat", pid, OPEN.strings, [text(file), path("/app"), path(file)], (bytes) => {
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

/** Seconds of the processor for all events. */
function secondsOf(each: (event: FrameEvent) => void): number {
  const event = new FrameEvent(
    { find: () => null, containerOf: () => null, bootedAt: 0 },
    { seconds: 1_760_000_000, nanoseconds: 0 },
  );
  const start = process.cpuUsage();
  let at = 0;
  for (const { length } of frames) {
    if (event.show(bytes, at, length)) each(event);
    at += length;
  }
  return process.cpuUsage(start).user / 1e6;
}

let read = 0;
let alerts = 0;
const floor = (event: FrameEvent): void => {
  read += event.process.name.length + (event.descriptor?.name.length ?? 0);
};
const ruled = (event: FrameEvent): void => {
  engine.run(event.code, event, () => {
    alerts += 1;
  });
};
const floors: number[] = [];
const ruleds: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  floors.push(secondsOf(floor));
  ruleds.push(secondsOf(ruled));
}
const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const rate = (seconds: number): string =>
  `${Math.round(EVENTS / seconds / 1000).toLocaleString("en")},000 events a second`;
console.log(
  `${loaded.sensor.rules.length} rules, loaded and compiled in ${loadMs.toFixed(0)} ms of the processor`,
);
console.log(`decoded, one name read:  ${rate(median(floors))}`);
console.log(`decoded, all rules asked: ${rate(median(ruleds))}, ${alerts / ROUNDS} alerts a round`);
const ratio = median(ruleds) / median(floors);
console.log(
  `all rules / one name: ${ratio.toFixed(2)} (at most 3.5)${ratio > 3.5 ? " MISSED" : ""}`,
);
process.exitCode = ratio > 3.5 || read === 0 ? 1 : 0;
