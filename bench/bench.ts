// `npm run bench`: ratios of one run on one machine. Single times mean nothing on a shared machine; medians of runs in turn,
// divided by the median of a floor that does the same unavoidable work, do.
//
//   BENCH_PEER=/path/to/trivy npm run bench   adds a peer: a Trivy that can run offline
//   BENCH_RUNS=20 npm run bench               more runs
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { BENCH, image, realImage } from "./layout.ts";
import { type Contender, type Figures, measure, verdictLine } from "./measure.ts";
import { writePackages } from "./packages.ts";
import { writeObjects, writeRules } from "./policies.ts";
import { syntheticFolders, syntheticRecords } from "./synthetic.ts";

const RUNS = Number(process.env["BENCH_RUNS"] ?? 7);
const PEER = process.env["BENCH_PEER"];
const NODE = process.execPath;
const BULWARK = [NODE, "bin/bulwark.js"];
const HOME = join(BENCH, "home");
const STORE = join(BENCH, "store");
const env = {
  BULWARK_CACHE_DIR: join(HOME, "cache"),
  BULWARK_DATA_DIR: join(HOME, "data"),
  BULWARK_DB: STORE,
};
const nothing: Contender = { name: "node -e 0", command: [NODE, "-e", "0"] };
const lines: string[] = [];

function contender(name: string, args: readonly string[], prepare?: () => void): Contender {
  const command = [...BULWARK, ...args];
  return prepare === undefined ? { name, command, env } : { name, command, env, prepare };
}

const forget = (): void => rmSync(HOME, { recursive: true, force: true });

function table(title: string, figures: readonly Figures[]): Map<string, Figures> {
  console.log(`\n${title}`);
  for (const { name, wall, cpu, residentMax } of figures) {
    const columns = [
      `${wall.toFixed(3)} s`,
      `${cpu.toFixed(3)} s cpu`,
      `${residentMax.toFixed(0)} MB`,
    ];
    console.log(`  ${name.padEnd(34)} ${columns.map((c) => c.padStart(12)).join(" ")}`);
  }
  return new Map(figures.map((f) => [f.name, f]));
}

function ratio(figures: Map<string, Figures>, a: string, b: string, what: "wall" | "cpu"): number {
  return (figures.get(a)?.[what] ?? Number.NaN) / (figures.get(b)?.[what] ?? Number.NaN);
}

function start(): void {
  const figures = table("start", measure([nothing, contender("--help", ["--help"])], 20));
  lines.push(
    verdictLine("bulwark --help / node -e 0", ratio(figures, "--help", "node -e 0", "wall"), 1.6),
  );
}

function store(): void {
  // Beside the project; this file runs as a bundle, so its own address says nothing.
  const data = resolve("../shared/data/osv");
  if (!existsSync(data)) {
    console.log("\nstore: left out (shared data absent)");
    return;
  }
  const zips = `for z in ${data}/*/all.zip; do unzip -p "$z"; done`;
  const figures = table(
    "advisory store",
    measure(
      [
        { name: "unzip -p", command: ["sh", "-c", `${zips} >/dev/null`] },
        contender("db build", ["db", "build", "--from", data, "--db", STORE]),
      ],
      3,
    ),
  );
  lines.push(
    verdictLine("db build / unzip -p", ratio(figures, "db build", "unzip -p", "wall"), 12),
  );
  lines.push(
    verdictLine("db build, resident", figures.get("db build")?.residentMax ?? 0, 1000, "MB"),
  );
}

/** One of ten packages named by advisories is more than most images have; all of them is the worst that can come. */
async function matching(): Promise<void> {
  if (!existsSync(STORE)) return;
  const outfile = join(BENCH, "match.mjs");
  const entryPoints = ["bench/match.ts"];
  await build({
    entryPoints,
    outfile,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
  });
  const contenders = [10, 1].map((everyNth): Contender => {
    const list = join(BENCH, `packages-${everyNth}.json`);
    writePackages(list, { store: STORE, count: 500, everyNth });
    return { name: `1 of ${everyNth} affected`, command: [NODE, outfile, STORE, list] };
  });
  const figures = table(
    "open the store, match 500 packages",
    measure([nothing, ...contenders], 20),
  );
  for (const { name } of contenders)
    lines.push(
      verdictLine(
        `match 500 packages, ${name} / node -e 0`,
        ratio(figures, name, "node -e 0", "wall"),
        2,
      ),
    );
}

