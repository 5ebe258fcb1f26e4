// The strict mode in real containers: what the image does not have is denied before it begins, what it has runs wherever it lies, and
// nobody waits for a responder that was ended, stopped, hung or frozen for longer than it says.
import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hostHierarchy } from "../../src/io/sensor/hierarchy.ts";
import type { Alert } from "../../src/model/alert.ts";
import { dockerHindrance, ENGINE_TIMEOUT_MS, podmanHindrance } from "../lab/docker-engine.ts";
import { missingPrograms } from "../lab/programs.ts";
import { LabWatch, sensorHindrance } from "../lab/sensor.ts";
import { type EngineKind, IMAGE, NAME, type Stand, startStand } from "./enforce/stand.ts";

const hindrance = sensorHindrance() ?? missingPrograms("busybox", "clang", "ldd");
const KILLED = 137;
/** Of a shell, for a program that could not be started. */
const DENIED = 126;
/** The deadline of sensor/strict.c is one second; the rest is what starting a program on a busy machine costs. */
const LET_GO_MS = 3_000;

const ENGINES: readonly (readonly [EngineKind, string | null])[] = [
  ["Docker", hindrance ?? dockerHindrance()],
  ["Podman", hindrance ?? podmanHindrance()],
];

/** Processes of the program `strict` below `bulwark watch`: who answers, then who reads. */
function respondersOf(watch: LabWatch): readonly number[] {
  const all = readdirSync("/proc").map(Number).filter(Number.isInteger);
  const answering = all.filter((pid) => isStrict(pid) && parentOf(pid) === watch.pid);
  return [...answering, ...all.filter((pid) => isStrict(pid) && answering.includes(parentOf(pid)))];
}

/** How often it was told of a file that it ran before it was compared. */
function lateOf({ alerts }: LabWatch, path: string): number {
  const late = alerts.filter(({ rule }) => rule === "Program not compared in time");
  return late.filter(({ fields }) => fields["fd.name"] === path).length;
}

