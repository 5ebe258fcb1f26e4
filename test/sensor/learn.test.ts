// Learning in a real container: what it was seen to need becomes a profile with which it runs, and without which it does not; what
// it was not seen to do raises one alert.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { importBusybox } from "../lab/busybox-image.ts";
import {
  dockerHindrance,
  ENGINE_TIMEOUT_MS,
  type LabEngine,
  startDocker,
} from "../lab/docker-engine.ts";
import { missingPrograms } from "../lab/programs.ts";
import { LabWatch, sensorHindrance } from "../lab/sensor.ts";

const hindrance = sensorHindrance() ?? dockerHindrance() ?? missingPrograms("busybox");
const COMMAND = resolve(import.meta.dirname, "../../bin/bulwark.js");
const NAME = "learned-web";
const IMAGE = "bulwark-learn:1";
/** What it does all day. */
const WORK =
  "wget -q -O- http://127.0.0.1/; echo x > /var/log/a; chown 7 /var/log/a; nslookup db.example.org 127.0.0.1; true";

/** Whether this kernel can tell what a profile would have refused. */
function writesDown(): boolean {
  const actions = "/proc/sys/kernel/seccomp/actions_logged";
  const isAsked = existsSync(actions) && /\blog\b/.test(readFileSync(actions, "utf8"));
  return (
    isAsked &&
    spawnSync("dmesg", { encoding: "utf8", maxBuffer: 1 << 28 }).stdout.includes("audit(")
  );
}

/** A server that takes its time: a program that never waited while it was learned makes other calls when it has to. */
const WAIT =
  "(printf 'HTTP/1.0 200 OK\\r\\n\\r\\n'; sleep 1; echo) | nc -l -p 81 & sleep 0.3; wget -q -O- http://127.0.0.1:81/; wait";

interface Seen {
  readonly kind: string;
  readonly name?: string;
  readonly path?: string;
  readonly port?: number;
  readonly allowed?: boolean;
  readonly sawStart?: boolean;
  readonly sawEnd?: boolean;
}

