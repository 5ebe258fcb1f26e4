// Fields of the process and of who runs it: `proc.*`, `thread.*`, `user.*`, `group.*`.
import type { Process, SensorEvent } from "../../../model/event.ts";
import type { Field } from "../contract.ts";
import { described, flag, indexOf, number, text } from "../field.ts";
import { CAPABILITIES } from "./parameter-names.data.ts";
import type { Accounts } from "./parameters.ts";

type F = Field<SensorEvent>;

/** A tree of processes is not deeper; a circle would be a defect of who keeps it. */
const ANCESTORS_MAX = 200;

/** Arguments do not change while a process runs one program: they are a list of their own for each. */
const joined = new WeakMap<readonly string[], string>();

function wordsOf(words: readonly string[]): string {
  const before = joined.get(words);
  if (before !== undefined) return before;
  const all = words.join(" ");
  joined.set(words, all);
  return all;
}

function commandLine({ name, arguments: words }: Process): string {
  return words.length === 0 ? name : `${name} ${wordsOf(words)}`;
}

function ancestor(process: Process, generation: number): Process | null {
  let one: Process | null = process;
  for (let i = 0; i < generation && one !== null; i += 1) one = one.parent;
  return one;
}

/** The leader of a group of processes, or the oldest ancestor that belongs to it. */
function leader(process: Process, group: (one: Process) => number): Process {
  const wanted = group(process);
  let one = process;
  for (let i = 0; i < ANCESTORS_MAX && one.parent !== null && group(one.parent) === wanted; i += 1)
    one = one.parent;
  return one;
}

function of<V>(read: (process: Process) => V | null): (event: SensorEvent) => V | null {
  return (event) => read(event.process);
}

function ofParent<V>(read: (process: Process) => V | null): (event: SensorEvent) => V | null {
  return ({ process: { parent } }) => (parent === null ? null : read(parent));
}

/** `proc.aname[2]` is the grandparent's; without a number any ancestor's will do. */
function ancestral(type: "text" | "number", read: (process: Process) => string | number): F {
  return described(type, { cost: 3, isOperand: false }, (argument) => {
    if (argument === null)
      return {
        kind: "any",
        some: ({ process }, test) => {
          let one = process.parent;
          for (let i = 0; i < ANCESTORS_MAX && one !== null; i += 1, one = one.parent)
            if (test(read(one))) return true;
          return false;
        },
      };
    const generation = indexOf(argument);
    if (generation === null) return "takes the number of an ancestor: 1 is the parent";
    return {
      kind: "one",
      read: ({ process }) => {
        const one = ancestor(process, generation);
        return one === null ? null : read(one);
      },
    };
  });
}

/** What an environment has for a name. */
function variable(environment: readonly string[], name: string): string | null {
  const found = environment.find((one) => one.startsWith(`${name}=`));
  return found === undefined ? null : found.slice(name.length + 1);
}

function capabilityNames(bits: bigint): string {
  return CAPABILITIES.filter((_, i) => (bits >> BigInt(i)) & 1n).join(" ");
}

function since(event: SensorEvent, { startedAt }: Process): number | null {
  if (startedAt === 0) return null;
  return Math.max(0, event.seconds * 1e9 + event.nanoseconds - startedAt);
}

/** How long the executable had been changed when the process began; null when it was changed later, or is not known. */
function changedBeforeStart({ file: { changedAt }, startedAt }: Process): number | null {
  return changedAt === 0 || startedAt === 0 || changedAt > startedAt ? null : startedAt - changedAt;
}

function loginShell(process: Process): number | null {
  let found: number | null = null;
  let one: Process | null = process;
  for (let i = 0; i < ANCESTORS_MAX && one !== null; i += 1, one = one.parent)
    if (one.name.endsWith("sh")) found = one.pid;
  return found;
}

const session = (one: Process): number => one.sid;
const group = (one: Process): number => one.pgid;
const innerGroup = (one: Process): number => one.vpgid;

