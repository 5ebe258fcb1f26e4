// Who a container is, when its engine is slow: its first event comes before its record.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { headAt } from "../../src/formats/sensor/layout.ts";
import { cgroupAt, hostHierarchy } from "../../src/io/sensor/hierarchy.ts";
import { readRecording } from "../../src/io/sensor/recording-file.ts";
import { openSensor } from "../../src/io/sensor/sensor.ts";
import { EVENT_TYPES } from "../../src/model/event.ts";
import { LabWatch, sensorHindrance } from "../lab/sensor.ts";

const hindrance = sensorHindrance();
const LATE_S = 0.5;

/** The rule asks for the name, so an event that is judged too early raises nothing. */
const RULES = `
- rule: Late
  desc: Whether the name was known when the event was judged.
  condition: evt.type in (open, openat) and fd.name startswith /nowhere/late and container.name = late
  output: opened (name=%fd.name image=%container.image.repository)
  priority: WARNING
- rule: Never
  desc: A container of which nothing is ever written.
  condition: evt.type in (open, openat) and fd.name startswith /nowhere/never and container
  output: opened
  priority: WARNING
- macro: container
  condition: container.id != host
`;

const LOUD = "i=0; while [ $i -lt 3000 ]; do : < /etc/hostname; i=$((i+1)); done";
const CODES = { clone: EVENT_TYPES.indexOf("clone"), open: EVENT_TYPES.indexOf("openat") };

describe.skipIf(hindrance !== null)(
  `a container whose engine is slow (${hindrance ?? "real kernel"})`,
  () => {
    const cgroups = hostHierarchy()?.root ?? "";
    const made: string[] = [];
    let folder: string;
    let watch: LabWatch;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), "bulwark-slow-"));
      // Runs under the name of Podman's monitor, and is told where the container's folder is: all that the sensor learns a place from.
      cpSync("/bin/sh", join(folder, "conmon"), { dereference: true });
      chmodSync(join(folder, "conmon"), 0o755);
      writeFileSync(join(folder, "rules.yaml"), RULES);
      watch = await new LabWatch(["--rules", join(folder, "rules.yaml")]).started();
    }, 30_000);

    afterAll(async () => {
      await watch?.stop();
      for (const path of made) rmdirSync(path);
      rmSync(folder, { recursive: true, force: true });
    });

    /** Runs `inside` in a new container, whose record is written half a second after; null for never. */
    function run(id: string, inside: string, record: string | null): void {
      const cgroup = join(cgroups, `libpod-${id}`);
      const storage = join(folder, "storage");
      const data = join(storage, "overlay-containers", id, "userdata");
      mkdirSync(cgroup);
      made.push(cgroup);
      const write = `mkdir -p ${data} && printf '%s' '${record}' > ${data}/../../containers.json && echo '{"ociVersion":"1.0","annotations":{"io.container.manager":"libpod"}}' > ${data}/config.json`;
      const script = `(read pid rest < /proc/self/stat; echo $pid > ${cgroup}/cgroup.procs; ${inside}); sleep ${LATE_S}; ${record === null ? ":" : write}; sleep ${LATE_S}`;
      spawnSync(join(folder, "conmon"), ["-c", script, "conmon", "-b", data], { stdio: "ignore" });
    }

    function recordOf(id: string, name: string): string {
      const image = { image: "b8".repeat(32), metadata: '{"image-name":"localhost/web:1"}' };
      return JSON.stringify([{ id, names: [name], ...image }]);
    }

    test("is told by its name at its first event", async () => {
      const id = "a7".repeat(32);
      run(id, "true < /nowhere/late; cat /nowhere/late-too", recordOf(id, "late"));
      for (const name of ["/nowhere/late", "/nowhere/late-too"]) {
        const alert = await watch.alerted((a) => a.output.includes(`name=${name} `), name);
        expect(alert.fields).toMatchObject({
          "container.name": "late",
          "container.image.repository": "localhost/web",
        });
        expect(alert.fields).not.toHaveProperty("container.problem");
        // It is told when it happened, and not when it was judged.
        expect(Date.parse(alert.time)).toBeLessThan(Date.now() - LATE_S * 1000);
      }
    });

    test("of which nothing is ever written is told by its id, with the reason", async () => {
      const id = "c9".repeat(32);
      run(id, "cat /nowhere/never", null);
      const alert = await watch.alerted((a) => a.rule === "Never", "never");
      expect(alert.fields).toMatchObject({
        "container.id": id.slice(0, 12),
        "container.name": null,
        "container.problem": expect.stringContaining("no runtime of this host wrote"),
      });
    });

    test("and is left out where another one is asked for", async () => {
      const id = "d1".repeat(32);
      const file = join(folder, "other.events");
      const asked = ["--container", "another", "--record", file];
      const other = await new LabWatch(asked).started();
      // At its first event it is known not to be meant; by then its record is there.
      const loud = `sleep ${LATE_S * 2}; true < /nowhere/first; sleep ${LATE_S}; ${LOUD}`;
      run(id, `(${loud}) &`, recordOf(id, "loud"));
      await sleep(LATE_S * 4000);
      await other.stop();
      const seen = new Map<number, number>();
      readRecording(file, {
        fact: () => undefined,
        frame: (bytes, at) => {
          const { code, cgroup } = headAt(bytes, at);
          if (cgroup === cgroupAt(cgroups, `/libpod-${id}`))
            seen.set(code, (seen.get(code) ?? 0) + 1);
        },
      });
      expect(seen.get(CODES.clone)).toBeGreaterThan(0);
      expect(seen.get(CODES.open) ?? 0).toBeLessThan(100);
    });
  },
);

test.skipIf(hindrance !== null)(
  `a cgroup that is not watched tells of its processes alone (${hindrance ?? "real kernel"})`,
  () => {
    const root = hostHierarchy()?.root ?? "";
    const path = join(root, "bulwark-unwatched");
    mkdirSync(path);
    const sensor = openSensor({
      ...{ wanted: new Set(["open", "openat"] as const), failed: new Set<never>() },
      ...{ everywhere: new Set<never>(), streams: false, learning: false, strict: false },
      ringBytes: 8 << 20,
    });
    try {
      const cgroup = cgroupAt(root, "/bulwark-unwatched") ?? 0;
      const toldOf = (): Record<string, number> => {
        spawnSync("/bin/sh", ["-c", `echo $$ > ${path}/cgroup.procs; (${LOUD})`]);
        const told = { clone: 0, open: 0 };
        sensor.ring.read((bytes, at) => {
          const head = headAt(bytes, at);
          if (head.cgroup !== cgroup) return;
          if (head.code === CODES.clone) told.clone += 1;
          if (head.code === CODES.open) told.open += 1;
        }, Number.MAX_SAFE_INTEGER);
        return told;
      };
      expect(toldOf()).toMatchObject({ clone: 1, open: 3000 });
      sensor.unwatch(cgroup);
      expect(toldOf()).toEqual({ clone: 1, open: 0 });
      sensor.rewatch(cgroup);
      expect(toldOf()).toMatchObject({ clone: 1, open: 3000 });
    } finally {
      sensor.close();
      rmdirSync(path);
    }
  },
);
