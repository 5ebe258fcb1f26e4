// What the kernel tells, on the kernel of this machine: real processes, files and connections.
import { execFile, execFileSync, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LabWatch, sensorHindrance } from "../lab/sensor.ts";

const COMMAND = resolve(import.meta.dirname, "../../bin/bulwark.js");
const hindrance = sensorHindrance();

describe.skipIf(hindrance !== null)(`bulwark watch (${hindrance ?? "real kernel"})`, () => {
  let folder: string;
  let recording: string;
  let watch: LabWatch;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "bulwark-watch-"));
    recording = join(folder, "recording.events");
    watch = await new LabWatch(["--all", "--record", recording]).started();
  }, 30_000);

  afterAll(async () => {
    await watch?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const shell = (script: string, ...args: string[]): void => {
    execFileSync("/bin/sh", ["-c", script, "sh", ...args], { cwd: folder, stdio: "ignore" });
  };

  test("a program that begins, with its words, its folder and who began it", async () => {
    shell("/usr/bin/env printf mark-exec; true");
    const event = await watch.seen(
      (e) => e.command.includes("mark-exec") && e.process === "printf",
      "printf",
    );
    expect(event).toMatchObject({
      type: "execve",
      executable: "/usr/bin/printf",
      command: "printf mark-exec",
      user: 0,
      container: null,
      parent: "sh",
    });
    expect(Math.abs(Date.parse(event.time) - Date.now())).toBeLessThan(10_000);
  });

  test("a file by the name that was said, made absolute, and where it really lies", async () => {
    mkdirSync(join(folder, "real"));
    writeFileSync(join(folder, "real", "secret"), "");
    symlinkSync("real/secret", join(folder, "innocent"));
    shell("cat ./real/../innocent");
    const event = await watch.seen(
      (e) => e.type === "openat" && e.process === "cat" && (e.subject ?? "").endsWith("innocent"),
      "cat of a link",
    );
    expect(event.subject).toBe(join(folder, "innocent"));
    expect(event.realPath).toBe(join(folder, "real", "secret"));
    expect(event.result).toBeGreaterThanOrEqual(0);
  });

  test("an open that failed, with the kernel's error", async () => {
    shell("cat nowhere || true");
    const event = await watch.seen((e) => (e.subject ?? "").endsWith("/nowhere"), "failed open");
    expect(event.result).toBe(-2);
  });

  test("files that are renamed, removed and linked", async () => {
    writeFileSync(join(folder, "one"), "");
    shell(
      "mv one two && ln -s /etc/shadow three && ln two four && rm two && chmod 700 four && mkdir five && rmdir five",
    );
    for (const type of ["rename", "symlink", "link", "unlink", "chmod", "mkdir", "rmdir"]) {
      await watch.seen(
        (e) =>
          e.type.includes(type) &&
          e.process ===
            type
              .replace("unlink", "rm")
              .replace("rename", "mv")
              .replace(/^(symlink|link)$/, "ln"),
        type,
      );
    }
  });

  test("a connection by both of its ends, whatever the caller says", async () => {
    const server = createServer((socket) => socket.end());
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const { status } = spawnSync("python3", [
      "-c",
      "import socket,sys; s=socket.socket(); s.connect(('127.0.0.1', int(sys.argv[1]))); s.close()",
      String(port),
    ]);
    expect(status).toBe(0);
    const event = await watch.seen(
      (e) => e.type === "connect" && (e.subject ?? "").includes(`:${port}`),
      "connect",
    );
    expect(event.subject).toMatch(new RegExp(`^127\\.0\\.0\\.1:\\d+->127\\.0\\.0\\.1:${port}$`));
    await new Promise((closed) => server.close(closed));
  });

  test("connections that are easily missed", async () => {
    const program = `import socket, os, sys
def unix(name):
    server = socket.socket(socket.AF_UNIX); server.bind(name); server.listen(1); return server
one = unix("\\0mark-abstract"); socket.socket(socket.AF_UNIX).connect("\\0mark-abstract")
two = unix("mark-real"); os.symlink("mark-real", "mark-link")
socket.socket(socket.AF_UNIX).connect("mark-link")
def udp():
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.1", 0)); return s
a, b, c = udp(), udp(), udp()
c.connect(a.getsockname())
tcp = socket.socket(); tcp.bind(("127.0.0.1", 0)); tcp.listen(1)
print(b.getsockname()[1], tcp.getsockname()[1])
c.sendto(b"x", b.getsockname())
socket.socket().sendto(b"x", 0x20000000, tcp.getsockname())`;
    const rules = join(folder, "connections.yaml");
    writeFileSync(
      rules,
      `- rule: Connection
  desc: Every connection, and every datagram.
  condition: evt.type in (connect, sendto) and proc.pcmdline contains mark-connections
  output: "%evt.type %fd.name"
  priority: NOTICE
`,
    );
    const connections = await new LabWatch(["--rules", rules]).started();
    try {
      const { stdout, status } = spawnSync(
        "sh",
        ["-c", 'python3 -c "$0"; : mark-connections', program],
        { cwd: folder },
      );
      expect(status).toBe(0);
      const [udp, tcp] = stdout.toString().trim().split(" ");
      for (const end of [
        "connect @mark-abstract",
        "connect mark-real",
        `->127.0.0.1:${udp}`,
        `->127.0.0.1:${tcp}`,
      ]) {
        const { output } = await connections.alerted((a) => a.output.endsWith(end), end);
        expect(output).toMatch(end.endsWith(udp ?? "?") ? /^sendto / : /^connect /);
      }
    } finally {
      await connections.stop();
    }
  }, 30_000);

  test("a file of a changed root by where it really lies", async () => {
    const root = join(folder, "jail");
    mkdirSync(join(root, "bin"), { recursive: true });
    cpSync("/bin/busybox", join(root, "bin", "busybox"));
    writeFileSync(join(root, "mark-inside"), "");
    spawnSync("chroot", [root, "/bin/busybox", "cat", "/mark-inside"]);
    const event = await watch.seen((e) => e.subject === "/mark-inside", "cat in a changed root");
    expect(event.realPath).toBe(join(root, "mark-inside"));
    expect(event.executable).toBe(join(root, "bin", "busybox"));
  });

  test("a program in memory alone", async () => {
    const program = `import os
fd = os.memfd_create("mark-memfd")
os.write(fd, open("/usr/bin/true", "rb").read())
os.execve(fd, ["mark-memfd-run"], {})`;
    spawnSync("python3", ["-c", program]);
    const event = await watch.seen(
      (e) => e.type.startsWith("exec") && e.command === "mark-memfd-run",
      "memfd",
    );
    expect(event.executable).toBe("memfd:mark-memfd");
  });

  test("who forked away from its parent is still told by it", async () => {
    shell("(setsid sh -c 'sleep 0.3; exec printf mark-orphan' >/dev/null 2>&1 &) ");
    await new Promise((later) => setTimeout(later, 600));
    const event = await watch.seen((e) => e.command === "printf mark-orphan", "orphan");
    expect(event.parentPid).toBeGreaterThan(1);
    expect(event.parent).not.toBe("systemd");
  });

  test("ten thousand short programs, and the one among them", async () => {
    // Whoever wants to see all of them has to read meanwhile.
    const script =
      "i=0; while [ $i -lt 2000 ]; do /bin/true; /bin/true; [ $i = 1500 ] && /usr/bin/env printf mark-needle; i=$((i+1)); done";
    await promisify(execFile)("/bin/sh", ["-c", script]);
    await watch.seen((e) => e.command === "printf mark-needle", "one of many");
    const { counts } = watch.state ?? { counts: [] };
    expect(counts.find((kind) => kind.type === "execve")?.dropped).toBe(0);
  }, 60_000);

  test("a recording that is replayed tells the same", async () => {
    expect(await watch.stop()).toBe(0);
    const output = execFileSync(
      process.execPath,
      [COMMAND, "replay", recording, "--all", "--rules", "none", "--format", "json"],
      {
        maxBuffer: 1 << 28,
        stdio: ["ignore", "pipe", "ignore"],
      },
    ).toString();
    const replayed = output
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const marks = (
      events: readonly { type: string; command: string; subject: string | null }[],
    ): string[] =>
      events
        .filter((e) => e.command.includes("mark-") || (e.subject ?? "").startsWith(folder))
        .map((e) => `${e.type} ${e.command} ${e.subject}`);
    const live = marks(watch.events);
    expect(live.length).toBeGreaterThan(20);
    expect(marks(replayed)).toEqual(expect.arrayContaining(live));
  }, 30_000);
});

