// What searching content for secrets costs: a part of bench.ts, or alone with `node tools/run.js bench/secrets.ts`. A folder and an
// image are scanned with and without it, and the folder by a peer as well, where there is one (`BENCH_PEER`).
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { secretReader } from "../src/app/secret-search.ts";
import { BENCH, realImage } from "./layout.ts";
import { type Contender, type Figures, measure, verdictLine } from "./measure.ts";

const RUNS = Number(process.env["BENCH_RUNS"] ?? 3);
const PEER = process.env["BENCH_PEER"];
const HOME = join(BENCH, "home-of-secrets");
const env = { BULWARK_CACHE_DIR: join(HOME, "cache"), BULWARK_DATA_DIR: join(HOME, "data") };
const forget = (): void => rmSync(HOME, { recursive: true, force: true });
const lines: string[] = [];

function bulwark(name: string, args: readonly string[]): Contender {
  const command = [process.execPath, "bin/bulwark.js", "scan", ...args, "--offline"];
  return { name, command, env, prepare: forget };
}

function* filesBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
}

const TEXT = /\.(?:[cm]?[jt]s|json|md|map|ya?ml|txt|css|html)$/;
const TEXT_BYTES_MAX = 120e6;

/** Texts of this project's packages, without links: what all contenders read. */
function textTree(): string {
  const tree = join(BENCH, "texts");
  if (existsSync(tree)) return tree;
  const installed = resolve("node_modules");
  let total = 0;
  for (const path of filesBelow(installed)) {
    if (!TEXT.test(path) || total > TEXT_BYTES_MAX) continue;
    total += statSync(path).size;
    // Peers leave out folders of this name.
    const place = join(tree, path.slice(installed.length));
    mkdirSync(join(place, ".."), { recursive: true });
    cpSync(path, place, { dereference: true });
  }
  return tree;
}

type Texts = readonly (readonly [path: string, bytes: Buffer])[];

/** Seconds of one core for searching alone. */
function secondsFor(texts: Texts): number {
  const reader = secretReader();
  const before = process.cpuUsage();
  for (const [path, content] of texts) reader.file(path, content);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

const bytesOf = (texts: Texts): number => texts.reduce((sum, [, { length }]) => sum + length, 0);

/** The median of three, in megabytes a second of one core. */
function speedOf(texts: Texts): number {
  const speeds = [1, 2, 3].map(() => bytesOf(texts) / 1e6 / secondsFor(texts));
  return speeds.sort((a, b) => a - b)[1] ?? Number.NaN;
}

/** Texts that were made to cost much, each a megabyte. */
const CRAFTED = [
  "token=",
  'password="x',
  "host=a;user=Password=",
  "eyJaaaaaaaaaaaaaaa.eyJ ",
  '{"kty"',
  "LS0tLS1CRUdJTi",
  "kind: Secret\ndata:\n  a: QUFBQUFB\n",
  `${"-".repeat(5)}BEGIN PGP PRIVATE KEY BLOCK${"-".repeat(5)}${"\n".repeat(200)}`,
  "curl -u a:B7",
];

function searching(tree: string): void {
  const texts: Texts = [...filesBelow(tree)].map((path) => [path, readFileSync(path)]);
  const half = texts.filter((_, i) => i % 2 === 0);
  // Once without counting, so that what is compiled while it runs is compiled.
  secondsFor(texts);
  const speed = speedOf(texts);
  const bySize = speedOf(half) / speed;
  const slowest = Math.min(
    ...CRAFTED.map((word) =>
      speedOf([["a.env", Buffer.from(word.repeat((1 << 20) / word.length))]]),
    ),
  );
  console.log(
    `\nsecrets: ${(bytesOf(texts) / 1e6).toFixed(0)} MB of text, ${speed.toFixed(0)} MB/s a core; made to cost much: ${slowest.toFixed(1)} MB/s`,
  );
  lines.push(verdictLine("30 MB/s / searching texts, a core", 30 / speed, 1));
  lines.push(verdictLine("searching a byte of all texts / of half of them", bySize, 1.3));
  lines.push(verdictLine("searching crafted texts / texts", speed / slowest, 150));
}

function shown(title: string, figures: readonly Figures[]): (name: string) => Figures {
  console.log(`\n${title}`);
  for (const { name, wall, cpu, residentMax } of figures)
    console.log(
      `  ${name.padEnd(34)} ${wall.toFixed(2)} s ${cpu.toFixed(2)} s cpu ${residentMax.toFixed(0)} MB`,
    );
  const missing = { name: "", wall: Number.NaN, cpu: Number.NaN, residentMax: Number.NaN };
  return (name) => figures.find((f) => f.name === name) ?? missing;
}

const tree = textTree();
searching(tree);
const peer = (): Contender[] => {
  if (PEER === undefined) return [];
  const args = [
    "fs",
    "--scanners",
    "secret",
    "--skip-db-update",
    "--offline-scan",
    "--cache-dir",
    join(HOME, "peer"),
    "-q",
    tree,
  ];
  return [{ name: "peer", command: [PEER, ...args], prepare: forget }];
};
const folders = shown(
  "a folder of texts",
  measure(
    [
      bulwark("without", [`rootfs:${tree}`]),
      bulwark("with --secrets", [`rootfs:${tree}`, "--secrets"]),
      ...peer(),
    ],
    RUNS,
  ),
);
if (PEER !== undefined)
  lines.push(
    verdictLine(
      "scan --secrets / peer, CPU",
      folders("with --secrets").cpu / folders("peer").cpu,
      0.125,
    ),
  );
const target = `oci:${(await realImage()).layout}`;
const images = shown(
  "an image",
  measure(
    [bulwark("image", [target]), bulwark("image with --secrets", [target, "--secrets"])],
    RUNS,
  ),
);
const share = images("image with --secrets").cpu / images("image").cpu;
lines.push(verdictLine("image with --secrets / without, CPU", share, 4));
console.log(`\n${lines.join("\n")}`);
process.exitCode = lines.some((line) => line.startsWith("OVER")) ? 1 : 0;
