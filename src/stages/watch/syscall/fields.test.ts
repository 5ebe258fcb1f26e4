import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { describeShared, sharedPath } from "../../../../test/shared.ts";
import type { Container } from "../../../model/container.ts";
import {
  type Descriptor,
  EVENT_TYPES,
  type EventType,
  type Parameter,
  type Process,
  type SensorEvent,
  type Socket,
} from "../../../model/event.ts";
import type { FieldValue } from "../contract.ts";
import { syscallFields } from "./fields.ts";

const FIELDS = syscallFields({
  userName: (uid) => (uid === 33 ? "www-data" : null),
  groupName: (gid) => (gid === 33 ? "www-data" : null),
  hostName: "node-1",
  hosts: { namesOf: (address) => (address === "10.0.0.9" ? ["db", "db.local"] : []) },
});

const CONTAINER: Container = {
  id: "3ad7b26ded6d8e7b23da7d48fe889434",
  engine: "docker",
  name: "web",
  image: {
    reference: "nginx:1.27",
    repository: "nginx",
    tag: "1.27",
    digest: "sha256:aa",
    id: "sha256:0123456789abcdef",
  },
  labels: { team: "shop", toString: "no" },
  isPrivileged: null,
  mounts: [{ source: "/data/www", destination: "/srv/www", isWritable: false }],
  problems: [],
  pod: null,
  startedAt: 1_760_000_000_000,
};

function process(more: Partial<Process> = {}): Process {
  return {
    pid: 100,
    vpid: 7,
    pgid: 100,
    vpgid: 7,
    sid: 50,
    parent: null,
    parentPid: 50,
    name: "cat",
    exe: "/bin/cat",
    exePath: "/usr/bin/cat",
    arguments: ["-n", "/etc/shadow"],
    environment: ["A=1", "AB=2"],
    cwd: "/srv",
    tty: 0,
    uid: 33,
    gid: 33,
    loginUid: -1,
    effective: 0b101n,
    permitted: 0n,
    inheritable: 0n,
    file: {
      device: 1,
      inode: 2,
      changedAt: 5e18,
      modifiedAt: 0,
      isUpperLayer: true,
      isLowerLayer: false,
      isMemory: false,
      isWritable: true,
      isDeleted: false,
      isOfHost: false,
    },
    startedAt: 1_759_999_999e9,
    container: CONTAINER,
    ...more,
  };
}

const SHELL = process({
  pid: 50,
  name: "bash",
  exe: "-bash",
  sid: 50,
  arguments: [],
  parent: process({ pid: 1, name: "sshd", sid: 1 }),
});

interface Made {
  readonly type: EventType;
  readonly parameters?: Readonly<Record<string, Parameter>>;
  readonly descriptor?: Partial<Descriptor> | null;
  readonly result?: number | null;
  readonly process?: Process;
}

function event({
  type,
  parameters = {},
  descriptor = null,
  result = 0,
  process: own,
}: Made): SensorEvent {
  const file: Descriptor = {
    number: 3,
    kind: "f",
    name: "/etc/shadow",
    rawName: "../etc/shadow",
    realPath: "/etc/shadow",
    device: 1,
    inode: 9,
    isUpperLayer: false,
    isLowerLayer: true,
    socket: null,
  };
  return {
    code: EVENT_TYPES.indexOf(type),
    number: 4,
    seconds: 1_760_000_000,
    nanoseconds: 12,
    tid: 101,
    process: own ?? process({ parent: SHELL }),
    result,
    descriptor: descriptor === null ? null : { ...file, ...descriptor },
    parameter: (name) => (Object.hasOwn(parameters, name) ? (parameters[name] ?? null) : null),
  };
}

