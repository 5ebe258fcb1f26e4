// Processes of container engines and of kubelets, as /proc shows them. @see proc(5)
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { ProcessFact } from "../../model/host-record.ts";
import { listensOf } from "./open-sockets.ts";

const PROGRAMS = /(?:^|\/)(?:dockerd|containerd|podman|kubelet)$/;
const PROCESSES_MAX = 200_000;
const ARGUMENTS_MAX = 2000;

/** The engines' processes by their numbers; null where the system shows none at all. */
export function engineProcesses(): ProcessFact[] | null {
  let numbers: string[];
  try {
    numbers = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return null;
  }
  return numbers
    .slice(0, PROCESSES_MAX)
    .flatMap((pid) => processOf(Number(pid)))
    .sort((a, b) => a.pid - b.pid);
}

function processOf(pid: number): ProcessFact[] {
  const args = textOf(pid, "cmdline").split("\0").slice(0, ARGUMENTS_MAX);
  if (args.at(-1) === "") args.pop();
  if (!PROGRAMS.test(args[0] ?? "")) return [];
  const listens = listensOf(pid);
  const configHome = /(?:^|\0)XDG_CONFIG_HOME=(\/[^\0]+)/.exec(textOf(pid, "environ"))?.[1];
  const uid = /^Uid:\s+(\d+)/m.exec(textOf(pid, "status"))?.[1];
  return [
    {
      pid,
      uid: Number(uid ?? 0),
      args,
      root: hasOwnMounts(pid) ? `/proc/${pid}/root` : "",
      ...(listens === null ? {} : { listens }),
      ...(configHome === undefined ? {} : { configHome }),
    },
  ];
}

/** One that ended meanwhile has no text. */
function textOf(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return "";
  }
}

/** Whether its files are others than ours; as good as not, where one may not ask. */
function hasOwnMounts(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`) !== readlinkSync("/proc/self/ns/mnt");
  } catch {
    return false;
  }
}
