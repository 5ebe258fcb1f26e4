import { describe, expect, test } from "vitest";
import type { DriftItem, ObservedFile, RunningFile, WrittenEntry } from "../../model/drift.ts";
import { driftOf } from "./drift-of.ts";
import { inUseOf } from "./in-use.ts";
import { madeBaseline, observed } from "./test-support/made-baseline.ts";

const baseline = madeBaseline({
  "app/server.js": { content: "server" },
  "app/readme": { content: "readme" },
  "etc/nginx.conf": { content: "conf" },
  "etc/passwd": { content: "passwd" },
  "usr/bin/busybox": { content: "busybox", owner: "deb/busybox" },
  "usr/bin/python": { link: "python3" },
  "usr/bin/su": { content: "su", mode: 0o4755 },
  "usr/bin/sudo": { content: "sudo" },
  "usr/lib/libz.so.1": { content: "libz", owner: "deb/zlib1g" },
  "var/lib/state": { content: "state" },
});

const process = { pid: 7, name: "x", command: "x" };
const ran = (file: ObservedFile, use: RunningFile["use"] = "executed"): RunningFile => ({
  file,
  use,
  processes: [process],
});
const data = (path: string, content: string, facts: Partial<ObservedFile> = {}): WrittenEntry => ({
  kind: "file",
  file: observed(path, content, { content: "other", mode: 0o644, ...facts }),
});
const program = (
  path: string,
  content: string,
  facts: Partial<ObservedFile> = {},
): WrittenEntry => ({
  kind: "file",
  file: observed(path, content, facts),
});

function itemsOf(
  written: readonly WrittenEntry[],
  running: readonly RunningFile[] = [],
): readonly DriftItem[] {
  return driftOf(baseline, { written, running, processes: 1 }).items;
}

function told(items: readonly DriftItem[]): string[] {
  return items.map(({ severity, kind, path }) => `${severity} ${kind} ${path}`);
}

const quiet: readonly (readonly [name: string, entry: WrittenEntry])[] = [
  ["a touched program", program("usr/bin/busybox", "busybox")],
  ["a chmodded program", program("usr/bin/busybox", "busybox", { mode: 0o700 })],
  ["setuid as in the image", program("usr/bin/su", "su", { mode: 0o4755 })],
  ["an empty list of who may log in", data("root/.ssh/authorized_keys", "")],
  ["a log", data("var/log/app.log", "lines")],
  ["a pid file", data("run/app.pid", "7")],
  ["data of the image that changes", data("var/lib/state", "new")],
  ["data of an application", data("app/cache.db", "rows")],
  ["hosts, which the engine writes", data("etc/hosts", "127.0.0.1 localhost")],
  ["the linker's cache", data("etc/ld.so.cache", "cache")],
  ["data in a volume", data("etc/conf.d/own", "own", { place: "volume" })],
  [
    "a script that nobody made executable",
    program("home/u/notes", "x", { content: "script", mode: 0o644 }),
  ],
  ["a folder as it was", { kind: "folder", path: "etc", names: ["nginx.conf", "passwd", "more"] }],
  ["a folder whose names are not known", { kind: "folder", path: "etc", names: null }],
  ["a link as it was", { kind: "link", path: "usr/bin/python", target: "python3" }],
  ["a link among data", { kind: "link", path: "var/current", target: "/etc/shadow" }],
  ["a whiteout among data", { kind: "removed", path: "var/lib/state" }],
  ["a whiteout of what the image never had", { kind: "removed", path: "usr/bin/other" }],
];

const loud: readonly (readonly [entry: WrittenEntry, said: string])[] = [
  [program("tmp/x", "evil"), "high dropped tmp/x"],
  [program("dev/shm/x", "evil", { place: "tmpfs" }), "high dropped dev/shm/x"],
  [program("data/x", "evil", { place: "volume" }), "low dropped data/x"],
  [program("tmp/x", "busybox"), "medium moved tmp/x"],
  [program("usr/bin/busybox", "evil"), "high modified usr/bin/busybox"],
  [program("usr/bin/sudo", "busybox"), "high moved usr/bin/sudo"],
  [program("usr/lib/libz.so.1", "evil", { content: "library" }), "high modified usr/lib/libz.so.1"],
  [program("usr/bin/busybox", "busybox", { mode: 0o4755 }), "high privileged usr/bin/busybox"],
  [data("etc/nginx.conf", "other"), "medium modified etc/nginx.conf"],
  [data("etc/own.conf", "own"), "medium dropped etc/own.conf"],
  [data("etc/passwd", "root::0:0"), "high modified etc/passwd"],
  [data("etc/ld.so.preload", "/tmp/x.so"), "high dropped etc/ld.so.preload"],
  [data("etc/cron.d/x", "* * * * *"), "high dropped etc/cron.d/x"],
  [data("etc/crontabs/root", "* * * * *"), "high dropped etc/crontabs/root"],
  [data("etc/crontab", "* * * * *"), "high dropped etc/crontab"],
  [data("root/.ssh/authorized_keys", "ssh-rsa"), "high dropped root/.ssh/authorized_keys"],
  [data("home/u/.ssh/authorized_keys", "ssh-rsa"), "high dropped home/u/.ssh/authorized_keys"],
  [
    { kind: "link", path: "root/.ssh/authorized_keys", target: "/tmp/x" },
    "high dropped root/.ssh/authorized_keys",
  ],
  [program("tmp/x", "busybox", { mode: 0o4755 }), "high moved tmp/x"],
  [program("data/x", "evil", { place: "volume", mode: 0o4755 }), "high dropped data/x"],
  [data("app/server.js", "evil"), "high modified app/server.js"],
  [data("app/readme", "other"), "low modified app/readme"],
  [data("usr/lib/python3/x.py", "import os"), "medium dropped usr/lib/python3/x.py"],
  [
    data("usr/lib/python3/__pycache__/x.pyc", "code"),
    "low dropped usr/lib/python3/__pycache__/x.pyc",
  ],
  [{ kind: "removed", path: "etc/nginx.conf" }, "medium removed etc/nginx.conf"],
  [{ kind: "folder", path: "etc", names: ["passwd"] }, "medium removed etc/nginx.conf"],
  [{ kind: "link", path: "usr/bin/python", target: "/tmp/x" }, "high relinked usr/bin/python"],
  [{ kind: "link", path: "usr/bin/sudo", target: "/tmp/x" }, "high relinked usr/bin/sudo"],
  [{ kind: "link", path: "usr/bin/nc", target: "busybox" }, "low dropped usr/bin/nc"],
];

