import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { cgroupFolder, hostHierarchy } from "./hierarchy.ts";
import { oldestFirst } from "./proc.ts";

const hindrance = existsSync("/proc/self/stat") ? null : "no /proc";

test.skipIf(hindrance !== null)(
  `processes come by their beginnings (${hindrance ?? "Linux"})`,
  async () => {
    const children = [];
    for (let i = 0; i < 3; i += 1) {
      children.push(spawn("sleep", ["30"], { stdio: "ignore" }));
      await sleep(30);
    }
    const pids = children.map(({ pid = 0 }) => pid);
    try {
      expect(oldestFirst([...pids, 2 ** 22 + 1].reverse())).toEqual([...pids, 2 ** 22 + 1]);
      expect(oldestFirst([...pids, process.pid])[0]).toBe(process.pid);
    } finally {
      for (const child of children) child.kill("SIGKILL");
    }
  },
);

const root = hindrance === null ? (hostHierarchy()?.root ?? "") : "";
const made = join(root, `bulwark-ended-${process.pid}`);
const reason =
  hindrance ?? (process.getuid?.() === 0 ? (root === "" ? "no cgroups" : null) : "root");

test.skipIf(reason !== null)(
  `a process that has ended is in no cgroup, and not in the outermost (${reason ?? "root"})`,
  async () => {
    mkdirSync(made);
    // Its parent does not ask how it ended.
    const script = `sh -c 'echo $$ > ${made}/cgroup.procs; echo $$; sleep 0.5' & exec sleep 30`;
    const parent = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "ignore"] });
    try {
      const pid = await new Promise<number>((done) =>
        parent.stdout.once("data", (piece: Buffer) => done(Number(piece.toString()))),
      );
      expect(cgroupFolder(pid)).toBe(made);
      await expect
        .poll(() => readFileSync(`/proc/${pid}/stat`, "utf8"), { timeout: 10_000 })
        .toContain(") Z ");
      expect(cgroupFolder(pid)).not.toBe(join(root, "/"));
    } finally {
      parent.kill("SIGKILL");
      spawnSync("sleep", ["0.2"]);
      rmdirSync(made);
    }
  },
);