describe.skipIf(hindrance !== null)(`watch learn in Docker (${hindrance ?? "real"})`, () => {
  let engine: LabEngine;
  let folder: string;
  let env: NodeJS.ProcessEnv;
  let seen: readonly Seen[] = [];

  const docker = (...args: string[]): string =>
    execFileSync("docker", args, { env, stdio: ["ignore", "pipe", "pipe"] }).toString();
  const inside = (script: string): string =>
    spawnSync("docker", ["exec", NAME, "/bin/sh", "-c", script], { env }).stdout.toString();
  const start = (...options: string[]): string =>
    docker("run", "-d", "--network=none", "--name", NAME, ...options, IMAGE, ...SERVER);
  const SERVER = ["/bin/busybox", "httpd", "-f", "-p", "80", "-h", "/www"];
  const served = async (): Promise<void> => {
    for (let i = 0; i < 100 && inside("wget -q -O- http://127.0.0.1/") !== "hello\n"; i += 1)
      await sleep(100);
  };

  beforeAll(async () => {
    engine = await startDocker();
    folder = mkdtempSync(join(tmpdir(), "bulwark-learn-"));
    env = { ...process.env, DOCKER_HOST: engine.host, BULWARK_DATA_DIR: join(folder, "data") };
    importBusybox(
      {
        name: IMAGE,
        programs: ["wget", "chown", "mkdir", "id", "nslookup", "nc", "sleep"],
        folders: ["var/log"],
        files: { "www/index.html": "hello\n" },
      },
      env,
    );
    const recording = join(folder, "web.ndjson");
    const args = [COMMAND, "watch", "learn", NAME, "--output", recording];
    const learning = spawn(process.execPath, args, { env, stdio: ["ignore", "ignore", "pipe"] });
    const ended = new Promise((done) => learning.once("exit", done));
    await new Promise<void>((begun) => {
      let said = "";
      learning.stderr.on("data", (piece: Buffer) => {
        said += piece.toString();
        if (said.includes("watching ")) begun();
      });
    });
    start();
    await served();
    inside(WAIT);
    inside(WORK);
    // What the kernel keeps is read once a second, and before a cgroup is forgotten.
    docker("rm", "-f", NAME);
    await sleep(1500);
    learning.kill("SIGINT");
    await ended;
    seen = readFileSync(recording, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Seen);
  }, ENGINE_TIMEOUT_MS);

  afterAll(async () => {
    if (env !== undefined) spawnSync("docker", ["rm", "-f", NAME], { env });
    await engine?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  const of = (kind: string): readonly Seen[] => seen.filter((one) => one.kind === kind);

  test("is a recording of one container, from its start to its end", () => {
    expect(of("container")).toMatchObject([{ name: NAME, sawStart: true, sawEnd: true }]);
  });

  test("has what the container did, and nothing of the runtime that began it", () => {
    expect(of("write").map(({ path }) => path)).toEqual(["/var/log/a"]);
    expect(of("listen").map(({ port }) => port)).toEqual([80, 81]);
    expect(of("name").map(({ name }) => name)).toContain("db.example.org");
    expect(new Set(of("execute").map(({ path }) => path))).toEqual(new Set(["/bin/busybox"]));
    const calls = of("syscall").map(({ name }) => name);
    expect(calls).toEqual(expect.arrayContaining(["accept", "listen", "chown"]));
    expect(calls.filter((name) => ["pivot_root", "mount", "setns"].includes(name ?? ""))).toEqual(
      [],
    );
    const had = of("capability").filter(({ allowed }) => allowed);
    expect(had.map(({ name }) => name)).toEqual(["CHOWN"]);
  });

  describe("makes a profile", () => {
    const profile = (): string => join(folder, "least", `${NAME}-${NAME}.seccomp.json`);
    const withProfile = (): string =>
      start("--security-opt", `seccomp=${profile()}`, "--cap-drop=ALL", "--cap-add=CHOWN");
    const minimize = (...args: string[]) =>
      spawnSync(
        process.execPath,
        [COMMAND, "access", "minimize", "--output", join(folder, "least"), ...args],
        // What the kernel wrote until now, as a pipe would hand it over.
        {
          env,
          input: execFileSync("dmesg", ["--time-format", "iso"], { maxBuffer: 1 << 28 }),
          encoding: "utf8",
        },
      );
    const learned = ["--events", join(tmpdir(), "set below")];
    const enforce = [
      ...["--seccomp-stage", "enforce", "--kernel-log", "-", "--for", "1s", "--format", "json"],
    ];
    const answer = (text: string): unknown =>
      (JSON.parse(text) as { profiles: { trial: unknown }[] }).profiles[0]?.trial;

    beforeAll(() => {
      learned[1] = join(folder, "web.ndjson");
      expect(minimize(...learned).stdout).toContain("stage log");
    });
    afterEach(() => {
      spawnSync("docker", ["rm", "-f", NAME], { env });
    });

    test("that nobody has in force yet, so that nothing is known of it", () => {
      const { status, stdout } = minimize(...learned, ...enforce);
      expect(status).toBe(4);
      expect(answer(stdout)).toMatchObject({ answer: "unknown" });
    });

    test.skipIf(!writesDown())(
      "that lets through what was not seen, writes it down, and may not refuse then (the kernel has to write it)",
      async () => {
        withProfile();
        await served();
        expect(inside("mkdir /tmp/x || echo refused")).toBe("");
        await sleep(1500);
        const { status, stdout } = minimize(...learned, ...enforce);
        expect(answer(stdout)).toMatchObject({
          answer: "called",
          calls: [{ call: "mkdir", program: "/bin/busybox", times: 1 }],
        });
        expect(status).toBe(3);
      },
    );

    test("that refuses when nothing was written down, with which it works and nothing else does", async () => {
      withProfile();
      await served();
      expect(inside(`${WORK} >/dev/null; echo worked`)).toContain("worked");
      await sleep(1500);
      if (writesDown()) {
        // A log speaks up to its last line.
        appendFileSync("/dev/kmsg", "a line of now\n");
        const { status, stdout } = minimize(...learned, ...enforce);
        expect(answer(stdout)).toMatchObject({ answer: "clear" });
        expect(status).toBe(0);
      } else minimize(...learned, "--seccomp-stage", "enforce", "--without-record");
      docker("rm", "-f", NAME);
      withProfile();
      await served();
      expect(inside(`${WORK} >/dev/null; echo worked`)).toContain("worked");
      expect(inside("mkdir /tmp/x || echo refused")).toBe("refused\n");
    });

    test("from which there is a way back", async () => {
      expect(minimize("--roll-back").stdout).toContain("stage log, from enforce");
      withProfile();
      await served();
      expect(inside("mkdir /tmp/x || echo refused")).toBe("");
    });
  });

  test("is what the next image begins with", async () => {
    execFileSync("docker", ["tag", IMAGE, "bulwark-learn:old"], { env });
    importBusybox({ name: IMAGE, programs: ["sleep"] }, env);
    const args = [COMMAND, "watch", "learn", NAME, "--for", "10s"];
    const learning = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    let told = "";
    learning.stdout.on("data", (piece: Buffer) => {
      told += piece.toString();
    });
    const ended = new Promise((done) => learning.once("exit", done));
    await new Promise<void>((begun) => {
      let said = "";
      learning.stderr.on("data", (piece: Buffer) => {
        said += piece.toString();
        if (said.includes("watching ")) begun();
      });
    });
    docker("run", "-d", "--network=none", "--name", NAME, IMAGE, "/bin/sleep", "600");
    expect(await ended).toBe(0);
    docker("rm", "-f", NAME);
    expect(told).toMatch(/began with what sha256:\w+ was seen to do/);
    expect(told).toMatch(/, 2 ports, /);
    docker("tag", "bulwark-learn:old", IMAGE);
  }, 60_000);

  test("raises one alert for all that it was not seen to do at a time", async () => {
    start();
    Object.assign(process.env, { BULWARK_DATA_DIR: env["BULWARK_DATA_DIR"] });
    const asked = ["--baseline", "kept", "--container", NAME, "--rules", "none"];
    const watch = await new LabWatch(asked).started();
    delete process.env["BULWARK_DATA_DIR"];
    inside(WORK);
    inside("id; mkdir /tmp/y; echo evil > /bin/evil");
    // What comes later is told by itself, and is another cause.
    await sleep(7000);
    inside("echo more > /bin/later");
    await sleep(1500);
    await watch.stop();
    const rule = "Behaviour outside of the baseline";
    expect(watch.alerts.map((one) => one.rule)).toEqual([rule, rule]);
    const [alert, later] = watch.alerts;
    expect(later?.output).toContain("wrote /bin/later");
    expect(later?.output).not.toContain("/bin/evil");
    expect(later?.fields["baseline.behaviour"]).not.toBe(alert?.fields["baseline.behaviour"]);
    expect(alert?.output).toContain("wrote /bin/evil");
    expect(Object.values(alert?.fields ?? {})).toContain("called mkdir");
    expect(alert?.output).not.toContain("wget");
    expect(alert?.fields["container.name"]).toBe(NAME);
    expect(alert?.fields["baseline.anomalies"]).toBeGreaterThanOrEqual(3);
  }, 30_000);
});