function growth(): void {
  const small = syntheticRecords(100_000);
  const large = syntheticRecords(500_000);
  const build = (name: string, from: string): Contender =>
    contender(name, ["db", "build", "--from", from, "--db", join(BENCH, "growth")]);
  const figures = table(
    "growing store",
    measure([build("100,000", small), build("500,000", large)], 1),
  );
  lines.push(
    verdictLine(
      "500,000 records / 100,000 records, CPU",
      ratio(figures, "500,000", "100,000", "cpu"),
      6,
    ),
  );
}

async function scans(): Promise<void> {
  const { layout, blobs, compressedBytes } = await realImage();
  console.log(
    `\nimage: ${blobs.length} layers, ${(compressedBytes / 1e6).toFixed(0)} MB compressed`,
  );
  const args = ["scan", `oci:${layout}`, "--offline", "--format", "json"];
  const floor: Contender = { name: "floor", command: [NODE, "bench/floor.js", ...blobs] };
  const cold = table(
    "cold",
    measure([floor, contender("bulwark", args, forget), ...peer(layout, true)], RUNS),
  );
  lines.push(verdictLine("cold scan / floor", ratio(cold, "bulwark", "floor", "wall"), 1.3));
  lines.push(verdictLine("cold scan, resident", cold.get("bulwark")?.residentMax ?? 0, 300, "MB"));
  execFileSync(NODE, ["bin/bulwark.js", ...args], {
    env: { ...process.env, ...env },
    stdio: "ignore",
    maxBuffer: 1 << 30,
  });
  const warm = table(
    "warm",
    measure([nothing, contender("bulwark", args), ...peer(layout, false)], RUNS),
  );
  lines.push(verdictLine("warm scan / node -e 0", ratio(warm, "bulwark", "node -e 0", "wall"), 4));
  if (PEER === undefined) return;
  lines.push(verdictLine("cold scan / peer", ratio(cold, "bulwark", "peer", "wall"), 1 / 1.6));
  lines.push(verdictLine("cold scan / peer, CPU", ratio(cold, "bulwark", "peer", "cpu"), 1));
  lines.push(verdictLine("warm scan / peer", ratio(warm, "bulwark", "peer", "wall"), 1 / 2));
}

/** Packages only, as we do; and without a network. */
function peer(layout: string, isCold: boolean): Contender[] {
  if (PEER === undefined) return [];
  const cache = join(BENCH, "peer-cache");
  const out = ["-q", "--cache-dir", cache, "image", "--input", layout, "--format", "cyclonedx"];
  const command = [PEER, ...out, "--offline-scan", "-o", join(BENCH, "peer.json")];
  const base = { name: "peer", command };
  return [
    isCold ? { ...base, prepare: () => rmSync(cache, { recursive: true, force: true }) } : base,
  ];
}

async function linear(): Promise<void> {
  const figures: Contender[] = [];
  for (const layers of [1, 10, 40]) {
    const { layout } = await image(`layers-${layers}`, syntheticFolders(layers, 25));
    figures.push(contender(`${layers} layers`, ["scan", `oci:${layout}`, "--offline"], forget));
  }
  for (const packages of [100, 10_000]) {
    const { layout } = await image(`packages-${packages}`, syntheticFolders(1, packages));
    figures.push(contender(`${packages} packages`, ["scan", `oci:${layout}`, "--offline"], forget));
  }
  const measured = table("growing images", measure([nothing, ...figures], 5));
  const above = (name: string): number =>
    (measured.get(name)?.wall ?? 0) - (measured.get("node -e 0")?.wall ?? 0);
  lines.push(
    verdictLine(
      "40 layers / 10 layers, above node -e 0",
      above("40 layers") / above("10 layers"),
      6,
    ),
  );
  lines.push(
    verdictLine(
      "10,000 packages / 100 packages",
      ratio(measured, "10000 packages", "100 packages", "wall"),
      40,
    ),
  );
}

