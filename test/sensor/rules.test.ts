// Stock rules over what really happens in a container of Docker: what an alert says of it (stock.test.ts has a step for each rule).
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
const RULES = ["falco_rules.yaml", "falco-incubating_rules.yaml"].flatMap((name) => [
  "--rules",
  sharedPath(join("fixtures/runtime/falco-rules", name)),
]);

describe.skipIf(hindrance !== null)(
  `stock rules over a real container (${hindrance ?? "real"})`,
  () => {
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

    test.each([["Read sensitive file untrusted", "cat /etc/shadow"]])(
      "%s",
      async (rule, script) => {
        const mark = `mark-${rule.replaceAll(/[^A-Za-z]/g, "")}`;
        spawnSync(
          "docker",
          [
            "run",
            "--rm",
            "--network=none",
            "--name",
            mark,
            "--tmpfs",
            "/dev/shm:exec",
            "bulwark-rules:1",
            "/bin/sh",
            "-c",
            `${script}; sleep 0.1`,
          ],
          { env },
        );
        const alert = await watch.alerted((a) => a.rule === rule, rule);
        expect(alert.source).toBe("syscall");
        expect(alert.fields).toMatchObject({
          "container.name": mark,
          "container.image.repository": "bulwark-rules",
          "container.image.tag": "1",
        });
        expect(alert.output.length).toBeGreaterThan(20);
      },
    );

    test("an ordinary container raises nothing", () => {
      const before = watch.alerts.length;
      spawnSync(
        "docker",
        [
          "run",
          "--rm",
          "--network=none",
          "bulwark-rules:1",
          "/bin/sh",
          "-c",
          "ls / >/dev/null; touch /tmp/x; rm /tmp/x; sleep 0.2",
        ],
        { env },
      );
      expect(watch.alerts.slice(before).map((alert) => alert.rule)).toEqual([]);
    });
  },
);
