// Enforcement in real containers: what is not of the image dies before its first instruction, what is of it runs, and nothing of
// it hangs on us being well.
import { spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hostHierarchy } from "../../src/io/sensor/hierarchy.ts";
import { cgroupPathOf } from "../../src/io/sensor/proc.ts";
import { dockerHindrance, ENGINE_TIMEOUT_MS, podmanHindrance } from "../lab/docker-engine.ts";
import { missingPrograms } from "../lab/programs.ts";
import { LabWatch, sensorHindrance } from "../lab/sensor.ts";
import { ATTACKS, LIFE } from "./enforce/attacks.data.ts";
import { type EngineKind, IMAGE, NAME, type Stand, startStand } from "./enforce/stand.ts";

const hindrance = sensorHindrance() ?? missingPrograms("busybox", "clang", "ldd");
const KILLED = 137;
const COMMAND = resolve(import.meta.dirname, "../../bin/bulwark.js");

/** Runs all in one go: entering a container is most of what one costs. What each wrote goes into a file that none of them writes. */
function tableScript(stand: Stand): string {
  const lines = [...ATTACKS, ...LIFE].map(
    ({ line }, at) =>
      `sh -c '${line.replace("LOADER", stand.loader).replaceAll("'", `'"'"'`)}' >/data/out.${at} 2>/dev/null; echo $? >/data/status.${at}`,
  );
  return ["export PATH=/bin", ...lines].join("\n");
}

function written(stand: Stand, name: string): string {
  return readFileSync(join(stand.folder, "volume", name), "utf8").trim();
}

async function until(is: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 20_000;
  while (!is()) {
    if (Date.now() > end) throw new Error(`not seen: ${what}`);
    await sleep(50);
  }
}

const ENGINES: readonly (readonly [EngineKind, string | null])[] = [
  ["Docker", hindrance ?? dockerHindrance()],
  ["Podman", hindrance ?? podmanHindrance()],
];

