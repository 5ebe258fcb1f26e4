// An hour of ordinary containers: nginx, redis, PostgreSQL, Node.js and cron of Debian's packages, with health checks, log rotation and
// package installation each minute. Our default set has to be quiet about them, while it finds every attack that is played beside them;
// Falco's own rules watch, too, and what they say is told apart. As root: `npm run quiet`, `npm run quiet -- --minutes 5` for less.
// The exit code is 1 when something was not as wanted.
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { dockerHindrance, startDocker } from "../test/lab/docker-engine.ts";
import { missingPrograms } from "../test/lab/programs.ts";
import { LabWatch, sensorHindrance } from "../test/lab/sensor.ts";
import { makeCanaryImage } from "../test/sensor/own/canaries.ts";
import {
  DEBIAN_CHORES,
  DEBIAN_IMAGE,
  DEBIAN_SERVICES,
  makeDebianImage,
  ONLINE_CHORE,
} from "../test/sensor/quiet/debian.ts";
import {
  type CanaryFound,
  Findings,
  isNoise,
  type OrdinaryNoise,
} from "../test/sensor/quiet/findings.ts";
import { Stretch } from "../test/sensor/quiet/stretch.ts";
import { stockRules, total } from "./stand.ts";

const MINUTE_MS = 60_000;
/** Canaries are played so often, at most. */
const ROUNDS = 6;
const CANARIES_MIN = 10;
/** Events that are on their way when the last container ends. */
const SETTLE_MS = 3_000;

const { values } = parseArgs({ options: { minutes: { type: "string", default: "60" } } });
const minutes = Number(values.minutes);

const hindrance = sensorHindrance() ?? dockerHindrance() ?? missingPrograms("busybox", "clang");
if (hindrance !== null || !(minutes > 0)) {
  console.log(`quiet: not measured: ${hindrance ?? "--minutes takes a number"}`);
  process.exit(hindrance === null ? 2 : 0);
}
const engine = await startDocker();
const reason = await makeDebianImage(engine);
if (reason !== null) {
  console.log(`quiet: not measured: ${reason}`);
  await engine.stop();
  process.exit(0);
}
makeCanaryImage(engine);

const own = await new LabWatch(["--quiet"]).started();
const stock = await new LabWatch(stockRules()).started();
const stretch = new Stretch(engine, DEBIAN_IMAGE, DEBIAN_SERVICES);
const found = new Findings(own, stretch);
const ofStock = new Findings(stock, stretch);

await stretch.start();
const began = performance.now();
const between = Math.max(1, Math.floor(minutes / ROUNDS));
let rounds = 0;
for (let minute = 0; performance.now() - began < minutes * MINUTE_MS; minute += 1) {
  const chores = minute === 0 ? [...DEBIAN_CHORES, ONLINE_CHORE] : DEBIAN_CHORES;
  const work: Promise<void>[] = [stretch.do(chores)];
  if (minute % between === 0) {
    work.push(stretch.playCanaries(rounds));
    rounds += 1;
  }
  await Promise.all(work);
  await sleep(Math.max(0, (minute + 1) * MINUTE_MS - (performance.now() - began)));
}
await sleep(SETTLE_MS);
const health = await stretch.health();
const codes = await Promise.all([own.stop(), stock.stop()]);

const faults: string[] = [];
if (codes.some((code) => code !== 0)) faults.push(`a sensor ended with ${codes.join(", ")}`);
const lasted = ((performance.now() - began) / MINUTE_MS).toFixed(1);
console.log(`quiet, ${lasted} minutes of ordinary containers`);
for (const { name, status, checks } of health) {
  console.log(`  ${name}: ${status}, ${checks} health checks`);
  if (status !== "healthy" || checks === 0) faults.push(`${name} is ${status}, ${checks} checks`);
}
for (const [name, times] of stretch.done) console.log(`  ${name}: ${times} times`);
for (const failure of stretch.failed) faults.push(`failed: ${failure}`);

tellCounts("the default set", own, found);
tellCounts("Falco's stock rules", stock, ofStock);

const noise = found.ordinary().filter(isNoise);
console.log("\nalerts of ordinary containers, default set, Warning and above: must be none");
tellNoise(noise);
for (const { rule, container } of noise) faults.push(`noise: ${rule} in ${container}`);
console.log("alerts of ordinary containers, default set, below");
tellNoise(found.ordinary().filter((one) => !isNoise(one)));
console.log("alerts of ordinary containers, Falco's stock rules (not ours; not judged)");
tellNoise(ofStock.ordinary());

const canaries = found.canaries(rounds);
console.log(`\ncanaries, ${rounds} rounds: each has to be found by its rule`);
tellCanaries(canaries);
if (new Set(canaries.map(({ rule }) => rule)).size < CANARIES_MIN) faults.push("too few canaries");
for (const { rule, round, latencyMs } of canaries) {
  if (latencyMs === null) faults.push(`not found: ${rule}, round ${round + 1}`);
}

console.log(faults.length === 0 ? "\nas wanted" : `\nnot as wanted:\n  ${faults.join("\n  ")}`);
stretch.stop();
await engine.stop();
process.exit(faults.length === 0 ? 0 : 1);

/** Of the whole host: what others do there is counted, too. */
function tellCounts(title: string, watch: LabWatch, { lost }: Findings): void {
  const sent = total(watch, (count) => count.sent);
  console.log(`\nevents of this host, ${title}: ${sent}, lost ${lost.join(", ") || "none"}`);
  const kinds = [...(watch.state?.counts ?? [])].filter((one) => one.sent > 0 || one.dropped > 0);
  for (const { type, sent, dropped } of kinds.sort((a, b) => b.sent - a.sent))
    console.log(`  ${type.padEnd(18)} ${String(sent).padStart(10)} seen  ${dropped} lost`);
  for (const kind of lost) faults.push(`lost: ${kind} (${title})`);
}

function tellNoise(all: readonly OrdinaryNoise[]): void {
  if (all.length === 0) console.log("  none");
  for (const { rule, priority, container, count, output } of all)
    console.log(`  ${priority.padEnd(13)} ${rule} in ${container}, ×${count}\n    ${output}`);
}

function tellCanaries(canaries: readonly CanaryFound[]): void {
  const byRule = new Map<string, CanaryFound[]>();
  for (const one of canaries) byRule.set(one.rule, [...(byRule.get(one.rule) ?? []), one]);
  for (const [rule, played] of byRule) {
    const latencies = played.flatMap(({ latencyMs }) => latencyMs ?? []);
    const isAll = latencies.length === played.length;
    const seen = isAll ? "found" : `FOUND ${latencies.length} OF ${played.length} TIMES`;
    const latest = latencies.length === 0 ? "" : `, within ${Math.max(...latencies)} ms`;
    console.log(`  ${rule}: ${seen}${latest}`);
  }
}