/** What a field has: its value, or all that one of several may be. */
function readOf(
  written: string,
  of: SensorEvent,
): FieldValue | readonly FieldValue[] | null | string {
  const [, name = "", argument] = /^([^[]+)(?:\[(.*)\])?$/.exec(written) ?? [];
  const reading = FIELDS.field(name)?.reading(argument ?? null);
  if (reading === undefined) return `no field ${name}`;
  if (typeof reading === "string") return reading;
  if (reading.kind !== "any") return reading.read(of);
  const all: FieldValue[] = [];
  reading.some(of, (value) => {
    all.push(value);
    return false;
  });
  return all;
}

const SOCKET: Socket = {
  protocol: "tcp",
  localAddress: "10.0.0.2",
  localPort: 40_000,
  remoteAddress: "10.0.0.9",
  remotePort: 5432,
  isServer: false,
  isConnected: true,
  isNameChanged: true,
  path: "",
};
const OPEN = event({
  type: "openat",
  parameters: { flags: 0o1102, name: "../etc/shadow", mode: 0o755 },
  descriptor: {},
});
const FAILED = event({
  type: "open",
  parameters: { flags: 0 },
  descriptor: { number: -13, kind: "o" },
  result: -13,
});
const CONNECT = event({
  type: "connect",
  descriptor: { kind: "4", name: "10.0.0.2:40000->10.0.0.9:5432", socket: SOCKET },
  result: -115,
});
const EXEC = event({ type: "execve", parameters: { flags: 9 } });
const CHMOD = event({ type: "fchmodat", parameters: { filename: "x", mode: 0o4755, dirfd: -100 } });

describe("fields of an event", () => {
  test.each<[string, SensorEvent, FieldValue | readonly FieldValue[] | null]>([
    ["evt.type", OPEN, "openat"],
    ["evt.category", OPEN, "file"],
    ["evt.is_open_read", OPEN, true],
    ["evt.is_open_write", OPEN, true],
    ["evt.is_open_write", FAILED, false],
    ["evt.is_open_create", OPEN, true],
    ["evt.is_open_exec", OPEN, true],
    ["evt.is_open_read", CONNECT, false],
    ["evt.res", FAILED, "EACCES"],
    ["evt.res", CONNECT, "EINPROGRESS"],
    ["evt.res", OPEN, "SUCCESS"],
    ["evt.rawres", FAILED, -13],
    ["evt.arg.flags", OPEN, "O_RDWR|O_CREAT|O_TRUNC"],
    ["evt.arg[2]", OPEN, "../etc/shadow"],
    ["evt.arg[99]", OPEN, null],
    ["evt.arg.fd", OPEN, "<f>/etc/shadow"],
    ["evt.arg.flags", EXEC, "EXE_WRITABLE|EXE_UPPER_LAYER"],
    ["evt.arg.mode", CHMOD, "S_IXOTH|S_IROTH|S_IXGRP|S_IRGRP|S_IXUSR|S_IWUSR|S_IRUSR|S_ISUID"],
    ["evt.arg.request", event({ type: "ptrace", parameters: { request: 16 } }), "PTRACE_ATTACH"],
    ["evt.arg.request", event({ type: "ptrace", parameters: { request: 0x4206 } }), "PTRACE_SEIZE"],
    ["evt.arg.domain", event({ type: "socket", parameters: { domain: 17 } }), "AF_PACKET"],
    ["evt.arg.uid", event({ type: "setuid", parameters: { uid: 33 } }), "www-data"],
    ["evt.arg.uid", event({ type: "setuid", parameters: { uid: 5 } }), "5"],
    ["evt.arg.cmd", event({ type: "bpf", parameters: { cmd: 5 } }), "BPF_PROG_LOAD"],
    [
      "evt.arg.flags",
      event({ type: "unshare", parameters: { flags: 0x1000_0000 } }),
      "CLONE_NEWUSER",
    ],
    ["evt.rawarg.flags", OPEN, 0o1102],
    ["evt.rawtime", OPEN, 1_760_000_000_000_000_012n],
    ["evt.time", OPEN, "08:53:20.000000012"],
    ["evt.hostname", OPEN, "node-1"],
    ["evt.type.is.open", FAILED, 1],
    ["fs.path.name", CHMOD, "/srv/x"],
    ["fd.num", FAILED, -1],
    ["fd.typechar", FAILED, "f"],
    ["fd.typechar", EXEC, null],
    ["fd.directory", OPEN, "/etc"],
    ["fd.filename", OPEN, "shadow"],
    ["fd.nameraw", OPEN, "../etc/shadow"],
    ["fd.nameraw", CONNECT, null],
    ["fd.type", CONNECT, "ipv4"],
    ["fd.ip", CONNECT, ["10.0.0.2", "10.0.0.9"]],
    ["fd.sip", CONNECT, "10.0.0.9"],
    ["fd.cip", CONNECT, "10.0.0.2"],
    ["fd.sport", CONNECT, 5432],
    ["fd.sip.name", CONNECT, ["db", "db.local"]],
    ["fd.lip.name", CONNECT, []],
    ["fd.l4proto", CONNECT, "tcp"],
    ["fd.connected", CONNECT, true],
    ["fd.connected", OPEN, false],
    ["proc.cmdline", OPEN, "cat -n /etc/shadow"],
    ["proc.args", OPEN, "-n /etc/shadow"],
    ["proc.args[1]", OPEN, "/etc/shadow"],
    ["proc.env[A]", OPEN, "1"],
    ["proc.pname", OPEN, "bash"],
    ["proc.pcmdline", OPEN, "bash"],
    ["proc.aname", OPEN, ["bash", "sshd"]],
    ["proc.aname[2]", OPEN, "sshd"],
    ["proc.aname[3]", OPEN, null],
    ["proc.aname[x]", OPEN, "takes the number of an ancestor: 1 is the parent"],
    ["proc.sname", OPEN, "bash"],
    ["proc.duration", OPEN, 1_000_000_000],
    ["proc.exe_ino.ctime_duration_proc_start", OPEN, null],
    ["proc.is_exe_upper_layer", OPEN, true],
    ["proc.pname", event({ type: "open", process: process() }), null],
    ["thread.cap_effective", OPEN, "CAP_CHOWN CAP_DAC_READ_SEARCH"],
    ["user.name", OPEN, "www-data"],
    ["user.loginname", OPEN, null],
    ["container.id", OPEN, "3ad7b26ded6d"],
    ["container.id", event({ type: "open", process: process({ container: null }) }), "host"],
    ["container.privileged", OPEN, null],
    ["container.image.repository", OPEN, "nginx"],
    ["container.image.id", OPEN, "0123456789ab"],
    ["container.start_ts", OPEN, 1.76e18],
    ["container.label.team", OPEN, "shop"],
    ["container.label[team]", OPEN, "shop"],
    ["container.label.constructor", OPEN, null],
    ["container.mount.source[/srv/*]", OPEN, "/data/www"],
    ["container.mount.rdwr[0]", OPEN, "false"],
    ["container.mount.dest[/etc]", OPEN, null],
    ["fd.is_lower_layer", OPEN, true],
    ["k8s.ns.name", OPEN, null],
  ])("%s (%#)", (field, of, wanted) => {
    expect(readOf(field, of)).toEqual(wanted);
  });
});

describeShared("Falco's fields", () => {
  it("are answered, or refused with a reason, each of them", () => {
    const file = readFileSync(sharedPath("fixtures/runtime/fields/fields.json"), "utf8");
    const names = (JSON.parse(file) as { field: string }[]).map(({ field }) => field);
    const unknown = names.filter(
      (name) => FIELDS.field(name) === null && FIELDS.absence(name) === null,
    );
    const both = names.filter(
      (name) => FIELDS.field(name) !== null && FIELDS.absence(name) !== null,
    );
    expect([unknown, both]).toEqual([[], []]);
    expect(names.filter((name) => FIELDS.field(name) !== null)).toHaveLength(174);
  });
});