function isRemoved(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

function isStrict(pid: number): boolean {
  return statOf(pid)?.name.startsWith("strict.") === true;
}

function parentOf(pid: number): number {
  return statOf(pid)?.parent ?? 0;
}

/** null for one that is over, also where nobody has asked yet how it ended. */
function statOf(pid: number): { readonly name: string; readonly parent: number } | null {
  try {
    const [, name = "", parent = "0"] =
      /^\d+ \((.*)\) [^ZX] (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
    return { name, parent: Number(parent) };
  } catch {
    return null;
  }
}

for (const [kind, reason] of ENGINES) {
  describe.skipIf(reason !== null)(`watch --strict in ${kind} (${reason ?? "real"})`, () => {
    let stand: Stand;
    let watch: LabWatch;

    const denied = (path: string): Promise<Alert> =>
      watch.alerted(
        ({ rule, fields }) =>
          rule === "Program denied before it began" && fields["fd.name"] === path,
        `denial of ${path}: ${watch.said} ${JSON.stringify(watch.alerts.map(({ output }) => output))}`,
      );
    const strict = async (): Promise<void> => {
      watch = await new LabWatch(["--strict", NAME, "--without-record"], {
        env: stand.env,
      }).started();
      await watch.warned(`strict in ${NAME}`);
    };
    /** What is run outside of the responder's reach is timed, and has to come to its end. */
    const goesOn = (script: string): number => {
      const began = performance.now();
      const { status } = stand.inside(script);
      expect(status).toBe(0);
      return performance.now() - began;
    };

    beforeAll(async () => {
      stand = await startStand(kind);
      await strict();
    }, ENGINE_TIMEOUT_MS);

    afterAll(async () => {
      await watch?.stop();
      await stand?.stop();
    }, 30_000);

    test("a program that was dropped is denied, and does nothing", async () => {
      const { output } = stand.inside(
        "cp /bin/attack /tmp/dropped; echo >>/tmp/dropped; cp /bin/tiny /tmp/x; for p in /bin/attack /tmp/dropped; do $p hold /tmp/x $p.effect /; echo $?; done; ls /bin/*.effect /tmp/*.effect",
      );
      expect(output).toBe(`alive\n0\n${DENIED}\n/bin/attack.effect\n`);
      expect((await denied("/tmp/dropped")).fields).toMatchObject({
        "container.name": NAME,
        "drift.verdict": "denied",
      });
    });

    test("one that is as long as a file of the image is read, and denied by what it holds", async () => {
      const { output } = stand.inside(
        "cp /bin/busybox /tmp/same; echo -n x | dd of=/tmp/same bs=1 seek=4096 conv=notrunc 2>/dev/null; /tmp/same true; echo $?",
      );
      expect(output).toBe(`${DENIED}\n`);
      expect((await denied("/tmp/same")).fields["drift.sha256"]).toMatch(/^[0-9a-f]{64}$/);
    });

    test("a copy of a program of the image under another name runs", () => {
      const { output } = stand.inside("cp /bin/busybox /tmp/ls; /tmp/ls -d /tmp; echo $?");
      expect(output).toBe("/tmp\n0\n");
    });

    test("what is touched runs at once, and never dies", () => {
      const { output } = stand.inside(
        "for i in 1 2 3 4 5; do touch /bin/busybox; /bin/busybox true; echo $?; done",
      );
      expect(output).toBe("0\n0\n0\n0\n0\n");
    });

    test("programs of the image run", () => {
      expect(stand.inside("attack; ls -d /; loaded").output).toBe("alive\n/\nalive\n");
    });

    test("a program of the image that was replaced is denied", async () => {
      const { output } = stand.inside(
        "cp /bin/busybox /tmp/new; echo >>/tmp/new; mv /tmp/new /bin/victim; /bin/victim true; echo $?",
      );
      expect(output).toBe(`${DENIED}\n`);
      await denied("/bin/victim");
    });

    test("a script is denied where it is executed, and not where an interpreter is given it", async () => {
      const { output } = stand.inside(
        "printf '#!/bin/sh\\necho ran\\n' >/tmp/x.sh; chmod +x /tmp/x.sh; /tmp/x.sh; echo $?; sh /tmp/x.sh",
      );
      expect(output).toBe(`${DENIED}\nran\n`);
      await denied("/tmp/x.sh");
    });

    test.each([
      ["a program in memory alone", "attack memory /bin/busybox ls /"],
      ["a program in a volume", "cp /bin/busybox /data/ls; /data/ls /"],
      ["a library that was replaced", "echo >>/lib/a.so; attack load /lib/a.so"],
      [
        "a program given to ld.so",
        "cp /bin/attack /tmp/given; echo >>/tmp/given; LOADER /tmp/given",
      ],
    ])("%s is not asked about, and enforcement ends it", (_, line) => {
      const script = `sh -c '${line.replace("LOADER", stand.loader)}' 2>/dev/null; echo $?`;
      expect(stand.inside(script).output).toBe(`${KILLED}\n`);
    });

    test("content that is swapped behind our back never runs", async () => {
      stand.leave(
        "cp /lib/b.so /tmp/c.so; cp /bin/attack /tmp/swap; /bin/attack hold /tmp/swap /data/held /data/go",
      );
      while (!existsSync(join(stand.folder, "volume", "held"))) await sleep(20);
      // It is written to, and holds what the image has.
      for (let i = 0; i < 5; i += 1) expect(stand.inside("/tmp/swap 2>/dev/null").output).toBe("");
      writeFileSync(join(stand.folder, "volume", "go"), "");
      for (let i = 0; i < 5; i += 1) expect(stand.inside("/tmp/swap 2>/dev/null").output).toBe("");
    }, 30_000);

    test("on the host, and in other containers, nothing is denied", () => {
      const copy = join(stand.folder, "true");
      execFileSync("sh", ["-c", `cp /bin/busybox ${copy}; echo >>${copy}`]);
      expect(spawnSync(copy).status).toBe(0);
      const other = ["run", "--rm", "--network=none", ...stand.limits, IMAGE, "/bin/sh", "-c"];
      const script = "cp /bin/busybox /tmp/true; echo >>/tmp/true; /tmp/true; echo $?";
      expect(stand.run(...other, script)).toBe("0\n");
    });

    test("a thousand short programs come through", async () => {
      const { output } = await stand.long("/bin/attack storm 1000 /bin/tiny /bin/tiny");
      expect(output).toBe("0 of 1000 died, alive\n");
    }, 60_000);

    describe("who tries to keep it from answering", () => {
      /** A script that is as long as a program of the image, so that it has to be read. */
      const script = (name: string): string => {
        const head = "#!/bin/sh\nexit 0\n";
        const { size } = statSync(join(stand.folder, "root/bin/tiny"));
        const path = join(stand.folder, "volume", "script.sh");
        writeFileSync(path, head + "#".repeat(size - head.length));
        chmodSync(path, 0o755);
        return `cp /data/script.sh ${name}; chmod 755 ${name}`;
      };

      test("one that is started twenty times at once never runs", async () => {
        const line = `${script("/tmp/many.sh")}; /bin/attack together 20 /tmp/many.sh`;
        expect((await stand.long(line)).output).toBe("ran 0 times, alive\n");
      }, 30_000);

      test("one that is changed all the time never runs, unless that is told", async () => {
        const line = `${script("/tmp/changed.sh")}; while touch /tmp/changed.sh; do :; done & for i in 1 2 3 4 5; do /tmp/changed.sh 2>/dev/null; echo $?; done; kill $!`;
        const { output } = await stand.long(line);
        // Who is not answered in time passes, on a machine that is busy; and that is told each time.
        const passed = output.split("\n").filter((status) => status === "0").length;
        expect(output.replaceAll("0\n", `${DENIED}\n`)).toBe(`${DENIED}\n`.repeat(5));
        await watch.until(() => lateOf(watch, "/tmp/changed.sh") >= passed, "what passed is told");
      }, 30_000);

      test("more decisions than can be told are counted", async () => {
        const line =
          "cp /bin/attack /tmp/flood; echo >>/tmp/flood; /bin/attack together 100 /tmp/flood";
        expect((await stand.long(line)).output).toBe("ran 0 times, alive\n");
        await watch.alerted(({ rule }) => rule.endsWith("strict mode were not told"), "a count");
      }, 30_000);

      test("leases on files hold it up no more than their own", async () => {
        const line = `${script("/tmp/other.sh")}; cp /bin/tiny /tmp/leased; /bin/attack lease /tmp/leased 6 /tmp/other.sh`;
        const before = respondersOf(watch);
        expect((await stand.long(line)).output).toBe("ran 0 times, alive\n");
        expect(respondersOf(watch)).toEqual(before);
        await watch.alerted(({ output }) => output.includes("unopened"), "a lease");
      }, 30_000);
    });

    describe("what may happen to it", () => {
      /** How many became ready so far. */
      const ready = (): number => watch.said.split(`strict in ${NAME}`).length - 1;
      const another = (before: number): Promise<void> =>
        watch.until(
          () => ready() > before && respondersOf(watch).length === 2,
          "another responder",
        );
      /** Does something to one that is well, and tells for how long the container waited. */
      const waitedAfter = async (happens: (pids: readonly number[]) => void): Promise<number> => {
        await watch.until(() => respondersOf(watch).length === 2, "a responder");
        const before = ready();
        happens(respondersOf(watch));
        const waited = goesOn("ls / >/dev/null && /bin/attack");
        await another(before);
        return waited;
      };
      const told: string[] = [];
      const measured = (what: string, waited: number): void => {
        told.push(`${what}: ${Math.round(waited)} ms`);
        expect(waited).toBeLessThan(LET_GO_MS);
      };

      afterAll(() => process.stdout.write(`${kind}: the container waited ${told.join(", ")}\n`));

      test("killed: nobody waits, and another begins", async () => {
        measured("killed", await waitedAfter(([pid = 0]) => process.kill(pid, "SIGKILL")));
        expect(
          (await watch.alerted(({ rule }) => rule.startsWith("Strict mode let go"), "")).priority,
        ).toBe("Error");
      }, 30_000);

      test("killed while something that ends soon has a lower number: it outlives that", async () => {
        // Numbers begin anew, as they do by themselves on a machine that is up for long.
        writeFileSync("/proc/sys/kernel/ns_last_pid", "300");
        stand.leave("sleep 3");
        await sleep(300);
        await waitedAfter(([pid = 0]) => process.kill(pid, "SIGKILL"));
        const [began] = respondersOf(watch);
        await sleep(4_000);
        expect(respondersOf(watch)[0]).toBe(began);
      }, 30_000);

      test("stopped: the kernel ends it within a second", async () => {
        measured("stopped", await waitedAfter(([pid = 0]) => process.kill(pid, "SIGSTOP")));
      }, 30_000);

      test("stopped before it is ready: nobody waits, and another begins", async () => {
        const before = ready();
        const [old = 0] = respondersOf(watch);
        process.kill(old, "SIGKILL");
        const young = (): number | undefined =>
          respondersOf(watch).find((pid) => pid !== old && parentOf(pid) === watch.pid);
        await watch.until(() => young() !== undefined, "the next");
        process.kill(young() ?? 0, "SIGSTOP");
        measured("stopped while it begins", goesOn("ls / >/dev/null && /bin/attack"));
        await another(before);
      }, 30_000);

      test("stopped with the one beside it, and with bulwark watch", async () => {
        const before = ready();
        for (const pid of [watch.pid, ...respondersOf(watch)]) process.kill(pid, "SIGSTOP");
        measured("all stopped", goesOn("ls / >/dev/null && /bin/attack"));
        process.kill(watch.pid, "SIGCONT");
        await another(before);
      }, 30_000);

      const frozen = hostHierarchy()?.version === 2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/unified";

      test.skipIf(!existsSync(join(frozen, "cgroup.controllers")))(
        "frozen with all that is beside it (cgroups of version 2)",
        async () => {
          const folder = join(frozen, `bulwark-frozen-${process.pid}`);
          mkdirSync(folder);
          try {
            const waited = await waitedAfter((pids) => {
              for (const pid of pids) writeFileSync(join(folder, "cgroup.procs"), String(pid));
              writeFileSync(join(folder, "cgroup.freeze"), "1");
            });
            measured("frozen", waited);
          } finally {
            writeFileSync(join(folder, "cgroup.freeze"), "0");
            await watch.until(() => isRemoved(folder), "the end of what was frozen");
          }
        },
        30_000,
      );

      test("the one beside it stopped: what was not read before runs after half a second, and it is told", async () => {
        measured(
          "reader stopped",
          await waitedAfter(([, beside = 0]) => {
            process.kill(beside, "SIGSTOP");
            stand.inside("cp /bin/busybox /tmp/unread; /tmp/unread true");
          }),
        );
        await watch.alerted(({ rule }) => rule === "Program not compared in time", "");
      }, 30_000);

      test("bulwark watch stopped: it goes on", () => {
        watch.signal("SIGSTOP");
        try {
          const { output } = stand.inside(
            "cp /bin/attack /tmp/d2; echo >>/tmp/d2; /tmp/d2; echo $?",
          );
          expect(output).toBe(`${DENIED}\n`);
          measured("watch stopped", goesOn("ls /"));
        } finally {
          watch.signal("SIGCONT");
        }
      }, 30_000);
    });

    test("a container that is started again is strict again, and its root can be unmounted", async () => {
      const before = respondersOf(watch);
      stand.run("restart", "-t", "0", NAME);
      stand.inside("cp /bin/attack /tmp/d3; echo >>/tmp/d3");
      await watch.until(
        () => !respondersOf(watch).some((pid) => before.includes(pid)),
        "the end of the first",
      );
      // Until there is another, enforcement ends it.
      await watch.until(
        () => stand.inside("/tmp/d3; echo $?").output !== `${KILLED}\n`,
        "strict again",
      );
      expect(stand.inside("/tmp/d3; echo $?").output).toBe(`${DENIED}\n`);
    }, 60_000);

    test("one that is started again while its responder is away is strict again", async () => {
      await watch.until(() => respondersOf(watch).length === 2, "a responder");
      // As if bulwark had no time to start another before the container ended, and another took the number of its root.
      watch.signal("SIGSTOP");
      process.kill(respondersOf(watch)[0] ?? 0, "SIGKILL");
      stand.run("stop", "-t", "0", NAME);
      const other = stand
        .run("run", "-d", "--network=none", ...stand.limits, IMAGE, "/bin/sleep", "100")
        .trim();
      stand.run("start", NAME);
      watch.signal("SIGCONT");
      await watch.until(() => respondersOf(watch).length === 2, "another responder");
      await sleep(300);
      expect(stand.inside("/tmp/d3; echo $?").output).toBe(`${DENIED}\n`);
      stand.run("rm", "-f", other);
    }, 60_000);

    test("bulwark watch killed: nothing is left, and nobody waits", async () => {
      const before = respondersOf(watch);
      expect(before).toHaveLength(2);
      watch.signal("SIGKILL");
      let output = "";
      for (let attempt = 0; attempt < 50 && output !== "alive\n"; attempt += 1) {
        await sleep(100);
        ({ output } = stand.inside("/tmp/d3"));
      }
      expect(output).toBe("alive\n");
      expect(before.filter(isStrict)).toEqual([]);
    }, 30_000);
  });
}
