import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { runningNow } from "./processes.ts";
import { FileReader } from "./read-file.ts";

const MANY = 40;

const hindrance = whyNoNamespace();

function whyNoNamespace(): string | null {
  try {
    execFileSync("unshare", ["--pid", "--fork", "true"], { stdio: "ignore" });
    return null;
  } catch {
    return "namespaces of processes cannot be made here";
  }
}

test.skipIf(hindrance !== null)(
  `waits once for all that came from outside and run what has no name (${hindrance ?? "real"})`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "bulwark-processes-"));
    const program = join(folder, "program");
    copyFileSync("/bin/sleep", program);
    const first = spawn("unshare", ["--pid", "--fork", "--kill-child", "sleep", "100"]);
    try {
      const children = `/proc/${first.pid}/task/${first.pid}/children`;
      while (readFileSync(children, "utf8") === "") await sleep(10);
      const pid = Number(readFileSync(children, "utf8"));
      for (let i = 0; i < MANY; i += 1)
        spawn("nsenter", ["--pid", "--target", `${pid}`, program, "100"], { stdio: "ignore" });
      const reader = new FileReader(new AbortController().signal);
      const look = (): ReturnType<typeof runningNow> =>
        runningNow({ pid, id: "none of a cgroup" }, reader);
      while ((await look()).processes < MANY + 1) await sleep(10);
      rmSync(folder, { recursive: true });
      const began = performance.now();
      const { processes, running } = await look();
      expect(performance.now() - began).toBeLessThan(MANY * 50);
      expect(processes).toBe(MANY + 1);
      expect(running.some(({ file }) => file.isGone)).toBe(true);
    } finally {
      // With the first process of its namespace all others end.
      first.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    }
  },
  30_000,
);