describe.skipIf(hindrance !== null)(
  `a recording in which something is missing (${hindrance ?? "real kernel"})`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), "bulwark-lost-"));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    test("says what was lost while it was made", async () => {
      const recording = join(folder, "lost.events");
      const watch = await new LabWatch(["--all", "--quiet", "--record", recording]).started();
      // Nobody empties the ring meanwhile.
      watch.signal("SIGSTOP");
      try {
        const many = "for _ in range(120000): os.close(os.open('/etc/hostname', 0))";
        spawnSync("python3", ["-c", `import os\n${many}`]);
      } finally {
        watch.signal("SIGCONT");
      }
      const lost = (): number =>
        (watch.state?.counts ?? []).reduce((sum, { dropped }) => sum + dropped, 0);
      await watch.until(() => lost() > 0, "events that were lost");
      expect(await watch.stop()).toBe(0);
      const { stderr, status } = spawnSync(process.execPath, [COMMAND, "replay", recording], {
        encoding: "utf8",
        maxBuffer: 1 << 28,
      });
      expect(status).toBe(0);
      const [, told = "", kinds] =
        /([\d,]+) events? lost while it was recorded \((.*)\)/.exec(stderr) ?? [];
      expect(Number(told.replaceAll(",", ""))).toBe(lost());
      expect(kinds).toContain("openat");
    }, 60_000);
  },
);

