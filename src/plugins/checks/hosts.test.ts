// Whatever the files of a host hold, and whatever its engines answer.
import fc from "fast-check";
import { expect, test } from "vitest";
import { hostOf } from "../../formats/host/host.ts";
import { summaryOfHost } from "../../formats/host/host-summary.ts";
import { placesWanted } from "../../formats/host/places.ts";
import { placeOf } from "../../formats/host/record-file.ts";
import type { FileFact, HostRecord } from "../../model/host-record.ts";
import { MINOR_VERSION_MAX } from "../../stages/check/packs.ts";
import { readied, runChecks } from "../../stages/check/run.ts";
import { checks } from "./index.ts";

const READY = checks.map((check) => readied(check, MINOR_VERSION_MAX));
const ANSWERS = ["pass", "fault", "unknown", "not-applicable"];

function recordOf(files: Readonly<Record<string, string>>, more: Partial<HostRecord>): HostRecord {
  const facts = Object.entries(files).map(([path, text]): [string, FileFact] => [
    path,
    { kind: "file", uid: 0, gid: 0, mode: 0o644, text },
  ]);
  const nothing = { name: "", isLive: true, reader: 0, processes: [], engines: [] };
  return { ...nothing, ...more, files: Object.fromEntries(facts) };
}

const NAMES = fc.constantFrom(
  ..."/etc/docker/daemon.json /etc/passwd /etc/group /etc/subuid /usr/bin/podman /usr/bin/containerd /etc/containerd/config.toml /etc/containers/registries.conf /etc/containers/policy.json /usr/lib/systemd/system/docker.service /etc/audit/audit.rules /proc/self/mountinfo /sys/kernel/security/lsm".split(
    " ",
  ),
);
const TEXTS = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "[Service]\nExecStart=/usr/bin/dockerd -H",
    "{",
    "[]",
    '{"hosts": {"a": 1}, "tlscacert": [], "log-opts": 1, "group": null}',
    '{"hosts": [1, null], "__proto__": {"icc": false}}',
    "a:b:c:d:e:f\n:::\n",
    "[[registry]]\nlocation = 3\n[containers]\npids_limit = []\n",
    '{"group": {"toString": 1}, "data-root": {"valueOf": 1}, "log-driver": {"toString": 1}, "hosts": [{"toString": 1}]}',
    "registry = 1\n[plugins]\nx = 1\n",
  ),
);
const ANY = fc.oneof(
  fc.constant(null),
  fc.string(),
  fc.integer(),
  fc.constant([]),
  fc.constant({}),
);

test("no record makes a reader throw, whatever files and engines say", () => {
  fc.assert(
    fc.property(fc.dictionary(NAMES, TEXTS), fc.array(fc.string()), ANY, (files, args, any) => {
      const engines = [
        any,
        { Swarm: any, SecurityOptions: any, RegistryConfig: any, Driver: any },
      ].map(
        (info) =>
          ({
            engine: "docker",
            address: "unix:///x",
            error: null,
            info,
            version: { Components: any },
          }) as const,
      );
      for (const words of [
        ["/usr/bin/dockerd", ...args],
        ["containerd", "-c"],
        ["podman", ...args],
      ]) {
        const record = recordOf(files, {
          engines,
          processes: [{ pid: 1, uid: 0, args: words, root: "" }],
        });
        const host = hostOf(record);
        for (const { answer } of runChecks(host, READY)) expect(ANSWERS).toContain(answer);
        expect(summaryOfHost(host, 0).engines).toBeInstanceOf(Array);
        expect(placesWanted(record).every(({ path }) => path.startsWith("/"))).toBe(true);
        for (const at of [
          "",
          "/files/~1etc~1docker~1daemon.json/text/hosts",
          "/processes/0/args/9",
          "/engines/7",
        ])
          placeOf(record, at);
      }
    }),
    { numRuns: 300 },
  );
});

test("what a stranger's command line names is looked at, and never changed", () => {
  const open = { kind: "file", uid: 0, gid: 0, mode: 0o777, text: "{}" } as const;
  const socket = { kind: "socket", uid: 0, gid: 0, mode: 0o777 } as const;
  const args = [
    "dockerd",
    "--config-file=/etc/important",
    "-H",
    "unix:///run/other",
    "--tlskey=/key",
  ];
  const files = { "/etc/important": open, "/run/other": socket, "/key": open };
  const stepsOf = (uid: number, root: string): unknown[] => {
    const record = { ...recordOf({}, { processes: [{ pid: 7, uid, args, root }] }), files };
    return runChecks(hostOf(record), READY).flatMap(({ faults }) =>
      faults.flatMap(({ steps = [] }) => steps),
    );
  };
  expect(stepsOf(1000, "")).toEqual([]);
  expect(stepsOf(0, "/proc/7/root")).toEqual([]);
  expect(stepsOf(0, "").length).toBeGreaterThan(3);
});
