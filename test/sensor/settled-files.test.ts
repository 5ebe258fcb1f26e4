// Files that may run because of what they hold, on a file system that keeps times of change in whole seconds.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Probe } from "../../src/io/sensor/probe.ts";
import { settledFiles } from "../../src/io/sensor/settled-files.ts";
import { missingPrograms } from "../lab/programs.ts";
import { sensorHindrance } from "../lab/sensor.ts";

const IMAGE_BYTES = 16 * 2 ** 20;
const hindrance = sensorHindrance() ?? missingPrograms("mkfs.ext4", "losetup");

describe.skipIf(hindrance !== null)(`files that are settled (${hindrance ?? "real"})`, () => {
  const folder = mkdtempSync(join(tmpdir(), "bulwark-settled-"));
  const mounted = join(folder, "mounted");
  const path = join(mounted, "program");
  let probe: Probe;

  beforeAll(() => {
    const image = join(folder, "image");
    writeFileSync(image, "");
    truncateSync(image, IMAGE_BYTES);
    execFileSync("mkfs.ext4", ["-q", "-I", "128", image], { stdio: "ignore" });
    mkdirSync(mounted);
    execFileSync("mount", ["-o", "loop", image, mounted]);
    probe = new Probe();
  }, 30_000);

  afterAll(() => {
    probe?.close();
    spawnSync("umount", [mounted]);
    rmSync(folder, { recursive: true, force: true });
  });

  test("whoever writes to one later changes its time", async () => {
    for (let round = 0; round < 3; round += 1) {
      writeFileSync(path, `good${round}`);
      expect(statSync(path, { bigint: true }).ctimeNs % 1_000_000_000n).toBe(0n);
      const sha256 = createHash("sha256").update(`good${round}`).digest("hex");
      const file = { path: path.slice(1), sha256 } as Parameters<typeof settledFiles>[1][number];
      const [settled] = await settledFiles(process.pid, [file], probe, AbortSignal.timeout(10_000));
      writeFileSync(path, `evil${round}`);
      const fd = openSync(path, "r");
      const now = probe.look(fd);
      closeSync(fd);
      expect(settled).toBeDefined();
      expect(now?.changedAt).not.toBe(settled?.changedAt);
    }
  }, 30_000);
});
