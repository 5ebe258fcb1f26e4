// What runs in containers now: for somebody who looks on, once a second.
import { KnownContainers } from "../io/runtimes/known-containers.ts";
import { runningContainers } from "../io/runtimes/running-containers.ts";
import { readProcess } from "../io/sensor/proc.ts";
import type { Container } from "../model/container.ts";

export interface RunningProcess {
  readonly pid: number;
  readonly parentPid: number;
  readonly command: string;
}

export interface ContainerProcesses {
  readonly container: Container;
  readonly processes: readonly RunningProcess[];
}

/** Of one container, no more are read. */
const PROCESSES_MAX = 200;

/** Looks again and again, and remembers containers between. */
export class ProcessLook {
  readonly #known = new KnownContainers();

  now(): ContainerProcesses[] {
    return [...runningContainers(this.#known)].map(({ container, pids }) => ({
      container,
      processes: pids.slice(0, PROCESSES_MAX).flatMap((pid) => {
        const process = readProcess(pid, 0);
        if (process === null) return [];
        const { parentPid, exe, name } = process;
        const command = [exe === "" ? name : exe, ...process.arguments].join(" ");
        return [{ pid, parentPid, command }];
      }),
    }));
  }
}
