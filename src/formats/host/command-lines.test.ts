import { describe, expect, test } from "vitest";
import type { FileFact, HostRecord } from "../../model/host-record.ts";
import { dockerdFlags } from "./dockerd-flags.ts";
import { commandWords, unitOf, wordsOf } from "./systemd-unit.ts";

function recordOf(
  files: Readonly<Record<string, string>>,
  more: Partial<HostRecord> = {},
): HostRecord {
  const facts = Object.entries(files).map(([path, text]): [string, FileFact] => [
    path,
    { kind: "file", uid: 0, gid: 0, mode: 0o644, text },
  ]);
  return {
    name: "",
    isLive: true,
    reader: 0,
    processes: [],
    engines: [],
    ...more,
    files: { ...more.files, ...Object.fromEntries(facts) },
  };
}

describe("flags of dockerd", () => {
  const cases: readonly [string, Record<string, unknown>][] = [
    ["--icc=false --tlsverify", { icc: false, tlsverify: true }],
    ["-H fd:// -Htcp://:2375 --host=unix:///x", { hosts: ["fd://", "tcp://:2375", "unix:///x"] }],
    ["--debug --log-level warn -D", { debug: true, "log-level": "warn" }],
    ["--log-opt max-size=1m --log-opt tag=a=b", { "log-opts": { "max-size": "1m", tag: "a=b" } }],
    ["--live-restore=T --userland-proxy=0", { "live-restore": true, "userland-proxy": false }],
    ["--data-root /srv/x stray --icc", { "data-root": "/srv/x", icc: true }],
    ["--config-file", { "config-file": "" }],
  ];
  test.each(cases)("%s", (line, wanted) => {
    const options = dockerdFlags(["dockerd", ...line.split(" ")], "/args");
    const values = [...options].map(([name, fact]) => [name, fact.state === "known" && fact.value]);
    expect(Object.fromEntries(values)).toEqual(wanted);
  });
});

describe("units of systemd", () => {
  test.each([
    ["/usr/bin/dockerd -H fd://", ["/usr/bin/dockerd", "-H", "fd://"]],
    ['-/usr/bin/x \'a b\' "c \\" d" e\\ f', ["/usr/bin/x", "a b", 'c \\" d', "e f"]],
    ["x $OPTS ${NAME}y $MISSING", ["x", "--a", "--b", "zy"]],
  ])("the words of %s", (command, wanted) => {
    const environment = new Map([
      ["OPTS", "--a --b"],
      ["NAME", "z"],
    ]);
    expect(commandWords(command, environment)).toEqual(wanted);
  });

  test("an empty assignment takes back, a line goes on, and a stronger folder hides", () => {
    const folder = (names: string[]): FileFact => ({
      kind: "folder",
      uid: 0,
      gid: 0,
      mode: 0o755,
      names,
    });
    const record = recordOf(
      {
        "/lib/systemd/system/docker.service": "[Service]\nExecStart=/usr/bin/a\n",
        "/usr/lib/systemd/system/docker.service":
          "[Service]\n; no\nExecStart=/usr/bin/b \\\n# between\n  -x\n",
        "/etc/systemd/system/docker.service.d/20.conf":
          "[Service]\nExecStart=\nExecStart=/usr/bin/c\n",
        "/run/systemd/system/docker.service.d/20.conf": "[Service]\nExecStart=/usr/bin/hidden\n",
        "/run/systemd/system/docker.service.d/10.conf": "[Service]\nExecStart=/usr/bin/first\n",
      },
      {
        files: {
          "/etc/systemd/system/docker.service.d": folder(["20.conf", "notes.txt"]),
          "/run/systemd/system/docker.service.d": folder(["10.conf", "20.conf"]),
        },
      },
    );
    const unit = unitOf(record, "docker.service");
    expect(unit?.path).toBe("/usr/lib/systemd/system/docker.service");
    expect(unit?.settings.get("Service.ExecStart")).toEqual([
      { value: "/usr/bin/c", path: "/etc/systemd/system/docker.service.d/20.conf", line: 3 },
    ]);
  });

  test("no text makes words that take long", () => {
    expect(wordsOf(`${"\\".repeat(50_000)}"`).length).toBeLessThan(3);
    expect(wordsOf(`${'"a'.repeat(20_000)}`).length).toBeGreaterThan(0);
  });
});
