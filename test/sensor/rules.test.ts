// Stock rules and our own over what really happens in a container of Docker: what an alert says of it (stock.test.ts has a step for
// each stock rule).
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  dockerHindrance,
  ENGINE_TIMEOUT_MS,
  type LabEngine,
  startDocker,
} from "../lab/docker-engine.ts";
import { missingPrograms } from "../lab/programs.ts";
import { LabWatch, sensorHindrance } from "../lab/sensor.ts";
import { sharedPath } from "../shared.ts";

const hindrance = sensorHindrance() ?? dockerHindrance() ?? missingPrograms("busybox");
const STOCK = ["falco_rules.yaml", "falco-incubating_rules.yaml"].map((name) =>
  sharedPath(join("fixtures/runtime/falco-rules", name)),
);
const RULES = [...STOCK, "bulwark"].flatMap((rules) => ["--rules", rules]);

describe.skipIf(hindrance !== null)(`rules over a real container (${hindrance ?? "real"})`, () => {
  let engine: LabEngine;
  let folder: string;
  let watch: LabWatch;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    engine = await startDocker();
    env = { ...process.env, DOCKER_HOST: engine.host };
    folder = mkdtempSync(join(tmpdir(), "bulwark-rules-"));
    const root = join(folder, "root");
    for (const path of ["bin", "tmp", "etc", "root/.ssh"])
      mkdirSync(join(root, path), { recursive: true });
    cpSync("/bin/busybox", join(root, "bin", "busybox"));
    for (const name of [
      "sh",
      "ls",
      "cp",
      "cat",
      "ln",
      "sleep",
      "find",
      "grep",
      "rm",
      "chmod",
      "nc",
      "touch",
    ]) {
      symlinkSync("busybox", join(root, "bin", name));
    }
    cpSync("/etc/shadow", join(root, "etc", "shadow"));
    const archive = execFileSync("tar", ["-C", root, "-c", "."], { maxBuffer: 1 << 28 });
    execFileSync("docker", ["import", "-", "bulwark-rules:1"], {
      env,
      input: archive,
      stdio: ["pipe", "ignore", "pipe"],
    });
    watch = await new LabWatch(RULES).started();
  }, ENGINE_TIMEOUT_MS);

  afterAll(async () => {
    await watch?.stop();
    await engine?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  /** Runs a script in a container, and waits for its end. */
  function run(name: string, script: string): void {
    const options = ["--rm", "--network=none", "--name", name, "--tmpfs", "/dev/shm:exec"];
    const command = ["/bin/sh", "-c", `${script}; sleep 0.1`];
    spawnSync("docker", ["run", ...options, "bulwark-rules:1", ...command], { env });
  }

  test.each([
    ["Read sensitive file untrusted", "cat /etc/shadow"],
    ["A library is set to be loaded into every program", "echo x > /etc/ld.so.preload"],
  ])("%s", async (rule, script) => {
    const mark = `mark-${rule.replaceAll(/[^A-Za-z]/g, "")}`;
    run(mark, script);
    const alert = await watch.alerted((a) => a.rule === rule, rule);
    expect(alert.source).toBe("syscall");
    expect(alert.fields).toMatchObject({
      "container.name": mark,
      "container.image.repository": "bulwark-rules",
      "container.image.tag": "1",
    });
    expect(alert.output.length).toBeGreaterThan(20);
  });

  // What a later container raised is waited for: until then there is nothing to be seen of earlier ones either.
  test("ordinary containers raise nothing", async () => {
    const names = ["ordinary-1", "ordinary-2"];
    for (const name of names) run(name, "ls / >/dev/null; touch /tmp/x; rm /tmp/x");
    run("ordinary-end", "cat /etc/shadow");
    await watch.alerted((a) => a.fields["container.name"] === "ordinary-end", "the last one");
    // Of all containers of this host, which others use, too.
    const ofOrdinary = watch.alerts.filter((alert) =>
      names.includes(String(alert.fields["container.name"])),
    );
    expect(ofOrdinary).toEqual([]);
  });
});
