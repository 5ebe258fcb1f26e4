// Many processes append to one log, and some of them are killed while they do.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { walked } from "../../src/io/evidence/test-support/made-log.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** Appends one decision after the other, and says of each that it is on the disk: `name hash`. */
const WRITER = `
import { EvidenceLog } from "./src/io/evidence/log.ts";
const [folder, name, count, segmentBytesMax] = process.argv.slice(2);
const setting = { env: {}, now: () => new Date().toISOString(), tool: "writer", segmentBytesMax: Number(segmentBytesMax) };
for (let i = 0; i < Number(count); i += 1) {
  // Anew each time, as one command after the other would.
  const log = new EvidenceLog(folder, setting);
  const decision = {
    action: "gate", command: "test", outcome: "allow", reasons: [],
    subject: { name: name + "-" + i, digest: null }, policy: null, data: null,
    actor: { kind: "user", name: "anna", host: null }, pipeline: null,
  };
  const { hash } = await log.append([{ kind: "decision", decision }]);
  process.stdout.write(name + "-" + i + " " + hash + "\\n");
}
`;

const cache = join(ROOT, "node_modules/.cache/bulwark");
const program = join(cache, `evidence-writer-${process.pid}.mjs`);
let folder = "";

beforeAll(async () => {
  mkdirSync(cache, { recursive: true });
  await build({
    stdin: { contents: WRITER, resolveDir: ROOT, loader: "ts" },
    ...{ bundle: true, platform: "node", format: "esm", packages: "external" },
    outfile: program,
    logLevel: "error",
  });
}, 60_000);
afterAll(() => rmSync(program, { force: true }));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bulwark-writers-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Writer {
  readonly child: ChildProcess;
  /** The lines that it said, whole ones only. */
  readonly ended: Promise<readonly string[]>;
}

function write(name: string, count: number, segmentBytesMax: number): Writer {
  const log = join(folder, "log");
  const args = [program, log, name, String(count), String(segmentBytesMax)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const out: Buffer[] = [];
  child.stdout.on("data", (piece: Buffer) => out.push(piece));
  const ended = new Promise<readonly string[]>((done) => {
    child.on("close", () => done(Buffer.concat(out).toString().split("\n").slice(0, -1)));
  });
  return { child, ended };
}

test("six processes at once keep one chain, in which everything stands once", {
  timeout: 120_000,
}, async () => {
  const writers = ["a", "b", "c", "d", "e", "f"].map((name) => write(name, 25, 20_000));
  const said = (await Promise.all(writers.map(({ ended }) => ended))).flat();
  const check = await walked(join(folder, "log"));
  expect(check).toMatchObject({ fault: null, notes: [], decisions: 150 });
  expect(check.files).toBeGreaterThan(2);
  expect([...check.names].sort()).toEqual(said.map((line) => line.split(" ")[0]).sort());
});

test("processes that are killed leave a log that is sound, with everything that they said was there", {
  timeout: 120_000,
}, async () => {
  const said: string[] = [];
  for (let round = 0; round < 8; round += 1) {
    const writers = ["a", "b"].map((name) => write(`${name}${round}`, 100_000, 8000));
    await new Promise((resolve) => setTimeout(resolve, 350 + 23 * round));
    for (const { child } of writers) child.kill("SIGKILL");
    for (const { ended } of writers) said.push(...(await ended));
  }
  // Whoever comes next waits for nobody who is gone.
  said.push(...(await write("last", 1, 8000).ended));
  const check = await walked(join(folder, "log"));
  expect(check.fault).toBeNull();
  expect(said.at(-1)).toMatch(/^last-0 /);
  const there = new Set(check.names);
  expect(said.filter((line) => !there.has(line.split(" ")[0] ?? ""))).toEqual([]);
  expect(new Set(check.names).size).toBe(check.names.length);
});