describe.skipIf(hindrance !== null)(
  `bulwark watch that nobody reads (${hindrance ?? "real kernel"})`,
  () => {
    test("keeps a bounded part of what it would tell, and says how much it left out", async () => {
      const child = spawn(process.execPath, [COMMAND, "watch", "--all", "--format", "json"], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      try {
        await new Promise((started) => child.stdout.once("readable", started));
        // What waits at the other end of a pipe is 64 KiB, and then the sensor has to do something.
        spawnSync("sh", ["-c", "i=0; while [ $i -lt 40000 ]; do : < /dev/null; i=$((i+1)); done"]);
        const tidings: { kind: string; omitted?: number }[] = [];
        const isSaid = new Promise<void>((said) => {
          const lines = createInterface({ input: child.stdout }).on("line", (line) => {
            tidings.push(JSON.parse(line));
            if ((tidings.at(-1)?.omitted ?? 0) === 0) return;
            // The last line will be cut.
            lines.removeAllListeners("line");
            said();
          });
        });
        await isSaid;
        const told = tidings.filter(({ kind }) => kind === "events");
        expect(told.length).toBeLessThan(40);
      } finally {
        child.kill("SIGKILL");
      }
    }, 60_000);
  },
);

/** Runs the command where a part of the host is hidden from it. */
function without(hide: string): { status: number | null; stderr: string } {
  const script = `mkdir -p /tmp/bulwark-nothing; ${hide}; exec "$0" "$1" watch`;
  const { status, stderr } = spawnSync(
    "unshare",
    ["-m", "sh", "-c", script, process.execPath, COMMAND],
    {
      timeout: 20_000,
    },
  );
  return { status, stderr: stderr.toString() };
}

describe.skipIf(hindrance !== null)(
  `a host on which nothing can be observed is told what it lacks (${hindrance ?? "real kernel"})`,
  () => {
    const hidden = (path: string): string => `mount --bind /tmp/bulwark-nothing ${path}`;
    test.each([
      ["BTF", hidden("/sys/kernel/btf"), /CONFIG_DEBUG_INFO_BTF/],
      [
        "tracefs",
        `umount -l /sys/kernel/tracing /sys/kernel/debug 2>/dev/null; ${hidden("/sys/kernel")} && mkdir -p /sys/kernel/btf && touch /sys/kernel/btf/vmlinux`,
        /mount -t tracefs/,
      ],
      [
        "libbpf",
        "for f in /usr/lib/*/libbpf.so.1; do mount --bind /dev/null $f; done",
        /apt install libbpf1/,
      ],
      ["cgroups", hidden("/sys/fs/cgroup"), /no cgroups/],
    ])("%s", (_, hide, says) => {
      const { status, stderr } = without(hide);
      expect(stderr).toMatch(says);
      expect(stderr).toContain("(sensor-unavailable)");
      expect(status).toBe(1);
    });

    test("the host's process numbers", () => {
      const own = spawnSync(
        "unshare",
        ["-fp", "--mount-proc", process.execPath, COMMAND, "watch"],
        {
          timeout: 20_000,
        },
      );
      expect(own.stderr.toString()).toMatch(/process numbers of its own.*\n.*--pid=host/);
      expect(own.status).toBe(1);
    });

    test("doctor says the same, and what works without", () => {
      const { status, stdout } = spawnSync("setpriv", [
        "--reuid=65534",
        "--clear-groups",
        process.execPath,
        COMMAND,
        "sensor",
        "doctor",
      ]);
      expect(stdout.toString()).toMatch(/cannot observe this host .*needs root/);
      expect(stdout.toString()).toContain("bulwark drift");
      expect(status).toBe(1);
    });

    test("doctor attaches everything, and tells what is missing", () => {
      const { status, stdout } = spawnSync(process.execPath, [
        COMMAND,
        "sensor",
        "doctor",
        "--format",
        "json",
      ]);
      const health = JSON.parse(stdout.toString());
      expect(status).toBe(0);
      expect(health.hindrance).toBeNull();
      const attached = health.hooks.filter((hook: { state: string }) => hook.state === "attached");
      expect(attached.length).toBeGreaterThan(35);
      for (const hook of health.hooks)
        if (hook.state !== "attached") expect(hook.reason).toMatch(/./);
    });

    test("root", () => {
      const { status, stderr } = spawnSync("setpriv", [
        "--reuid=65534",
        "--clear-groups",
        process.execPath,
        COMMAND,
        "watch",
      ]);
      expect(stderr.toString()).toMatch(/needs root.*\n.*sudo/);
      expect(status).toBe(1);
    });
  },
);