const run: readonly (readonly [file: RunningFile, said: string | null])[] = [
  [ran(observed("usr/bin/busybox", "busybox")), null],
  [ran(observed("tmp/x", "evil")), "critical dropped tmp/x"],
  [ran(observed("data/x", "evil", { place: "volume" })), "critical dropped data/x"],
  [ran(observed("x", "evil", { place: "memory" })), "critical memfd x"],
  [ran(observed("tmp/x", "busybox")), "high moved tmp/x"],
  [ran(observed("tmp/x", "evil", { isGone: true })), "critical deleted tmp/x"],
  [ran(observed("usr/bin/busybox", "busybox", { isGone: true })), "medium deleted usr/bin/busybox"],
  [ran(observed("usr/lib/libz.so.1", "evil"), "mapped"), "critical modified usr/lib/libz.so.1"],
  [
    ran(observed("tmp/x.py", "evil", { content: "other" }), "interpreted"),
    "critical dropped tmp/x.py",
  ],
  [
    ran(observed("doublemapper", "jit", { place: "memory", content: "other" }), "mapped"),
    "low memfd doublemapper",
  ],
  [
    ran(observed("sbin/docker-init", "tini", { place: "volume" })),
    "negligible dropped sbin/docker-init",
  ],
  [ran(observed("sbin/docker-init", "tini")), "critical dropped sbin/docker-init"],
];

describe("what lies in a container", () => {
  test.each(quiet)("is quiet: %s", (_, entry) => expect(itemsOf([entry])).toEqual([]));
  test.each(loud)("is drift: %j → %s", (entry, said) =>
    expect(told(itemsOf([entry]))).toEqual([said]),
  );
});

test("who a program acts for is said, whether it runs or not", () => {
  const copy = observed("tmp/x", "busybox", { mode: 0o4755 });
  for (const items of [itemsOf([{ kind: "file", file: copy }]), itemsOf([], [ran(copy)])])
    expect(items.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/; it is setuid: whoever runs it acts for its owner$/),
    ]);
});

describe("what runs in a container", () => {
  test.each(run)("%j → %s", (one, said) =>
    expect(told(itemsOf([], [one]))).toEqual(said === null ? [] : [said]),
  );

  test("is one item with what lies there, and comes first", () => {
    const dropped = observed("tmp/x", "evil");
    const items = itemsOf(
      [program("opt/a", "other"), { kind: "file", file: dropped }],
      [ran(dropped), ran(dropped, "mapped")],
    );
    expect(told(items)).toEqual(["critical dropped tmp/x", "high dropped opt/a"]);
    expect(items[0]).toMatchObject({ uses: ["executed", "mapped"], processes: [process] });
  });

  test("is less bad where somebody outside mounted it for reading", () => {
    const given = (path: string, place: ObservedFile["place"]): string[] => {
      const running = [ran(observed(path, "own", { place, content: "script" }), "interpreted")];
      const seen = { written: [], running, processes: 1 };
      return told(driftOf(baseline, seen, [], ["init.d", "etc/run.sh"]).items);
    };
    expect(given("init.d/own.sh", "volume")).toEqual(["medium dropped init.d/own.sh"]);
    expect(given("etc/run.sh", "volume")).toEqual(["medium dropped etc/run.sh"]);
    expect(given("init.d.other/x", "volume")).toEqual(["critical dropped init.d.other/x"]);
    // What merely lies below such a path, and not in what is mounted there, was put there from inside.
    expect(given("init.d/own.sh", "root")).toEqual(["critical dropped init.d/own.sh"]);
    expect(given("init.d/own.sh", "tmpfs")).toEqual(["critical dropped init.d/own.sh"]);
  });

  test("counts what was looked at", () => {
    const { counts } = driftOf(baseline, {
      written: [
        program("usr/bin/busybox", "busybox"),
        data("var/log/x", "x"),
        { kind: "removed", path: "x" },
      ],
      running: [
        ran(observed("usr/bin/busybox", "busybox")),
        ran(observed("tmp/x", "evil")),
        ran(observed("y", null)),
      ],
      processes: 3,
    });
    expect(counts).toEqual({ written: 2, unchanged: 1, processes: 3, running: 3, same: 1 });
  });
});

test("packages are in use by what they own, copies included, and never by what took their place", () => {
  const coverage = {
    how: "snapshot",
    at: "2026-01-01T00:00:00Z",
    processes: 2,
    isWhole: true,
  } as const;
  const running = [
    ran(observed("tmp/x", "busybox")),
    ran(observed("usr/lib/libz.so.1", "evil"), "mapped"),
    ran(observed("app/server.js", "server"), "interpreted"),
  ];
  expect(inUseOf(baseline, running, coverage)).toEqual({
    packages: [{ owner: "deb/busybox", files: ["usr/bin/busybox"], isExecuted: true }],
    unowned: ["app/server.js"],
    coverage,
  });
});