/** What runs in a process of its own, and says its own verdicts. */
function part(title: string, file: string): void {
  console.log(`\n${title}`);
  const { status, stdout, stderr } = spawnSync(NODE, ["tools/run.js", file], { encoding: "utf8" });
  console.log(stdout.trimEnd().replaceAll(/^/gm, "  "));
  const verdicts = stdout.split("\n").filter((line) => /^(?:ok {2}|OVER)/.test(line));
  if (verdicts.length === 0 && status !== 0)
    throw new Error(`${file} ended with ${status}:\n${stderr}`);
  lines.push(...verdicts);
}

/** Policies are read by every gate and check, so that their rules are counted in shares of what Node itself takes to start. */
async function policies(): Promise<void> {
  const outdir = join(BENCH, "policy");
  const js = "import{createRequire as __r}from'node:module';const require=__r(import.meta.url);";
  const define = { BULWARK_VERSION: '"0"', BULWARK_CATALOGERS: '"0"' };
  await build({
    entryPoints: { policy: "bench/policy.ts" },
    outdir,
    outExtension: { ".js": ".mjs" },
    define,
    banner: { js },
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: "node",
  });
  const rules = (count: number): string => join(outdir, `rules-${count}.yaml`);
  const objects = (count: number): string => join(outdir, `objects-${count}.yaml`);
  for (const count of [100, 500, 1000]) writeRules(rules(count), count);
  for (const count of [1, 10, 100]) writeObjects(objects(count), count);
  const node = measure([nothing], 10)[0]?.cpu ?? Number.NaN;
  const taken = (policy: string, containers: number): PolicyTimes => {
    const command = [join(outdir, "policy.mjs"), policy, objects(containers)];
    const runs = Array.from({ length: 5 }, () =>
      JSON.parse(execFileSync(NODE, command, { encoding: "utf8" })),
    ) as PolicyTimes[];
    const middle = (what: keyof PolicyTimes): number =>
      runs.map((run) => run[what]).sort((a, b) => a - b)[2] ?? Number.NaN;
    return { load: middle("load"), decide: middle("decide") };
  };
  console.log(`\npolicies, in ms of the processor; node -e 0 takes ${(node * 1000).toFixed(0)}`);
  const byRules = [100, 500, 1000].map((count) => taken(rules(count), 10));
  const byContainers = [1, 10, 100].map((count) => taken("pss-restricted", count));
  for (const [title, times] of [
    ["100, 500, 1,000 rules, 10 containers", byRules],
    ["pss-restricted, 1, 10, 100 containers", byContainers],
  ] as const)
    for (const what of ["load", "decide"] as const)
      console.log(
        `  ${title.padEnd(40)} ${what.padEnd(7)} ${times.map((t) => t[what].toFixed(1)).join(", ")}`,
      );
  const [few, some, many] = byRules;
  const [one, , hundred] = byContainers;
  const share = (a: number | undefined, b: number | undefined): number =>
    (a ?? Number.NaN) / (b ?? Number.NaN);
  lines.push(
    // 300 ms where Node takes 45.
    verdictLine("load 500 rules / node -e 0, CPU", share(some?.load, node * 1000), 6.7),
    verdictLine("load 1,000 rules / 100 rules, CPU", share(many?.load, few?.load), 12),
    verdictLine("decide by 1,000 rules / 100 rules, CPU", share(many?.decide, few?.decide), 12),
    verdictLine("decide on 100 containers / 1, CPU", share(hundred?.decide, one?.decide), 120),
  );
  const lint = ["policy", "lint", rules(500)];
  const whole = table("policy lint", measure([nothing, contender("500 rules", lint)], 10));
  lines.push(
    verdictLine(
      "policy lint of 500 rules / node -e 0",
      ratio(whole, "500 rules", "node -e 0", "wall"),
      8,
    ),
  );
}

interface PolicyTimes {
  readonly load: number;
  readonly decide: number;
}

start();
await policies();
store();
await matching();
await scans();
await linear();
growth();
part("signatures", "bench/trust.ts");
part("admission", "bench/admission.ts");
part("secrets", "bench/secrets.ts");
part("access", "bench/access.ts");
part("checks", "bench/checks.ts");
console.log(`\n${lines.join("\n")}`);
process.exitCode = lines.some((line) => line.startsWith("OVER")) ? 1 : 0;
