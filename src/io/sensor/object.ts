// The sensor's program: found, and given to the kernel.
import { existsSync } from "node:fs";
import { endianness } from "node:os";
import { fileURLToPath } from "node:url";
import { AppError } from "../../kit/error.ts";
import { EVENT_TYPES, type EventType } from "../../model/event.ts";
import { type Hook, LEARNINGS, type Learning } from "../../model/watching.ts";
import { TRACING } from "./demand-host.ts";
import type { Libbpf } from "./libbpf.ts";

const PROGRAMS: Partial<Record<EventType, string>> = {
  execve: "on_exec",
  execveat: "on_exec",
  clone: "on_fork",
  procexit: "on_exit",
};

/** Without these nothing that is told means anything. */
export const ALWAYS: readonly EventType[] = ["execve", "execveat", "clone", "procexit"];

const LEARNING_PROGRAMS: Readonly<Record<Learning, readonly [program: string, event: string]>> = {
  syscalls: ["on_any_call", "raw_syscalls/sys_enter"],
  // Since 6.14.
  capabilities: ["on_capability", "capability/cap_capable"],
  names: ["on_packet", "net/net_dev_queue"],
};

/** The programs of these, and which cgroups there are, by which containers are told apart. */
export const FOUNDATION: readonly string[] = [
  ...["on_exec", "on_fork", "on_exit"],
  ...["on_cgroup_made", "on_cgroup_gone"],
];

const MACHINES: Partial<Record<string, string>> = { x64: "x86", arm64: "arm64" };

/**
 * Where the bundle and the sources find what was compiled: dist/ and src/io/sensor/ are as deep as they are.
 *
 * @param pattern With `ARCH` for the kind of machine.
 * @throws {AppError} `sensor-unavailable` on other machines, and where it is missing.
 */
export function compiledFile(pattern: string): string {
  const machine = MACHINES[process.arch];
  if (machine === undefined || endianness() !== "LE") {
    throw new AppError(
      "sensor-unavailable",
      `no sensor for ${process.arch}: there is one for x64 and arm64`,
    );
  }
  const name = pattern.replace("ARCH", machine);
  for (const up of ["../sensor/", "../../../sensor/"]) {
    const file = fileURLToPath(new URL(`${up}${name}`, import.meta.url));
    if (existsSync(file)) return file;
  }
  throw new AppError("sensor-unavailable", `the file ${name} is missing from this installation`, {
    hint: "install the package again, or run `sh sensor/build.sh` in a checkout",
  });
}

export function isOffered(type: Hook["type"]): boolean {
  if (isLearning(type)) return isTracepoint(LEARNING_PROGRAMS[type][1]);
  if (ALWAYS.includes(type)) return true;
  return isTracepoint(
    type === "io_uring" ? "io_uring/io_uring_submit_req" : `syscalls/sys_exit_${type}`,
  );
}

function isLearning(type: Hook["type"]): type is Learning {
  return (LEARNINGS as readonly string[]).includes(type);
}

export function nameOf(type: Hook["type"]): string {
  return isLearning(type) ? LEARNING_PROGRAMS[type][0] : (PROGRAMS[type] ?? `on_${type}`);
}

/** Calls that do what another does, which they are told as: those that came later, and sending that begins a connection. */
const SUCCESSORS: readonly (readonly [of: EventType, name: string])[] = [
  ["fchmodat", "fchmodat2"],
  ["sendmsg", "sendmmsg"],
  ["recvmsg", "recvmmsg"],
  ["connect", "sendto"],
  ["connect", "sendmsg"],
  ["mmap", "mprotect"],
  ["mmap", "pkey_mprotect"],
];

export function successorsOf(types: ReadonlySet<EventType>): string[] {
  return SUCCESSORS.filter(
    ([of, name]) => types.has(of) && isTracepoint(`syscalls/sys_exit_${name}`),
  ).map(([, name]) => `on_${name}`);
}

function allBut(only: string): string[] {
  const types = [...EVENT_TYPES.slice(1), ...LEARNINGS].map(nameOf);
  const successors = SUCCESSORS.map(([, name]) => `on_${name}`);
  const all = [...types, ...successors, ...FOUNDATION, SHOWN_TO, RESPONDED];
  return all.filter((name) => name !== only);
}

/** Programs for which this kernel has no place; loading them would fail the whole. */
function notOffered(): string[] {
  const offered = new Set(EVENT_TYPES.filter(isOffered).map(nameOf));
  const types = EVENT_TYPES.slice(1).map(nameOf);
  return [
    ...types.filter((name) => !offered.has(name)),
    ...LEARNINGS.filter((learning) => !isOffered(learning)).map(nameOf),
    ...(isTracepoint("syscalls/sys_exit_readahead") ? [] : [RESPONDED]),
    ...SUCCESSORS.filter(([, name]) => !isTracepoint(`syscalls/sys_exit_${name}`)).map(
      ([, name]) => `on_${name}`,
    ),
  ];
}

const isTracepoint = (name: string): boolean =>
  TRACING.some((folder) => existsSync(`${folder}/events/${name}`));

/** `struct settings` of sensor/write.h, and where the process stands in it that loaded the program. */
export const SETTINGS_BYTES = 56;
export const SETTINGS_SELF = 24;

const EPERM = 1;
const SLOTS = 3;

/** The program that a file is shown to: see probe.ts. */
export const SHOWN_TO = "on_readahead";

/** The one that responders of the strict mode show files to. */
export const RESPONDED = "on_responder";

/**
 * Everything that this kernel offers, so that more can be attached later; or the one program of that name.
 *
 * @throws {AppError} `sensor-unavailable`
 */
export function loadObject(lib: Libbpf, ringBytes: number, only: string | null): unknown {
  const object = lib.openObject(compiledFile("sensor.ARCH.o"));
  if (object === null)
    throw new AppError("sensor-unavailable", "the sensor's program is damaged", {
      hint: "install the package again",
    });
  for (const name of only === null ? [SHOWN_TO, ...notOffered()] : allBut(only)) {
    const program = lib.findProgram(object, name);
    if (program !== null) lib.setAutoload(program, false);
  }
  lib.setMapSize(lib.findMap(object, "ring"), ringBytes);
  lib.setMapSize(lib.findMap(object, "slots"), SLOTS * lib.possibleProcessors());
  const failed = -lib.loadObject(object);
  if (failed === 0) return object;
  lib.closeObject(object);
  throw new AppError(
    "sensor-unavailable",
    failed === EPERM
      ? "the kernel does not let us load programs (EPERM)"
      : `the kernel refuses the sensor's programs (error ${failed})`,
    {
      hint:
        failed === EPERM
          ? "a container needs CAP_BPF, CAP_PERFMON and CAP_SYS_PTRACE, and a host must not be locked down to `confidentiality`"
          : "it needs Linux 5.15 or later; `bulwark sensor doctor` says what this kernel has",
    },
  );
}
