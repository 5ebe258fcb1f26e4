// Drift while it happens, in real containers of Docker: what is not of the image is told once, whatever it lies in and however short
// it runs, and ordinary life is quiet. What was learned is kept, and asked before anything is enforced.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Alert } from "../../src/model/alert.ts";
import type { WatchedRecord } from "../../src/model/watched-record.ts";
import { importBusybox } from "../lab/busybox-image.ts";
import {
  dockerHindrance,
  ENGINE_TIMEOUT_MS,
  type LabEngine,
  startDocker,
} from "../lab/docker-engine.ts";
import { missingPrograms } from "../lab/programs.ts";
import { LabWatch, sensorHindrance } from "../lab/sensor.ts";

const COMMAND = resolve(import.meta.dirname, "../../bin/bulwark.js");
const hindrance = sensorHindrance() ?? dockerHindrance() ?? missingPrograms("busybox");
const NAME = "drifting";

describe.skipIf(hindrance !== null)(
  `watch --alert in Docker (${hindrance ?? "real"})`,
  {
    timeout: 60_000,
  },
  () => {
    let engine: LabEngine;
    let folder: string;
    let watch: LabWatch;
    let env: NodeJS.ProcessEnv;

    const docker = (...args: string[]): string =>
      execFileSync("docker", args, { env, stdio: ["ignore", "pipe", "pipe"] }).toString();
    const inside = (script: string): void => {
      docker("exec", NAME, "/bin/sh", "-c", script);
    };
    const alerted = (verdict: string, path: string): Promise<Alert> =>
      watch.alerted(
        ({ fields }) => fields["drift.verdict"] === verdict && fields["fd.name"] === path,
        `${verdict} ${path}; came: ${JSON.stringify(watch.alerts.map((one) => [one.rule, one.output]))}`,
      );

    beforeAll(async () => {
      engine = await startDocker();
      folder = mkdtempSync(join(tmpdir(), "bulwark-drift-watch-"));
      env = { ...process.env, DOCKER_HOST: engine.host, XDG_DATA_HOME: join(folder, "data") };
      const programs = "ls cp mv rm chmod sleep touch cat echo mkdir".split(" ");
      importBusybox({ name: "bulwark-drift:1", programs, folders: ["opt", "lib"] }, env);
      const mounts = ["-v", `${join(folder, "volume")}:/data`, "--tmpfs", "/run:exec"];
      mkdirSync(join(folder, "volume"));
      docker(
        "run",
        "-d",
        "--network=none",
        "--name",
        NAME,
        ...mounts,
        "bulwark-drift:1",
        "/bin/sleep",
        "1000",
      );
      watch = await new LabWatch(["--alert", NAME, "--rules", "none"], { env }).started();
    }, ENGINE_TIMEOUT_MS);

    afterAll(async () => {
      await watch?.stop();
      if (env !== undefined) spawnSync("docker", ["rm", "-f", NAME], { env });
      await engine?.stop();
      rmSync(folder, { recursive: true, force: true });
    }, 30_000);

    test("a copy of the image's program, in the writable layer, a volume and a temporary file system", async () => {
      inside("for d in /tmp /data /run; do cp /bin/busybox $d/ls; $d/ls / >/dev/null; done");
      for (const path of ["/tmp/ls", "/data/ls", "/run/ls"]) {
        const alert = await alerted("moved", path);
        expect(alert).toMatchObject({
          rule: "Program that is not of its image",
          priority: "Error",
          fields: {
            "container.name": NAME,
            "proc.exepath": path,
            "drift.image_file": "/bin/busybox",
            "drift.sha256": expect.stringMatching(/^[0-9a-f]{64}$/),
            "drift.image": expect.stringMatching(/^sha256:/),
          },
        });
        expect(alert.tags).toContain("T1036");
      }
    });

    test("a program that the image does not have, once however often it runs", async () => {
      inside(
        "cp /bin/busybox /tmp/ls2; echo >> /tmp/ls2; i=0; while [ $i -lt 30 ]; do /tmp/ls2 true; i=$((i+1)); done || true",
      );
      await alerted("dropped", "/tmp/ls2");
      expect(watch.alerts.filter(({ fields }) => fields["fd.name"] === "/tmp/ls2")).toHaveLength(1);
    });

    test("one that is taken away as soon as it runs", async () => {
      inside("cp /bin/busybox /tmp/sh; echo >> /tmp/sh; /tmp/sh -c 'rm /tmp/sh' ");
      expect((await alerted("deleted", "/tmp/sh")).priority).toBe("Critical");
    });

    test("a script, and what is changed where nothing should be", async () => {
      inside("echo 'echo x' > /tmp/x.sh; sh /tmp/x.sh");
      expect((await alerted("dropped", "/tmp/x.sh")).rule).toBe("Script that is not of its image");
      inside("echo evil > /etc/ld.so.preload; mv /tmp/x.sh /opt/x.sh");
      expect(await alerted("dropped", "/etc/ld.so.preload")).toMatchObject({
        rule: "Change where an image stays as it is",
        priority: "Error",
      });
      await alerted("dropped", "/opt/x.sh");
    });

    test("what is ordinary is quiet", async () => {
      inside(
        "touch /bin/busybox; chmod 755 /bin/busybox; ls / >/dev/null; echo x > /tmp/log; mkdir -p /run/app",
      );
      inside("cp /bin/busybox /tmp/cat; /tmp/cat /tmp/log >/dev/null");
      await alerted("moved", "/tmp/cat");
      expect(await watch.stop()).toBe(0);
      const paths = new Set(watch.alerts.map(({ fields }) => fields["fd.name"]));
      expect([...paths].sort()).toEqual([
        "/data/ls",
        "/etc/ld.so.preload",
        "/opt/x.sh",
        "/run/ls",
        "/tmp/cat",
        "/tmp/ls",
        "/tmp/ls2",
        "/tmp/sh",
        "/tmp/x.sh",
      ]);
    });

    test("what enforcement would have ended is kept, and so is what is in use", () => {
      const records = join(folder, "data", "bulwark", "watched");
      const [name = ""] = readdirSync(records);
      const record = JSON.parse(readFileSync(join(records, name), "utf8")) as WatchedRecord;
      expect(record.workload).toBe(NAME);
      const killed = record.days.flatMap(({ wouldHave }) => wouldHave);
      expect(killed.map(({ path }) => path).sort()).toEqual([
        "/data/ls",
        "/run/ls",
        "/tmp/cat",
        "/tmp/ls",
        "/tmp/ls2",
        "/tmp/sh",
      ]);
      expect(killed.find(({ path }) => path === "/tmp/ls2")?.count).toBeGreaterThan(0);
      expect(record.inUse.unowned).toContain("bin/busybox");
      const told = execFileSync(process.execPath, [COMMAND, "drift", "--would-have", NAME], {
        env,
      });
      expect(told.toString()).toMatch(
        /^drifting \(bulwark-drift:1\), watched for .* ended what runs 6 files/,
      );
      expect(told.toString()).toContain("/data/ls  is the image's /bin/busybox");
    });

    test("what was not watched for long is not enforced", () => {
      const { status, stderr } = spawnSync(
        process.execPath,
        [COMMAND, "watch", "--enforce", NAME],
        {
          env,
          timeout: 20_000,
        },
      );
      expect(stderr.toString()).toMatch(/watched for 0 minutes[\s\S]*--without-record/);
      expect(status).toBe(2);
    });
  },
);
