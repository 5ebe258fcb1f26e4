import { execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { mountsOf } from "./processes.ts";

test.skipIf(process.platform !== "linux")(
  "a process on its way out has ended, whatever the kernel calls that (Linux)",
  async () => {
    // Nobody asks for the end of the first process any more once the second is there in its place.
    const parent = spawn("/bin/sh", ["-c", "true & exec sleep 30"], { stdio: "ignore" });
    try {
      await expect.poll(() => zombieOf(parent.pid ?? 0), { timeout: 10_000 }).not.toBeNull();
      const pid = zombieOf(parent.pid ?? 0) ?? 0;
      expect(() => readFileSync(`/proc/${pid}/mountinfo`)).toThrow("EINVAL");
      expect(() => mountsOf(pid)).toThrow(expect.objectContaining({ code: "ESRCH" }));
      expect(() => mountsOf(2 ** 22 + 1)).toThrow(expect.objectContaining({ code: "ENOENT" }));
      expect(mountsOf(process.pid).length).toBeGreaterThan(0);
    } finally {
      parent.kill("SIGKILL");
    }
  },
);

function zombieOf(parent: number): number | null {
  const lines = execFileSync("ps", ["-o", "pid=,stat=", "--ppid", `${parent}`])
    .toString()
    .split("\n");
  const zombie = lines.find((line) => /^\s*\d+\s+Z/.test(line));
  return zombie === undefined ? null : Number.parseInt(zombie, 10);
}
