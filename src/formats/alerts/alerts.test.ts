import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readSensed } from "./alert-line.ts";
import { falcoLine, readFalcoAlert } from "./falco-alert.ts";

/** As Falco 0.43 wrote it, shortened. */
const FALCO =
  '{"hostname":"node-1","output":"10:12:03.123456789: Warning Sensitive file opened (file=/etc/shadow)","output_fields":{"container.id":"3ad7b26ded6d","container.image.repository":"registry.example/team/web","container.image.tag":"1","evt.time":1795719369424710200,"fd.name":"/etc/shadow","k8s.ns.name":null,"proc.aname":["sh","runc"],"proc.exepath":"/bin/cat","proc.tty":0},"priority":"Warning","rule":"Read sensitive file untrusted","source":"syscall","tags":["T1555","container"],"time":"2026-11-26T10:12:03.123456789Z"}';

const TETRAGON = {
  process_kprobe: {
    process: {
      pid: 52699,
      uid: 0,
      cwd: "/",
      binary: "/usr/bin/cat",
      arguments: "/etc/shadow",
      pod: {
        namespace: "prod",
        name: "web-0",
        container: {
          id: "containerd://5f0e1c",
          name: "web",
          image: {
            id: `registry.example:5000/web@sha256:${"a".repeat(64)}`,
            name: "registry.example:5000/web:1",
          },
        },
      },
    },
    parent: { binary: "/bin/bash" },
    function_name: "security_file_permission",
    args: [{ file_arg: { path: "/etc/shadow" } }, { int_arg: 4 }],
    action: "KPROBE_ACTION_SIGKILL",
    policy_name: "file-monitoring",
    message: "Sensitive file was read",
    tags: ["observability.filesystem"],
  },
  node_name: "node-2",
  time: "2026-11-26T10:12:04.000000001Z",
};

describe("an alert of Falco's", () => {
  test("is read", () => {
    const alert = readFalcoAlert(JSON.parse(FALCO));
    expect(alert).toMatchObject({
      rule: "Read sensitive file untrusted",
      priority: "Warning",
      hostname: "node-1",
      time: "2026-11-26T10:12:03.123456789Z",
      tags: ["T1555", "container"],
      sensor: "falco",
    });
    expect(alert?.fields["fd.name"]).toBe("/etc/shadow");
    expect(alert?.fields["k8s.ns.name"]).toBeNull();
    expect(alert?.fields["proc.aname"]).toBe('["sh","runc"]');
  });

  test("is written with its members in Falco's order, and read again as it was", () => {
    const alert = readFalcoAlert(JSON.parse(FALCO));
    if (alert === null) throw new Error("unread");
    const line = falcoLine(alert);
    expect(Object.keys(JSON.parse(line) as object)).toEqual(
      Object.keys(JSON.parse(FALCO) as object),
    );
    expect(readFalcoAlert(JSON.parse(line))).toEqual(alert);
    const own = { ...alert, sensor: "bulwark" } as const;
    expect(readFalcoAlert(JSON.parse(falcoLine(own)))).toEqual(own);
  });

  test.each([
    ["priority", "Loud"],
    ["time", "yesterday"],
    ["rule", ""],
    ["rule", 3],
  ])("without a %s is none", (name, value) => {
    const of = { ...(JSON.parse(FALCO) as object), [name]: value };
    expect(readFalcoAlert(of)).toBeNull();
  });

  test.each(["Info", "INFORMATIONAL", "emergency"])("may write its priority %s", (priority) => {
    expect(readFalcoAlert({ ...(JSON.parse(FALCO) as object), priority })).not.toBeNull();
  });

  test("is bounded", () => {
    const fields = Object.fromEntries(
      Array.from({ length: 5000 }, (_, i) => [`f${i}`, "x".repeat(10_000)]),
    );
    const alert = readFalcoAlert({ ...(JSON.parse(FALCO) as object), output_fields: fields });
    expect(Object.keys(alert?.fields ?? {})).toHaveLength(200);
    expect(alert?.fields["f0"]).toHaveLength(8192);
    const inherited = readFalcoAlert(JSON.parse(FALCO.replace('"proc.tty"', '"__proto__"')));
    expect(Object.getPrototypeOf(inherited?.fields)).toBeNull();
  });
});

describe("a line of Tetragon's", () => {
  test("that a policy made is an alert, with the names of the rule language", () => {
    expect(readSensed(TETRAGON)).toEqual({
      kind: "alert",
      alert: {
        rule: "file-monitoring",
        priority: "Critical",
        source: "syscall",
        time: "2026-11-26T10:12:04.000000001Z",
        hostname: "node-2",
        output: "Sensitive file was read (/usr/bin/cat /etc/shadow)",
        fields: {
          "evt.type": "security_file_permission",
          "proc.exepath": "/usr/bin/cat",
          "proc.name": "cat",
          "proc.cmdline": "/usr/bin/cat /etc/shadow",
          "proc.cwd": "/",
          "proc.pid": 52699,
          "proc.pname": "bash",
          "user.uid": 0,
          "container.id": "5f0e1c",
          "container.name": "web",
          "container.image": "registry.example:5000/web:1",
          "container.image.repository": "registry.example:5000/web",
          "container.image.tag": "1",
          "container.image.digest": `sha256:${"a".repeat(64)}`,
          "k8s.ns.name": "prod",
          "k8s.pod.name": "web-0",
          "fd.name": "/etc/shadow",
        },
        tags: ["observability.filesystem"],
        sensor: "tetragon",
      },
    });
  });

  test("is a warning when nothing was prevented", () => {
    const post = { ...TETRAGON.process_kprobe, action: "KPROBE_ACTION_POST" };
    const sensed = readSensed({ ...TETRAGON, process_kprobe: post });
    expect(sensed).toMatchObject({ alert: { priority: "Warning" } });
  });

  test("that a process began is an observation", () => {
    const { process } = TETRAGON.process_kprobe;
    expect(readSensed({ process_exec: { process }, time: TETRAGON.time }).kind).toBe("observation");
    expect(readSensed({ process_exit: { process }, time: TETRAGON.time }).kind).toBe("observation");
  });
});

test("anything else is a stranger, and never throws", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(readSensed(value).kind).toBe("stranger");
    }),
  );
  const mixed = fc.record({
    time: fc.constant("2026-11-26T10:12:04Z"),
    rule: fc.jsonValue(),
    priority: fc.constantFrom("Warning", 3, null),
    output_fields: fc.jsonValue(),
    process_kprobe: fc.oneof(
      fc.jsonValue(),
      fc.record({ policy_name: fc.string(), args: fc.jsonValue(), process: fc.jsonValue() }),
    ),
  });
  fc.assert(fc.property(mixed, (value) => void readSensed(value)));
});