/** Null for what is not known. */
function known(value: number): number | null {
  return value === 0 ? null : value;
}

function listed(words: (process: Process) => readonly string[], expects: string): F {
  return described("text", { cost: 2 }, (argument) => {
    if (argument === null) return { kind: "one", read: of((process) => wordsOf(words(process))) };
    const index = indexOf(argument);
    if (index === null) return expects;
    return { kind: "one", read: of((process) => words(process)[index] ?? null) };
  });
}

const environment: F = described("text", { cost: 4 }, (argument) => ({
  kind: "one",
  read: of((process) =>
    argument === null ? wordsOf(process.environment) : variable(process.environment, argument),
  ),
}));

const ancestorEnvironment: F = described("text", { cost: 6, isOperand: false }, (argument) => {
  const index = argument === null ? null : indexOf(argument);
  if (argument === null || index !== null)
    return ancestral("text", (one) => wordsOf(one.environment)).reading(argument);
  return {
    kind: "any",
    some: ({ process }, test) => {
      let one = process.parent;
      for (let i = 0; i < ANCESTORS_MAX && one !== null; i += 1, one = one.parent) {
        const value = variable(one.environment, argument);
        if (value !== null && test(value)) return true;
      }
      return false;
    },
  };
});

/** Of processes. */
export const PROCESS_FIELDS: ReadonlyMap<string, F> = new Map<string, F>([
  ["proc.exe", text(of((one) => one.exe))],
  ["proc.pexe", text(ofParent((one) => one.exe))],
  ["proc.aexe", ancestral("text", (one) => one.exe)],
  ["proc.exepath", text(of((one) => one.exePath))],
  ["proc.pexepath", text(ofParent((one) => one.exePath))],
  ["proc.aexepath", ancestral("text", (one) => one.exePath)],
  // Ours: of ancestors whose program is of the image.
  [
    "proc.aexepath_of_image",
    ancestral("text", (one) => (one.file.isLowerLayer ? one.exePath : "")),
  ],
  ["proc.name", text(of((one) => one.name))],
  ["proc.pname", text(ofParent((one) => one.name))],
  ["proc.aname", ancestral("text", (one) => one.name)],
  ["proc.args", listed((one) => one.arguments, "takes the number of an argument")],
  ["proc.aargs", ancestral("text", (one) => wordsOf(one.arguments))],
  ["proc.cmdline", text(of(commandLine), { cost: 2 })],
  ["proc.pcmdline", text(ofParent(commandLine), { cost: 2 })],
  ["proc.acmdline", ancestral("text", commandLine)],
  [
    "proc.exeline",
    text(
      of((one) => [one.exe, ...one.arguments].join(" ")),
      { cost: 3 },
    ),
  ],
  ["proc.cmdnargs", number(of((one) => one.arguments.length))],
  [
    "proc.cmdlenargs",
    number(of((one) => one.arguments.reduce((sum, word) => sum + word.length, 0))),
  ],
  ["proc.env", environment],
  ["proc.aenv", ancestorEnvironment],
  ["proc.cwd", text(of((one) => one.cwd))],
  ["proc.loginshellid", number(of(loginShell), { cost: 4 })],
  ["proc.tty", number(of((one) => one.tty))],
  ["proc.pid", number(of((one) => one.pid))],
  ["proc.ppid", number(of((one) => one.parentPid))],
  ["proc.apid", ancestral("number", (one) => one.pid)],
  ["proc.vpid", number(of((one) => known(one.vpid)))],
  ["proc.pvpid", number(ofParent((one) => known(one.vpid)))],
  ["proc.sid", number(of((one) => one.sid))],
  [
    "proc.sname",
    text(
      of((one) => leader(one, session).name),
      { cost: 3 },
    ),
  ],
  [
    "proc.sid.exe",
    text(
      of((one) => leader(one, session).exe),
      { cost: 3 },
    ),
  ],
  [
    "proc.sid.exepath",
    text(
      of((one) => leader(one, session).exePath),
      { cost: 3 },
    ),
  ],
  ["proc.vpgid", number(of((one) => known(one.vpgid)))],
  [
    "proc.vpgid.name",
    text(
      of((one) => leader(one, innerGroup).name),
      { cost: 3 },
    ),
  ],
  [
    "proc.vpgid.exe",
    text(
      of((one) => leader(one, innerGroup).exe),
      { cost: 3 },
    ),
  ],
  [
    "proc.vpgid.exepath",
    text(
      of((one) => leader(one, innerGroup).exePath),
      { cost: 3 },
    ),
  ],
  ["proc.pgid", number(of((one) => one.pgid))],
  [
    "proc.pgid.name",
    text(
      of((one) => leader(one, group).name),
      { cost: 3 },
    ),
  ],
  [
    "proc.pgid.exe",
    text(
      of((one) => leader(one, group).exe),
      { cost: 3 },
    ),
  ],
  [
    "proc.pgid.exepath",
    text(
      of((one) => leader(one, group).exePath),
      { cost: 3 },
    ),
  ],
  ["proc.is_sid_leader", flag(of((one) => one.vpid !== 0 && one.sid === one.vpid))],
  ["proc.is_vpgid_leader", flag(of((one) => one.vpid !== 0 && one.vpgid === one.vpid))],
  ["proc.is_pgid_leader", flag(of((one) => one.pgid === one.pid))],
  ["proc.duration", number((event) => since(event, event.process))],
  [
    "proc.ppid.duration",
    number((event) => (event.process.parent === null ? null : since(event, event.process.parent))),
  ],
  ["proc.pid.ts", number(of((one) => known(one.startedAt)))],
  ["proc.ppid.ts", number(ofParent((one) => known(one.startedAt)))],
  ["proc.is_exe_writable", flag(of((one) => one.file.isWritable))],
  ["proc.is_exe_upper_layer", flag(of((one) => one.file.isUpperLayer))],
  ["proc.is_exe_lower_layer", flag(of((one) => one.file.isLowerLayer))],
  // Ours, too.
  ["proc.is_exe_of_host", flag(of((one) => one.file.isOfHost))],
  ["proc.is_exe_from_memfd", flag(of((one) => one.file.isMemory))],
  ["proc.exe_ino", number(of((one) => known(one.file.inode)))],
  ["proc.exe_ino.ctime", number(of((one) => known(one.file.changedAt)))],
  ["proc.exe_ino.mtime", number(of((one) => known(one.file.modifiedAt)))],
  ["proc.exe_ino.ctime_duration_proc_start", number(of(changedBeforeStart))],
  [
    "thread.cap_permitted",
    text(
      of((one) => capabilityNames(one.permitted)),
      { cost: 6 },
    ),
  ],
  [
    "thread.cap_inheritable",
    text(
      of((one) => capabilityNames(one.inheritable)),
      { cost: 6 },
    ),
  ],
  [
    "thread.cap_effective",
    text(
      of((one) => capabilityNames(one.effective)),
      { cost: 6 },
    ),
  ],
  ["thread.tid", number((event) => event.tid)],
  ["thread.ismain", flag((event) => event.tid === event.process.pid)],
]);

/** Of users and groups. */
export function userFields(accounts: Accounts): ReadonlyMap<string, F> {
  return new Map<string, F>([
    ["user.uid", number(of((one) => one.uid))],
    [
      "user.name",
      text(
        of((one) => accounts.userName(one.uid)),
        { cost: 2 },
      ),
    ],
    ["user.loginuid", number(of((one) => one.loginUid))],
    [
      "user.loginname",
      text(
        of((one) => (one.loginUid === -1 ? null : accounts.userName(one.loginUid))),
        { cost: 2 },
      ),
    ],
    ["group.gid", number(of((one) => one.gid))],
    [
      "group.name",
      text(
        of((one) => accounts.groupName(one.gid)),
        { cost: 2 },
      ),
    ],
  ]);
}
