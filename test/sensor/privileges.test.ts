// What `bulwark watch` may do after its first event: no more than it says, in every thread, and that is enough for all that it does.
import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CAPABILITIES } from "../../src/model/capabilities.data.ts";
import { missingPrograms } from "../lab/programs.ts";
import { LabWatch, sensorHindrance } from "../lab/sensor.ts";

const hindrance = sensorHindrance() ?? missingPrograms("setpriv");
const COMMAND = resolve(import.meta.dirname, "../../bin/bulwark.js");

const ALWAYS = ["BPF", "DAC_READ_SEARCH", "PERFMON", "SYS_PTRACE"];

/** Of every thread: what it may do, may come to do, and whether it can gain anything; each different answer once. */
function rightsOf(pid: number): string[] {
  const answers = readdirSync(`/proc/${pid}/task`).map((task) => {
    const text = readFileSync(`/proc/${pid}/task/${task}/status`, "utf8");
    const names = ["CapEff", "CapPrm", "CapBnd"].map((field) => {
      const bits = BigInt(`0x${new RegExp(`${field}:\\t(\\w+)`).exec(text)?.[1] ?? "0"}`);
      return CAPABILITIES.filter((_, bit) => (bits >> BigInt(bit)) % 2n === 1n)
        .sort()
        .join(" ");
    });
    return `${[...new Set(names)].join(" | ")}, gains ${/NoNewPrivs:\t1/.test(text) ? "nothing" : "more"}`;
  });
  expect(answers.length).toBeGreaterThan(4);
  return [...new Set(answers)];
}

function only(...more: string[]): string[] {
  return [`${[...ALWAYS, ...more].sort().join(" ")}, gains nothing`];
}

const RULE = `- rule: Marked
  desc: d
  condition: evt.type = execve and proc.args startswith marked
  output: "%proc.cmdline"
  priority: NOTICE
`;

describe.skipIf(hindrance !== null)(`rights of the sensor (${hindrance ?? "real"})`, () => {
  const folder = mkdtempSync(join(tmpdir(), "bulwark-rights-"));
  const rules = join(folder, "rules.yaml");
  /** Another account's, who lets nobody else in. */
  const home = join(folder, "home");
  let watch: LabWatch | null = null;

  const begin = async (
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
    within: readonly string[] = [],
  ): Promise<LabWatch> => {
    const place = { env: { ...process.env, XDG_DATA_HOME: join(folder, "data"), ...env } };
    watch = await new LabWatch(["--rules", rules, ...args], place, within).started();
    const marked = watch.alerted(({ rule }) => rule === "Marked", "an event");
    execFileSync("/bin/echo", ["marked"]);
    await marked;
    return watch;
  };

  beforeAll(() => {
    writeFileSync(rules, RULE);
    mkdirSync(home);
    chmodSync(home, 0o700);
    chownSync(home, 1000, 1000);
  });

  afterAll(async () => {
    await watch?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  test("rules alone need the four that a service has, and are read again with them", async () => {
    const { pid } = await begin([]);
    expect(rightsOf(pid)).toEqual(only());
    writeFileSync(
      rules,
      RULE.replace(
        "evt.type = execve and proc.args startswith marked",
        "evt.type = mkdir and evt.arg.path endswith marked-folder",
      ).replace("Marked", "Made"),
    );
    watch?.signal("SIGHUP");
    await watch?.reloaded(1);
    mkdirSync(join(folder, "marked-folder"));
    await watch?.alerted(
      ({ rule }) => rule === "Made",
      "what a kind of event tells that nobody asked for before",
    );
    expect(rightsOf(pid)).toEqual(only());
    writeFileSync(rules, RULE);
    expect(await watch?.stop()).toBe(0);
  }, 60_000);

  test("comparing with images needs one more", async () => {
    const { pid } = await begin(["--observe", "*"]);
    expect(rightsOf(pid)).toEqual(only("CHECKPOINT_RESTORE"));
    await watch?.stop();
  }, 60_000);

  test("a recording in a folder of root's needs none, one in another account's needs one, and is written", async () => {
    const { pid } = await begin(["--record", join(folder, "root.events")]);
    expect(rightsOf(pid)).toEqual(only());
    await watch?.stop();
    const path = join(home, "their.events");
    const theirs = await begin(["--record", path, "--to", `file:${join(home, "alerts")}`]);
    expect(rightsOf(theirs.pid)).toEqual(only("DAC_OVERRIDE"));
    await watch?.stop();
    expect(statSync(path).size).toBeGreaterThan(100);
    expect(readFileSync(join(home, "alerts"), "utf8")).toContain("Marked");
  }, 60_000);

  test("where nothing can be given up that is said, and it goes on", async () => {
    const within = ["setpriv", "--bounding-set=-setpcap"];
    await begin([], {}, within);
    expect(watch?.said).toContain("cannot give up privileges that are not needed");
    await watch?.stop();
  }, 60_000);

  test("learning gives up the rest as well", async () => {
    const mask = ALWAYS.reduce((sum, name) => sum | (1n << BigInt(CAPABILITIES.indexOf(name))), 0n);
    const wanted = `CapEff:\t${mask.toString(16).padStart(16, "0")}`;
    const child = spawn(process.execPath, [COMMAND, "watch", "learn"], {
      env: { ...process.env, XDG_DATA_HOME: join(folder, "data") },
      stdio: "ignore",
    });
    try {
      const status = (): string => readFileSync(`/proc/${child.pid}/status`, "utf8");
      const end = Date.now() + 20_000;
      const isAtWork = (): boolean => (Number(/Threads:\t(\d+)/.exec(status())?.[1]) || 0) > 8;
      while (!(status().includes(wanted) && isAtWork()) && Date.now() < end) await sleep(50);
      expect(status()).toContain(wanted);
      expect(rightsOf(child.pid ?? 0)).toEqual(only());
    } finally {
      child.kill("SIGKILL");
    }
  }, 30_000);
});
