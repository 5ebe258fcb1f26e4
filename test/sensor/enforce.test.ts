// Enforcement in real containers: what is not of the image dies before its first instruction, what is of it runs, and nothing of
// it hangs on us being well.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  dockerHindrance,
  ENGINE_TIMEOUT_MS,
  type LabEngine,
  startDocker,
} from "../lab/docker-engine.ts";
import { missingPrograms } from "../lab/programs.ts";
import { LabWatch, sensorHindrance } from "../lab/sensor.ts";

const hindrance = sensorHindrance() ?? dockerHindrance() ?? missingPrograms("busybox");
const NAME = "enforced";
const KILLED = 137;

describe.skipIf(hindrance !== null)(`watch --enforce in Docker (${hindrance ?? "real"})`, () => {
  let engine: LabEngine;
  let folder: string;
  let watch: LabWatch;
  let env: NodeJS.ProcessEnv;

  const docker = (...args: string[]): string =>
    execFileSync("docker", args, { env, stdio: ["ignore", "pipe", "pipe"] }).toString();
  /** Runs a script in the container; gives what it wrote and its exit code. */
  const inside = (script: string): { readonly status: number | null; readonly output: string } => {
    const { status, stdout } = spawnSync("docker", ["exec", NAME, "/bin/sh", "-c", script], {
      env,
    });
    return { status, output: stdout.toString() };
  };

  beforeAll(async () => {
    engine = await startDocker();
    env = { ...process.env, DOCKER_HOST: engine.host };
    folder = mkdtempSync(join(tmpdir(), "bulwark-enforce-"));
    const root = join(folder, "root");
    for (const path of ["bin", "tmp", "etc"]) mkdirSync(join(root, path), { recursive: true });
    cpSync("/bin/busybox", join(root, "bin", "busybox"));
    for (const name of ["sh", "ls", "cp", "chmod", "sleep", "touch", "cat", "mount"]) {
      symlinkSync("busybox", join(root, "bin", name));
    }
    const archive = execFileSync("tar", ["-C", root, "-c", "."], { maxBuffer: 1 << 28 });
    execFileSync("docker", ["import", "-", "bulwark-enforce:1"], {
      env,
      input: archive,
      stdio: ["pipe", "ignore", "pipe"],
    });
    mkdirSync(join(folder, "volume"));
    docker(
      "run",
      "-d",
      "--network=none",
      "--name",
      NAME,
      "-v",
      `${join(folder, "volume")}:/data`,
      "--tmpfs",
      "/run:exec",
      "bulwark-enforce:1",
      "/bin/sleep",
      "1000",
    );
    inside("touch /bin/busybox");
    process.env["DOCKER_HOST"] = engine.host;
    watch = await new LabWatch(["--enforce", NAME, "--without-record"]).started();
    delete process.env["DOCKER_HOST"];
  }, ENGINE_TIMEOUT_MS);

  afterAll(async () => {
    await watch?.stop();
    if (env !== undefined) spawnSync("docker", ["rm", "-f", NAME], { env });
    await engine?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  test("a file of the image that was touched runs", () => {
    expect(inside("ls /bin/busybox")).toEqual({ status: 0, output: "/bin/busybox\n" });
  });

  test.each([
    ["the writable layer", "/tmp/ls"],
    ["a volume", "/data/ls"],
    ["a temporary file system", "/run/ls"],
  ])("a program that was dropped into %s dies before it does anything", async (_, path) => {
    const { status, output } = inside(`cp /bin/busybox ${path}; ${path} /bin`);
    expect({ status, output }).toEqual({ status: KILLED, output: "" });
    const event = await watch.seen((e) => e.killed && e.executable === path, "the kill");
    expect(event.container?.id).toMatch(/^[0-9a-f]{12}$/);
  });

  test("one that a link leads to dies, too", () => {
    mkdirSync(join(folder, "volume", "d"), { recursive: true });
    symlinkSync("../ls", join(folder, "volume", "d", "cat"));
    expect(inside("/data/d/cat /etc").status).toBe(KILLED);
  });

  test("a file of the image whose mode is changed meanwhile may run again at once", async () => {
    inside("chmod 755 /bin/busybox");
    let status: number | null = KILLED;
    for (let attempt = 0; attempt < 50 && status !== 0; attempt += 1) {
      ({ status } = inside("ls /"));
      await sleep(100);
    }
    expect(status).toBe(0);
  });

  test("on the host nothing dies", () => {
    const copy = join(folder, "true");
    cpSync("/bin/busybox", copy);
    expect(spawnSync(copy).status).toBe(0);
  });

  test("stopped, the sensor holds nothing up, and enforcement goes on", () => {
    watch.signal("SIGSTOP");
    try {
      const start = Date.now();
      expect(
        inside("i=0; while [ $i -lt 300 ]; do /bin/ls / >/dev/null; i=$((i+1)); done").status,
      ).toBe(0);
      expect(Date.now() - start).toBeLessThan(20_000);
      expect(inside("/tmp/ls /").status).toBe(KILLED);
    } finally {
      watch.signal("SIGCONT");
    }
  });

  test("killed, it leaves nothing behind that would hold anybody up", async () => {
    watch.signal("SIGKILL");
    let status: number | null = KILLED;
    for (let attempt = 0; attempt < 50 && status !== 0; attempt += 1) {
      await sleep(100);
      ({ status } = inside("/tmp/ls / >/dev/null"));
    }
    expect(status).toBe(0);
  });
});