for (const [kind, reason] of ENGINES) {
  describe.skipIf(reason !== null)(`watch --enforce in ${kind} (${reason ?? "real"})`, () => {
    let stand: Stand;
    let watch: LabWatch;

    beforeAll(async () => {
      stand = await startStand(kind);
      stand.inside("touch /bin/busybox");
      const names = ["--enforce", NAME, "--enforce", "later*"];
      watch = await new LabWatch([...names, "--without-record", "--events"], {
        env: stand.env,
      }).started();
    }, ENGINE_TIMEOUT_MS);

    afterAll(async () => {
      await watch?.stop();
      await stand?.stop();
    }, 30_000);

    describe("the table", () => {
      beforeAll(() => {
        stand.inside(tableScript(stand));
      }, 60_000);

      test.each(ATTACKS.map(({ name }, at) => [name, at] as const))("%s dies", (_, at) => {
        const said = {
          status: written(stand, `status.${at}`),
          output: written(stand, `out.${at}`),
        };
        expect(said).toEqual({ status: String(KILLED), output: "" });
      });

      test.each(LIFE.map(({ name, says }, at) => [name, says, at + ATTACKS.length] as const))(
        "%s lives",
        (_, says, at) => {
          const said = {
            status: written(stand, `status.${at}`),
            output: written(stand, `out.${at}`),
          };
          expect(said).toEqual({ status: "0", output: says });
        },
      );

      test("is told: kills, code in memory, and the script", async () => {
        const { container } = await watch.seen(
          (e) => e.killed && e.executable === "/tmp/ls",
          "the kill",
        );
        expect(container?.id).toMatch(/^[0-9a-f]{12}$/);
        await watch.seen((e) => e.killed && e.type === "mmap", "the kill of a mapping");
        await watch.seen((e) => e.memoryCode && e.command.includes("anonymous"), "code in memory");
        await watch.seen(
          (e) => e.type === "execve" && e.command.includes("/tmp/script.sh"),
          "the script",
        );
      });
    });

    test("short processes hide none, however many", async () => {
      // In Podman it is the same kernel a second time.
      const many = kind === "Docker" ? 10_000 : 1000;
      const { output } = await stand.long(`/bin/attack storm ${many} /bin/tiny /tmp/ls`);
      expect(output).toBe(`1 of ${many} died, alive\n`);
    }, 180_000);

    test("content that is swapped behind our back never runs", async () => {
      // Its pages are written to, and may be again without a trace; it holds what the image has.
      stand.leave("/bin/attack hold /lib/c.so /data/held /data/go");
      await until(() => existsSync(join(stand.folder, "volume", "held")), "the mapping");
      const loads =
        "i=0; while [ $i -lt 25 ]; do /bin/attack load /lib/c.so; sleep 0.1; i=$((i+1)); done";
      expect(stand.inside(loads).output).toBe("");
      writeFileSync(join(stand.folder, "volume", "go"), "");
      expect(stand.inside(loads).output).toBe("");
    }, 30_000);

    test("cgroups that a container makes for itself are enforced, though nobody hears of them", async () => {
      stand.leave(
        "while [ ! -e /data/nested.go ]; do sleep 0.05; done; /tmp/ls / >/data/nested.out; echo $? >/data/nested.status",
      );
      const pid = Number(stand.run("inspect", "--format", "{{.State.Pid}}", NAME));
      const { root, version } = hostHierarchy() ?? { root: "", version: 2 };
      const at = join(
        root,
        cgroupPathOf(pid, version === 2 ? null : (root.split("/").at(-1) ?? "")),
      );
      const shell = (): string | undefined =>
        readFileSync(join(at, "cgroup.procs"), "utf8")
          .split("\n")
          .find((one) => one !== "" && commandOf(one).includes("nested.go"));
      await until(() => shell() !== undefined, "the shell");
      watch.signal("SIGSTOP");
      const deep = join(at, ...Array.from({ length: 30 }, () => "n"));
      try {
        mkdirSync(deep, { recursive: true });
        writeFileSync(join(deep, "cgroup.procs"), shell() ?? "");
        writeFileSync(join(stand.folder, "volume", "nested.go"), "");
        await until(() => existsSync(join(stand.folder, "volume", "nested.status")), "its end");
        expect(written(stand, "nested.status")).toBe(String(KILLED));
      } finally {
        watch.signal("SIGCONT");
        await until(() => readdirSync(deep).length > 0 && removed(at, 30), "the cgroups' end");
      }
    }, 40_000);

    test("a file of the image whose mode is changed meanwhile may run again", async () => {
      stand.inside("chmod 755 /bin/busybox");
      let status: number | null = KILLED;
      for (let attempt = 0; attempt < 100 && status !== 0; attempt += 1) {
        ({ status } = stand.inside("ls /"));
        await sleep(100);
      }
      expect(status).toBe(0);
    }, 40_000);

    test("on the host nothing dies", () => {
      const copy = join(stand.folder, "true");
      cpSync("/bin/busybox", copy);
      expect(spawnSync(copy).status).toBe(0);
    });

    test("a name that nothing has ends the start, whatever else was found", async () => {
      const names = ["--enforce", NAME, "--enforce", "no-such-one", "--without-record"];
      const mistyped = new LabWatch(names, { env: stand.env });
      await expect(mistyped.started()).rejects.toThrow(/no-such-one/);
    }, 30_000);

    test("a container that starts later is enforced as soon as it was looked at", async () => {
      const place = ["--network=none", "-v", `${join(stand.folder, "volume")}:/data`];
      const script =
        "cp /bin/busybox /tmp/ls; while [ ! -e /data/later.go ]; do sleep 0.1; done; /tmp/ls / >/data/later.out; echo $? >/data/later.status; sleep 100";
      const options = [...stand.limits, ...place, "--name", "later-1", IMAGE];
      stand.run("run", "-d", ...options, "/bin/sh", "-c", script);
      try {
        await watch.warned("in later-1:");
        // The note comes before the order reaches the kernel.
        await sleep(1000);
        writeFileSync(join(stand.folder, "volume", "later.go"), "");
        await until(() => existsSync(join(stand.folder, "volume", "later.status")), "its end");
        expect(written(stand, "later.status")).toBe(String(KILLED));
        expect(written(stand, "later.out")).toBe("");
      } finally {
        stand.run("rm", "-f", "later-1");
      }
    }, 60_000);

    test("one that hangs, because nobody reads what it says, holds nothing up, and enforcement goes on", async () => {
      const hung = spawn(
        process.execPath,
        [COMMAND, "watch", "--all", "--format", "json", "--enforce", NAME],
        {
          env: stand.env,
          stdio: ["ignore", "pipe", "ignore"],
        },
      );
      try {
        await new Promise((done) => hung.stdout.once("readable", done));
        const { output } = stand.inside("/bin/attack storm 500 /bin/tiny /tmp/ls");
        expect(output).toBe("1 of 500 died, alive\n");
        expect(hung.exitCode).toBeNull();
      } finally {
        hung.kill("SIGKILL");
      }
    }, 60_000);

    test("stopped, it holds nothing up, and enforcement goes on", () => {
      watch.signal("SIGSTOP");
      try {
        const { output } = stand.inside("/bin/attack storm 500 /bin/tiny /tmp/ls");
        expect(output).toBe("1 of 500 died, alive\n");
      } finally {
        watch.signal("SIGCONT");
      }
    }, 30_000);

    test("killed, it leaves nothing behind that would hold anybody up", async () => {
      watch.signal("SIGKILL");
      let status: number | null = KILLED;
      for (let attempt = 0; attempt < 50 && status !== 0; attempt += 1) {
        await sleep(100);
        ({ status } = stand.inside("/tmp/ls / >/dev/null"));
      }
      expect(status).toBe(0);
    }, 30_000);
  });
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

/** The innermost first; what still runs in one keeps it. */
function removed(at: string, depth: number): boolean {
  try {
    for (let left = depth; left > 0; left -= 1)
      rmdirSync(join(at, ...Array.from({ length: left }, () => "n")));
    return true;
  } catch {
    return false;
  }
}

const vfs = hindrance ?? podmanHindrance();

describe.skipIf(vfs !== null)(`watch --enforce on other storage (${vfs ?? "real"})`, () => {
  test(
    "is refused, and says why",
    async () => {
      const stand = await startStand("Podman on vfs");
      try {
        const { status, stderr } = spawnSync(
          process.execPath,
          [COMMAND, "watch", "--enforce", NAME],
          { env: stand.env },
        );
        expect(stderr.toString()).toContain(
          `cannot enforce "${NAME}": its storage (vfs) is no overlay of the kernel`,
        );
        expect(status).toBe(1);
      } finally {
        await stand.stop();
      }
    },
    ENGINE_TIMEOUT_MS,
  );
});
