// What the host says of a process (proc(5)): of those that began before the sensor, and of those whose beginning was lost.
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  statSync,
} from "node:fs";
import { type ProcessState, unseenProcess } from "../../formats/sensor/processes.ts";
import { hostMounts } from "../host-root.ts";

const TICKS_A_SECOND = 100;
const BILLION = 1_000_000_000;
const WORDS_BYTES_MAX = 4096;
const NOBODY = 0xffff_ffff;

/** @returns null when it is gone, or is none. */
export function readProcess(pid: number, bootedAt: number): ProcessState | null {
  const stat = textOf(`/proc/${pid}/stat`);
  const end = stat.lastIndexOf(")");
  if (end === -1) return null;
  const numbers = numbersOf(stat);
  const status = statusOf(pid);
  const words = wordsOf(`/proc/${pid}/cmdline`);
  const process = unseenProcess(pid);
  process.name = stat.slice(stat.indexOf("(") + 1, end);
  process.parentPid = numbers[1] ?? 0;
  process.pgid = numbers[2] ?? 0;
  process.sid = numbers[3] ?? 0;
  process.tty = numbers[4] ?? 0;
  process.startedAt = bootedAt + ((numbers[STARTED] ?? 0) / TICKS_A_SECOND) * BILLION;
  process.vpid = last(status.get("NSpid"));
  process.vpgid = last(status.get("NSpgid"));
  process.uid = Number(status.get("Uid")?.split("\t")[1] ?? 0);
  process.gid = Number(status.get("Gid")?.split("\t")[1] ?? 0);
  process.effective = bitsOf(status.get("CapEff"));
  process.permitted = bitsOf(status.get("CapPrm"));
  process.inheritable = bitsOf(status.get("CapInh"));
  process.exe = words[0] ?? "";
  process.arguments = words.slice(1);
  process.environment = wordsOf(`/proc/${pid}/environ`);
  process.exePath = linkOf(`/proc/${pid}/exe`);
  process.cwd = linkOf(`/proc/${pid}/cwd`);
  const login = Number(textOf(`/proc/${pid}/loginuid`) || NOBODY);
  process.loginUid = login === NOBODY ? -1 : login;
  process.file = fileOf(pid, process.exePath);
  return process;
}

/** What follows the name, which may hold anything. */
function numbersOf(stat: string): number[] {
  return stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
}

/** Of the numbers of a process: when it began, in ticks since the machine did. */
const STARTED = 19;

/** Processes by their beginnings: their numbers say nothing of that, because they come again. What is gone is last. */
export function oldestFirst(pids: readonly number[]): number[] {
  const began = (pid: number): number =>
    numbersOf(textOf(`/proc/${pid}/stat`))[STARTED] ?? Number.POSITIVE_INFINITY;
  return pids
    .map((pid) => [pid, began(pid)] as const)
    .sort(([, a], [, b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([pid]) => pid);
}

/** All processes of now. */
export function listProcesses(): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid > 0);
}

/** Where a process is in a hierarchy, by its subsystem; null for version 2 when `subsystem` is null. */
export function cgroupPathOf(pid: number, subsystem: string | null): string {
  for (const line of textOf(`/proc/${pid}/cgroup`).split("\n")) {
    const [, names = "", path = ""] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (subsystem === null ? names === "" : names.split(",").includes(subsystem)) return path;
  }
  return "";
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path).replace(/ \(deleted\)$/, "");
  } catch {
    return "";
  }
}

/** The first 4 KB, which is as much as the sensor tells of one. */
function wordsOf(path: string): string[] {
  const bytes = Buffer.alloc(WORDS_BYTES_MAX);
  try {
    const fd = openSync(path, "r");
    try {
      const length = readSync(fd, bytes, 0, bytes.length, 0);
      const text = bytes.toString("utf8", 0, length).replace(/\0$/, "");
      return text === "" ? [] : text.split("\0");
    } finally {
      closeSync(fd);
    }
  } catch {
    return [];
  }
}

function statusOf(pid: number): Map<string, string> {
  const lines = textOf(`/proc/${pid}/status`).split("\n");
  return new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );
}

function last(numbers: string | undefined): number {
  return Number(numbers?.split("\t").at(-1) ?? 0);
}

function bitsOf(hexadecimal: string | undefined): bigint {
  return BigInt(`0x${hexadecimal ?? "0"}`);
}

function fileOf(pid: number, exePath: string): ProcessState["file"] {
  const isMemory = exePath.startsWith("/memfd:") || exePath.startsWith("memfd:");
  const none = unseenProcess(pid).file;
  try {
    const stat = statSync(`/proc/${pid}/exe`, { bigint: true });
    return {
      ...none,
      device: deviceOf(Number(stat.dev)),
      inode: Number(stat.ino),
      changedAt: Number(stat.ctimeNs),
      modifiedAt: Number(stat.mtimeNs),
      isDeleted: stat.nlink === 0n,
      isMemory,
      isOfHost: statSync(`/proc/${pid}/ns/mnt`).ino === hostMounts(),
    };
  } catch {
    return { ...none, isMemory };
  }
}

/** From the form of stat(2) to the kernel's own: twenty bits of minor number. */
export function deviceOf(dev: number): number {
  const major = (dev >>> 8) & 0xfff;
  const minor = (dev & 0xff) | ((dev >>> 12) & 0xfff00);
  return (major << 20) | minor;
}
